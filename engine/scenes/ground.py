# SPDX-License-Identifier: GPL-3.0-or-later
"""How large pixels are on the ground."""

from __future__ import annotations

import math
from typing import Optional, Tuple

from rasterio.crs import CRS
from rasterio.errors import CRSError

from ..core.grid import Grid

_METRES_A_DEGREE = 111_320.0
_DIFFERENT = 0.1


def pixel_metres(grid: Grid) -> Tuple[float, float]:
    """Size of a pixel along a row and along a column, metres.

    Degrees are taken at the latitude of the grid's centre, on a sphere: within 1 %.
    """
    along, down = grid.resolution
    crs = CRS.from_wkt(grid.crs)
    if not crs.is_geographic:
        metres = _linear_unit(crs)
        return along * metres, down * metres
    t = grid.transform
    latitude = math.radians((t * (grid.width / 2, grid.height / 2))[1])
    shrink = max(0.01, math.cos(latitude))
    return (
        _METRES_A_DEGREE * math.hypot(t.a * shrink, t.d),
        _METRES_A_DEGREE * math.hypot(t.b * shrink, t.e),
    )


def _linear_unit(crs: CRS) -> float:
    """Metres in a unit of the CRS; 1 where it does not say."""
    try:
        return float(crs.linear_units_factor[1])
    except CRSError:
        return 1.0


def resolution_warning(grid: Grid, resolution: Optional[float]) -> str:
    """A sentence if a grid's pixels differ from ``resolution`` (metres) by more than 10 %."""
    along, down = pixel_metres(grid)
    if resolution is None or all(
        abs(side / resolution - 1) <= _DIFFERENT for side in (along, down)
    ):
        return ""
    return (
        f"The scene's pixels are {along:.3g} x {down:.3g} m; the model was trained on "
        f"{resolution:.3g} m and may not recognise what it sees."
    )
