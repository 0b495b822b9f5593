# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive's small GeoTIFFs, read from bytes in a few microseconds each.

Only the plain form that the archive has: classic little-endian TIFF, one band, strips, stored
as they are or with DEFLATE (TIFF 6.0; GeoTIFF 1.1, OGC 19-008). A tag that is not known here
sends the file to rasterio, so nothing is guessed.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from operator import add
from typing import Any, Dict, Optional, Tuple

import numpy as np

from ..contract.errors import UnreadableRaster
from ..core.storage import name_of
from .forms import form_of, remember
from .strips import Layout

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 12: 8}
_FORMATS = {3: "H", 4: "I", 12: "d"}
_DTYPES = {(16, 1): "<u2", (32, 3): "<f4"}
_KNOWN = {256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 339}
_KNOWN |= {33550, 33922, 34735, 34736, 34737, 42113}
_KNOWN |= {269, 270, 271, 272, 305, 306, 315, 33432, 42112}  # words: they change no pixel
_NUMBERS = {256, 257, 258, 259, 273, 277, 278, 279, 317, 339, 34735}
_WHOLE = (3, 4)  # kinds of whole numbers
_NODATA = 42113
_DEFLATE = (8, 32946)
_PROJECTED_CRS = 3072
_MOST_PX = 1 << 26  # no file of a patch; what a damaged header says must not fill the memory
_IN_MEMORY = re.compile(r"/vsimem/[\w./-]*[\w-]")
Tags = Dict[int, Tuple[Any, ...]]  # tag to its values


@dataclass(frozen=True)
class Raster:
    """A decoded single-band raster.

    Args:
        pixels: ``(H, W)`` in the file's dtype; may be read-only.
        epsg: Its CRS; None if it states none.
        ulx, uly: Its upper left corner in that CRS, metres.
        pixel: Side of a pixel, metres.
        nodata: The number that means no measurement; None if unset.
    """

    pixels: np.ndarray
    epsg: Optional[int]
    ulx: float
    uly: float
    pixel: float
    nodata: Optional[float]


def decode(data: bytes, path: str) -> Raster:
    """Read a single-band GeoTIFF.

    Args:
        data: The whole file.
        path: What to call it in an error.

    Raises:
        UnreadableRaster: It is cut short, damaged, or no raster.
    """
    form = form_of(data)
    if form is not None:
        known = form.pixels(data, path)
        if known is not None:
            return Raster(known, form.epsg, *form.corner(data), form.pixel, form.nodata)
    try:
        tags = _tags(data)
    except struct.error as error:
        raise cut_short(path, len(data)) from error
    layout = _plain_layout(tags) if tags else None
    if tags is None or layout is None:
        return _decode_with_gdal(data, path)
    pixels = _pixels(data, tags, layout, path)
    raster = Raster(pixels, *_place(tags), _nodata(tags))
    _remember(data, tags, layout, raster)
    return raster


def _remember(data: bytes, tags: Tags, layout: Layout, raster: Raster) -> None:
    lengths = tags[279]
    whole = layout.deflate or layout.full(lengths)
    if whole and 0 not in lengths and raster.pixel == raster.pixel:  # it has a tie point then
        arrays = [_packed(data, tag) for tag in (273, 279, 33922)]
        remember(data, layout, arrays, (raster.epsg, raster.pixel, raster.nodata))


def cut_short(path: str, length: int) -> UnreadableRaster:
    """The error for a file that ends before its pixels do."""
    return UnreadableRaster(
        f"{path} is cut short: it ends after {length} bytes.", "Get the file again."
    )


def _tags(data: bytes) -> Optional[Tags]:
    """Tag to values; None if this is not the form that this module reads."""
    if data[:4] != b"II*\0":
        if not data:
            raise struct.error("empty")
        return None
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    tags: Tags = {}
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, number = struct.unpack_from("<HHI", data, at)
        if tag not in _KNOWN or kind not in _SIZES or not 0 < number <= 4096:
            return None
        if (tag in _NUMBERS and kind not in _WHOLE) or (tag == _NODATA and kind in _FORMATS):
            return None
        size = _SIZES[kind] * number
        place = at + 8 if size <= 4 else struct.unpack_from("<I", data, at + 8)[0]
        if kind in _FORMATS:
            tags[tag] = struct.unpack_from(f"<{number}{_FORMATS[kind]}", data, place)
        else:
            tags[tag] = (data[place : place + size],)
    (more,) = struct.unpack_from("<I", data, start + 2 + 12 * count)
    return None if more else tags


