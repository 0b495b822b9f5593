# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of scenes and tiles: kept open, warped onto a window's grid, read again after a fault."""

from __future__ import annotations

import time
from collections import OrderedDict
from functools import lru_cache
from html import escape
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from ..contract.errors import UnreadableAsset
from ..core.grid import Grid
from ..core.storage import is_remote
from .aligned import aligned_window

Sign = Callable[[str, str], str]
Pixels = npt.NDArray[Any]
# GDAL's own retries cover answers such as 503; a body cut short is this module's to read again.
SETTINGS: Dict[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MAX_RETRY": 4,
    "GDAL_HTTP_RETRY_DELAY": 0.5,
    "GDAL_HTTP_TIMEOUT": 60,
    "GDAL_HTTP_CONNECTTIMEOUT": 20,
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "GDAL_CACHEMAX": 256 << 20,
    "VSI_CACHE": True,
    # A closed file is forgotten, so that a body cut short is asked for again.
    "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/:/vsis3/",
}
_ATTEMPTS, _WAIT_S = 4, 0.3
_TYPES = {"uint8": "Byte", "uint16": "UInt16", "int16": "Int16", "float32": "Float32"}


class Sources:
    """Open files, the least recently used closed first; for one thread.

    Args:
        sign: Gives the address under which an asset can be read.
        most: Files kept open.
    """

    def __init__(self, sign: Sign, most: int = 64) -> None:
        self._sign, self._most = sign, most
        self._open: OrderedDict[Tuple[str, ...], Any] = OrderedDict()
        self._places: Dict[str, Grid] = {}
        self.opened = 0

    def grid(self, href: str, signing: str) -> Grid:
        """A file's grid; raises as ``read``."""
        found: Grid = self._tried((href,), signing, lambda source: self._place(href, source))
        return found

    def _place(self, href: str, source: Any) -> Grid:
        """A file's grid, asked once: building its CRS costs more than reading a window."""
        if href not in self._places:
            crs = source.crs.to_string() if source.crs else ""
            self._places[href] = Grid(source.width, source.height, source.transform, crs)
        return self._places[href]

    def read(
        self,
        hrefs: Sequence[str],
        signing: str,
        grid: Grid,
        resampling: Resampling,
        nodata: Optional[float] = None,
    ) -> Pixels:
        """The first band of a file, or of tiles side by side, on a grid.

        Args:
            hrefs: The file, or the tiles.
            signing: How their addresses are signed.
            grid: Where to.
            resampling: How.
            nodata: What pixels outside the files get, and means no measurement in them if they
                do not say themselves.

        Returns:
            ``(H, W)`` in the files' dtype.

        Raises:
            UnreadableAsset: A file is missing, cut, or no raster.
        """

        def warp(source: Any) -> Pixels:
            gap = source.nodata if source.nodata is not None else nodata
            if len(hrefs) == 1 and gap == nodata:
                bilinear = resampling == Resampling.bilinear
                place = self._place(hrefs[0], source)
                found = aligned_window(source, place, grid, bilinear, gap)
                if found is not None:
                    return found
            with WarpedVRT(
                source,
                crs=_crs(grid.crs),
                transform=grid.transform,
                width=grid.width,
                height=grid.height,
                resampling=resampling,
                src_nodata=gap,
                nodata=gap,
            ) as view:
                pixels: Pixels = view.read(1)
            if gap is not None and nodata is not None and gap != nodata:
                pixels = np.where(pixels == gap, pixels.dtype.type(nodata), pixels)
            return pixels

        warped: Pixels = self._tried(tuple(hrefs), signing, warp)
        return warped

    def close(self, hrefs: Sequence[str] = ()) -> None:
        """Close some files, or all."""
        keys = [(href,) for href in hrefs] if hrefs else list(self._open)
        for key in keys:
            source = self._open.pop(key, None)
            if source is not None:
                source.close()

    def _tried(self, hrefs: Tuple[str, ...], signing: str, use: Callable[[Any], Any]) -> Any:
        attempts = _ATTEMPTS if any(is_remote(href) for href in hrefs) else 1
        for attempt in range(attempts):
            try:
                return use(self._source(hrefs, signing))
            except (RasterioError, OSError) as error:
                self.close()  # GDAL keeps what it has read, broken or not
                if attempt + 1 == attempts:
                    raise UnreadableAsset(
                        f"{', '.join(hrefs)} cannot be read: {error}.", "Get the file again."
                    ) from error
                time.sleep(_WAIT_S * 2**attempt)
        raise UnreadableAsset(f"{hrefs} was not tried.", "Allow at least one attempt.")

    def _source(self, hrefs: Tuple[str, ...], signing: str) -> Any:
        if hrefs in self._open:
            self._open.move_to_end(hrefs)
            return self._open[hrefs]
        while len(self._open) >= self._most:
            self._open.popitem(last=False)[1].close()
        addresses = [self._sign(href, signing) for href in hrefs]
        self.opened += len(addresses)
        place = addresses[0] if len(addresses) == 1 else _mosaic(addresses)
        self._open[hrefs] = rasterio.open(place)
        return self._open[hrefs]


