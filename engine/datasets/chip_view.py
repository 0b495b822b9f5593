# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters seen on the chips' grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import rasterio
from affine import Affine
from rasterio._env import set_gdal_config
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT

from ..contract.errors import MissingCRS, UnreadableRaster
from ..core.grid import Grid

# GDAL interpolates the way from one CRS to the other within a window, so chips that overlap would
# differ by the default of 0.125 px. (With 0 the view cannot be opened.)
_TOLERANCE_PX = 1e-6
# By default GDAL warps a large window in one go where there is no band of opacity, and reckons how
# far to look around a pixel from that window. In blocks that are fixed to the grid it does not.
_BLOCKWISE = ("GDAL_VRT_WARP_USE_DATASET_RASTERIO", "NO")


def open_raster(path: str) -> Any:
    """The rasterio dataset.

    Raises:
        UnreadableRaster: It cannot be opened.
    """
    try:
        return rasterio.open(path)
    except RasterioError as error:
        raise UnreadableRaster(f"{path} cannot be opened: {error}.", "Give a raster.") from error


def measured_bands(source: Any) -> List[int]:
    """Numbers of a raster's bands, from 1, without its opacity, which masks the others."""
    return [i for i, kind in enumerate(source.colorinterp, 1) if kind != ColorInterp.alpha]


def on_grid(path: str, grid: Grid, resampling: Resampling) -> Any:
    """A raster on the grid; what it does not cover is masked.

    A raster without a CRS is taken as it is if it has the grid's size and nothing says that it
    lies elsewhere: labels drawn on a picture are such.

    Raises:
        UnreadableRaster: It cannot be opened.
        MissingCRS: It, or the grid, has no CRS to bring one to the other.
    """
    source = open_raster(path)
    crs = source.crs.to_wkt() if source.crs else ""
    if Grid(source.width, source.height, source.transform, crs) == grid:
        return source
    if not crs or not grid.crs:
        placed = {tuple(t)[:6] for t in (source.transform, grid.transform) if not t.is_identity}
        if (source.width, source.height) == (grid.width, grid.height) and len(placed) < 2:
            return source
        raise MissingCRS(f"{Path(path).name} or the first raster has no CRS.", "Assign one.")
    # Without a nodata value GDAL would fill what the raster does not cover with zeros, which are
    # measurements, or a class.
    gaps_unmarked = source.nodata is None and len(measured_bands(source)) == source.count
    set_gdal_config(*_BLOCKWISE)
    return WarpedVRT(
        source,
        crs=grid.crs,
        transform=Affine(*grid.transform[:6]),
        width=grid.width,
        height=grid.height,
        resampling=resampling,
        add_alpha=gaps_unmarked,
        tolerance=_TOLERANCE_PX,
    )
