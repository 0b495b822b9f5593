# SPDX-License-Identifier: GPL-3.0-or-later
"""The window around a footprint: one grid, on which every source is read."""

from __future__ import annotations

import math
from typing import Optional

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.features import rasterize

from ..core.grid import Grid
from ..core.window import Window
from .footprints import FILL

SIDE_PX, PIXEL_M = 32, 10.0
CENTRE = slice(14, 18)
# GEDI's footprint is about 25 m across (Dubayah et al. 2020).
_RADIUS_M, _CORNERS = 12.0, 64
_HALF = SIDE_PX // 2


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


def biomass_raster(grid: Grid, x: float, y: float, agbd: float) -> npt.NDArray[np.float32]:
    """``(1, 32, 32)`` float32: biomass where the footprint touches a pixel, -9999 elsewhere.

    Args:
        grid: The window's grid.
        x: Easting of the footprint's centre, in the grid's CRS.
        y: Its northing.
        agbd: Biomass, Mg/ha.
    """
    angles = np.arange(_CORNERS) * (2 * math.pi / _CORNERS)
    ring = np.stack([x + _RADIUS_M * np.cos(angles), y + _RADIUS_M * np.sin(angles)], 1).tolist()
    circle = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    touched = rasterize(
        [(circle, 1)], (SIDE_PX, SIDE_PX), transform=grid.transform, all_touched=True, dtype="uint8"
    )
    raster: npt.NDArray[np.float32] = np.where(touched, np.float32(agbd), np.float32(FILL))[None]
    return raster