def _packed(data: bytes, tag: int) -> Tuple[str, int, Tuple[int, ...]]:
    """Struct format, place and values of a tag that is there."""
    (start,) = struct.unpack_from("<I", data, 4)
    at = start + 2
    while struct.unpack_from("<H", data, at)[0] != tag:
        at += 12
    _, kind, number, place = struct.unpack_from("<HHII", data, at)
    how = f"<{number}{_FORMATS[kind]}"
    place = at + 8 if _SIZES[kind] * number <= 4 else place
    return how, place, struct.unpack_from(how, data, place)


def _plain_layout(tags: Tags) -> Optional[Layout]:
    """How the pixels lie; None if rasterio must read them."""
    if not {256, 257, 258, 273, 279} <= set(tags):
        return None
    width, height = tags[256][0], tags[257][0]
    dtype = _DTYPES.get((tags[258][0], tags.get(339, (1,))[0]))
    compression, predictor = tags.get(259, (1,))[0], tags.get(317, (1,))[0]
    rows = min(tags.get(278, (height,))[0], height)
    known = compression == 1 or compression in _DEFLATE
    if dtype is None or not known or predictor not in (1, 2) or tags.get(277, (1,))[0] != 1:
        return None
    if predictor == 2 and (dtype != "<u2" or compression == 1):
        return None
    if not 0 < width * height <= _MOST_PX or rows < 1:
        return None
    if not len(tags[273]) == len(tags[279]) == -(-height // rows):
        return None
    return Layout(width, height, rows, np.dtype(dtype), compression != 1, predictor == 2)


def _pixels(data: bytes, tags: Tags, layout: Layout, path: str) -> np.ndarray:
    offsets, lengths = tags[273], tags[279]
    if 0 in lengths:  # strips that GDAL left out
        return _decode_with_gdal(data, path).pixels
    if max(map(add, offsets, lengths)) > len(data):
        raise cut_short(path, len(data))
    if not layout.deflate and not layout.full(lengths):  # GDAL pads strips of zeros
        return _decode_with_gdal(data, path).pixels
    return layout.pixels(data, offsets, lengths, path)


def _place(tags: Tags) -> Tuple[Optional[int], float, float, float]:
    """(EPSG code, ulx, uly, pixel side); NaN where the file does not say, or is not north-up."""
    scale, tie = tags.get(33550, ()), tags.get(33922, ())
    keys = tags.get(34735, ())
    entries = {keys[i]: keys[i + 3] for i in range(4, len(keys) - 3, 4) if keys[i + 1] == 0}
    epsg = entries.get(_PROJECTED_CRS)
    if len(scale) != 3 or len(tie) != 6 or scale[0] != scale[1] or entries.get(1025, 1) != 1:
        return epsg, float("nan"), float("nan"), float("nan")
    ulx, uly = tie[3] - tie[0] * scale[0], tie[4] + tie[1] * scale[0]
    return epsg, ulx, uly, scale[0]


def _nodata(tags: Tags) -> Optional[float]:
    try:
        return float(tags[_NODATA][0].rstrip(b"\0 ")) if _NODATA in tags else None
    except ValueError:
        return None


def _decode_with_gdal(data: bytes, path: str) -> Raster:
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.io import MemoryFile

    try:
        with MemoryFile(data) as file, file.open() as source:
            if source.count != 1:
                raise UnreadableRaster(
                    f"{path} has {source.count} bands.", "A patch's file must have one band."
                )
            if source.width * source.height > _MOST_PX:
                raise UnreadableRaster(
                    f"{path} says that it has {source.width} x {source.height} px.",
                    "Get the file again.",
                )
            t = source.transform
            epsg = source.crs.to_epsg() if source.crs else None
            square = t.a == -t.e and t.b == 0 == t.d and not t.is_identity
            ulx, uly, side = (t.c, t.f, t.a) if square else (float("nan"),) * 3
            return Raster(source.read(1), epsg, ulx, uly, side, source.nodata)
    except (RasterioError, rasterio._err.CPLE_BaseError, ValueError) as error:
        # GDAL knows it by the name of its copy in memory.
        words = _IN_MEMORY.sub(name_of(path), str(error)).rstrip(".")
        raise UnreadableRaster(f"{path} cannot be read: {words}.", "Get the file again.") from error
