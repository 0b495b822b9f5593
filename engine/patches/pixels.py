# SPDX-License-Identifier: GPL-3.0-or-later
"""A patch's pixels at their native sizes, with the place of every file checked."""

from __future__ import annotations

import os
from typing import Dict, Iterable, Optional

import numpy as np

from ..contract.errors import GridMismatch, MissingBand, MissingInput, UnreadableRaster
from ..core.storage import Storage, is_remote
from .forms import form_of
from .row import PX, SIDE_M, PatchRow
from .tiff import Raster, decode

_DTYPE = {band: np.dtype(np.float32 if band in ("VV", "VH") else np.uint16) for band in PX}
_SHAPE = {band: (px, px) for band, px in PX.items()}
_NEAR_M = 0.01
_BINARY = getattr(os, "O_BINARY", 0)
_USUAL = 1 << 16  # bytes; the archive's largest file has 57,996


def read_patch(
    row: PatchRow, bands: Iterable[str], storage: Optional[Storage] = None
) -> Dict[str, np.ndarray]:
    """Read bands of a patch, and its ``reference_map`` if that is among them.

    Args:
        row: The patch.
        bands: Band names.
        storage: What to read through; one is made if None.

    Returns:
        Band name to (n, n) array at native size: 120, 60 or 20 px square; uint16 DN for Sentinel-2,
        float32 dB for Sentinel-1, uint16 CORINE codes for the map. Arrays may be read-only.

    Raises:
        MissingBand: The patch has no such band, or its file is not there.
        UnreadableRaster: A file is cut short, damaged, or of another shape or dtype.
        GridMismatch: A file lies elsewhere than the patch.
        UnreachableStorage: An object store does not answer.
    """
    storage = storage or Storage()
    found = {}
    for band in bands:
        pixels = _as_before(row, band)
        found[band] = read_band(row, band, storage).pixels if pixels is None else pixels
    return found


def _as_before(row: PatchRow, band: str) -> Optional[np.ndarray]:
    """Pixels of a local file whose header was met before and says what it must.

    None for everything else: ``read_band`` then reads and checks it, and says what is wrong.
    """
    path = row.file(band)
    data = _beginning(path)
    form = form_of(data)
    if form is None or form.shape != _SHAPE[band] or form.layout.dtype != _DTYPE[band]:
        return None
    if row.epsg is None or row.ulx is None or row.uly is None:
        return form.pixels(data, path)
    ulx, uly = form.corner(data)
    near = (
        form.epsg == row.epsg
        and abs(ulx - row.ulx) < _NEAR_M
        and abs(uly - row.uly) < _NEAR_M
        and abs(form.pixel * PX[band] - SIDE_M) < _NEAR_M
    )
    return form.pixels(data, path) if near else None


def _beginning(path: str) -> bytes:
    """What one read gives of a local file, nearly always all of it; nothing if there is none."""
    try:
        # The raw descriptor: a third of the cost of open() for the archive's small files.
        descriptor = os.open(path, os.O_RDONLY | _BINARY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, _USUAL)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def read_band(row: PatchRow, band: str, storage: Storage) -> Raster:
    """Read and check one file of a patch; raises as ``read_patch``."""
    path = row.file(band)
    try:
        data = storage.read_bytes(path)
    except MissingInput as error:
        raise MissingBand(
            f"Patch {row.patch_id} lacks {band}: there is no {path}.",
            "Get the file, or leave the patch out.",
        ) from error
    try:
        raster = decode(data, path)
    except UnreadableRaster:
        if not is_remote(path):
            raise
        raster = decode(storage.read_bytes(path), path)  # a body cut short on the way
    check_raster(raster, row, band, path)
    return raster


def check_raster(raster: Raster, row: PatchRow, band: str, path: str) -> None:
    """See that a file has the shape, dtype and place that its patch asks for.

    Raises:
        UnreadableRaster: Another shape or dtype.
        GridMismatch: Another CRS or corner, such as a Sentinel-1 file of another patch.
    """
    px = PX[band]
    if raster.pixels.shape != (px, px):
        height, width = raster.pixels.shape
        raise UnreadableRaster(
            f"{path} has {width} x {height} px; {band} must have {px} x {px}.",
            "Get the file again.",
        )
    if raster.pixels.dtype != _DTYPE[band]:
        raise UnreadableRaster(
            f"{path} holds {raster.pixels.dtype}; {band} must hold {_DTYPE[band]}.",
            "Get the file again.",
        )
    if row.epsg is None or row.ulx is None or row.uly is None:
        return
    near = (
        raster.epsg == row.epsg
        and abs(raster.ulx - row.ulx) < _NEAR_M
        and abs(raster.uly - row.uly) < _NEAR_M
        and abs(raster.pixel * px - SIDE_M) < _NEAR_M
    )
    if not near:
        raise GridMismatch(
            f"{path} lies at EPSG:{raster.epsg} ({raster.ulx}, {raster.uly}) with "
            f"{raster.pixel} m pixels; the patch lies at EPSG:{row.epsg} ({row.ulx}, {row.uly}).",
            "Check that the file belongs to this patch, then get it again.",
        )
