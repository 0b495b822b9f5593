# SPDX-License-Identifier: GPL-3.0-or-later
"""The window around a footprint: one grid, on which every source is read."""

from __future__ import annotations

import math
from typing import List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.features import rasterize
from rasterio.warp import transform

from ..core.catalogue_item import Box
from ..core.grid import Grid
from ..core.window import Window
from .footprints import FILL

SIDE_PX, PIXEL_M = 32, 10.0
CENTRE = slice(14, 18)
# GEDI's footprint is about 25 m across (Dubayah et al. 2020).
_RADIUS_M, _CORNERS = 12.0, 64
_HALF = SIDE_PX // 2
_ANGLES = np.arange(_CORNERS + 1) % _CORNERS * (2 * math.pi / _CORNERS)
_CIRCLE = _RADIUS_M * np.stack([np.cos(_ANGLES), -np.sin(_ANGLES)], axis=1)
_AT_ONCE = 1000


def scene_grid(grid: Grid) -> Grid:
    """The 10 m grid with the corner and the extent of one of a scene's bands."""
    across, down = grid.resolution
    width = int(grid.width * across / PIXEL_M + 1e-6)
    height = int(grid.height * down / PIXEL_M + 1e-6)
    corner = Affine(PIXEL_M, 0, grid.transform.c, 0, -PIXEL_M, grid.transform.f)
    return Grid(width, height, corner, grid.crs)


def footprint_window(grid: Grid, x: float, y: float) -> Optional[Window]:
    """The 32 x 32 px around a point, which lies within half a pixel of their common corner.

    Args:
        grid: The scene's 10 m grid.
        x: Easting of the point, in the grid's CRS.
        y: Its northing.

    Returns:
        The window, or None if the scene's edge cuts it.
    """
    col, row = ~grid.transform @ (x, y)
    left, upper = math.floor(col + 0.5) - _HALF, math.floor(row + 0.5) - _HALF
    window = Window(left, upper, SIDE_PX, SIDE_PX)
    return window if window.intersect(grid.window) == window else None


def lonlat_boxes(grids: Sequence[Grid]) -> List[Box]:
    """Around the corners of windows of one CRS, (west, south, east, north), degrees."""
    bounds = np.array([grid.bounds for grid in grids]).reshape(-1, 4)
    if not len(bounds):
        return []
    xs, ys = bounds[:, [0, 2, 0, 2]], bounds[:, [1, 1, 3, 3]]
    found = transform(grids[0].crs, "OGC:CRS84", xs.ravel().tolist(), ys.ravel().tolist())
    lon, lat = (np.array(values).reshape(-1, 4) for values in found)
    boxes = np.stack([lon.min(1), lat.min(1), lon.max(1), lat.max(1)], axis=1)
    return [(west, south, east, north) for west, south, east, north in boxes.tolist()]


def biomass_rasters(
    places: Sequence[Tuple[Grid, float, float]], agbd: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """``(N, 32, 32)`` float32: biomass where a footprint touches a pixel, -9999 elsewhere.

    Args:
        places: Of each footprint its window's grid, and its centre's easting and northing.
        agbd: ``(N,)`` biomass, Mg/ha.
    """
    rasters = np.full((len(places), SIDE_PX, SIDE_PX), FILL, np.float32)
    # GDAL takes longer to begin than to draw: many windows, one below the other, at once.
    for first in range(0, len(places), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        touched = _touched(places[part])
        rasters[part][touched] = np.repeat(agbd[part], touched.sum(axis=(1, 2)))
    return rasters


def _touched(places: Sequence[Tuple[Grid, float, float]]) -> npt.NDArray[np.bool_]:
    """``(N, 32, 32)``: the pixels that footprints touch."""
    circles = []
    for number, (grid, x, y) in enumerate(places):
        east, south = x - grid.transform.c, grid.transform.f - y
        below = number * SIDE_PX * PIXEL_M + south
        circles.append([(np.array([east, below]) + _CIRCLE).tolist()])
    picture = rasterize(
        [({"type": "MultiPolygon", "coordinates": circles}, 1)],
        (len(places) * SIDE_PX, SIDE_PX),
        transform=Affine(PIXEL_M, 0, 0, 0, PIXEL_M, 0),
        all_touched=True,
        dtype="uint8",
    )
    touched: npt.NDArray[np.bool_] = picture.reshape(-1, SIDE_PX, SIDE_PX) == 1
    return touched