@lru_cache(maxsize=64)
def _crs(text: str) -> CRS:
    """Parsed once: that costs as much as reading a window."""
    return CRS.from_user_input(text)


def _mosaic(addresses: Sequence[str]) -> str:
    """A virtual raster of tiles side by side, in the finest resolution among them."""
    tiles: List[Tuple[str, Any, int, int, str]] = []
    for address in addresses:
        with rasterio.open(address) as source:
            place = source.transform
            tiles.append((source.name, place, source.width, source.height, source.dtypes[0]))
            crs, nodata = source.crs.to_wkt(), source.nodata
    width = min(place.a for _, place, _, _, _ in tiles)
    height = min(-place.e for _, place, _, _, _ in tiles)
    west, north = min(p.c for _, p, _, _, _ in tiles), max(p.f for _, p, _, _, _ in tiles)
    east = max(p.c + p.a * w for _, p, w, _, _ in tiles)
    south = min(p.f + p.e * h for _, p, _, h, _ in tiles)
    size = f'rasterXSize="{round((east - west) / width)}"'
    size += f' rasterYSize="{round((north - south) / height)}"'
    parts = [f"<VRTDataset {size}><SRS>{escape(crs)}</SRS>"]
    parts.append(f"<GeoTransform>{west!r},{width!r},0,{north!r},0,{-height!r}</GeoTransform>")
    parts.append(f'<VRTRasterBand dataType="{_TYPES.get(tiles[0][4], "Float32")}" band="1">')
    gap = nodata if nodata is not None else (0 if tiles[0][4] == "uint8" else DEM_GAP)
    parts.append(f"<NoDataValue>{gap}</NoDataValue>")
    for name, place, columns, rows, _ in tiles:
        left, upper = (place.c - west) / width, (north - place.f) / height
        right, lower = columns * place.a / width, -rows * place.e / height
        parts.append(
            f'<ComplexSource resampling="bilinear"><SourceFilename relativeToVRT="0">'
            f"{escape(name)}</SourceFilename><SourceBand>1</SourceBand>"
            f'<SrcRect xOff="0" yOff="0" xSize="{columns}" ySize="{rows}"/>'
            f'<DstRect xOff="{left!r}" yOff="{upper!r}" xSize="{right!r}" ySize="{lower!r}"/>'
            "</ComplexSource>"
        )
    parts.append("</VRTRasterBand></VRTDataset>")
    text = "".join(parts)
    return text.replace(' resampling="bilinear"', "") if tiles[0][4] == "uint8" else text


# Copernicus DEM files name no nodata value; this is no altitude.
DEM_GAP = -32767.0
