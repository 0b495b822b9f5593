# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of rasters whose pixels fit the window's: the numbers of a warp without its cost.

A scene's 10 m bands need no warp at all, and bilinear interpolation from 20 m is a sum of four
pixels in sixteenths, which is exact in whole numbers. Equal to GDAL's warp, in a test.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..core.grid import Grid

Pixels = npt.NDArray[Any]
_NEAR = 1e-6


def aligned_window(
    source: Any, place: Grid, grid: Grid, bilinear: bool, gap: Optional[float]
) -> Optional[Pixels]:
    """The first band on a grid, where that takes no warp.

    Args:
        source: An open raster.
        place: Its grid.
        grid: Where to.
        bilinear: Whether to interpolate; else the nearest pixel counts.
        gap: Number in the raster that means no measurement, which must not be interpolated.

    Returns:
        ``(H, W)``, or None if it takes a warp: another CRS, other pixels, at the edge, or gaps.
    """
    factor = place.transform.a / grid.transform.a
    whole = place.crs == grid.crs and factor in (1, 2) and place.transform.e == -place.transform.a
    if not whole or place.transform.b or place.transform.d or source.dtypes[0] not in _WHOLE:
        return None
    col = (grid.transform.c - place.transform.c) / grid.transform.a
    row = (place.transform.f - grid.transform.f) / grid.transform.a
    if abs(col - round(col)) > _NEAR or abs(row - round(row)) > _NEAR:
        return None
    across, down = (round(col), grid.width), (round(row), grid.height)
    if factor == 1:
        return _read(source, place, across, down)
    if not bilinear:
        return _nearest(source, place, across, down)
    return _bilinear(source, place, across, down, gap)


_WHOLE = ("uint8", "uint16")


def _read(source: Any, place: Grid, across: Any, down: Any) -> Optional[Pixels]:
    """Pixels from ``across[0]`` on, as many as ``across[1]``; None beyond the raster's edge."""
    (col, width), (row, height) = across, down
    if col < 0 or row < 0 or col + width > place.width or row + height > place.height:
        return None
    pixels: Pixels = source.read(1, window=((row, row + height), (col, col + width)))
    return pixels


def _nearest(source: Any, place: Grid, across: Any, down: Any) -> Optional[Pixels]:
    (col, width), (row, height) = across, down
    first, last = (row // 2, (row + height - 1) // 2), (col // 2, (col + width - 1) // 2)
    pixels = _read(
        source, place, (last[0], last[1] - last[0] + 1), (first[0], first[1] - first[0] + 1)
    )
    if pixels is None:
        return None
    wide = pixels.repeat(2, axis=0).repeat(2, axis=1)
    return wide[row % 2 : row % 2 + height, col % 2 : col % 2 + width]


def _bilinear(
    source: Any, place: Grid, across: Any, down: Any, gap: Optional[float]
) -> Optional[Pixels]:
    left, columns, weights = _steps(*across)
    upper, rows, heights = _steps(*down)
    size = (int(columns[-1]) + 2, int(rows[-1]) + 2)
    pixels = _read(source, place, (left, size[0]), (upper, size[1]))
    if pixels is None or (gap is not None and (pixels == gap).any()):
        return None
    whole = pixels.astype(np.int32)
    tall = whole[rows] * heights[:, None] + whole[rows + 1] * (4 - heights[:, None])
    total = tall[:, columns] * weights + tall[:, columns + 1] * (4 - weights)
    return ((total + 8) >> 4).astype(pixels.dtype)


def _steps(first: int, count: int) -> Tuple[int, Pixels, Pixels]:
    """Where to read from, and for each pixel its left neighbour and that one's weight in quarters.

    The centre of an even pixel lies a quarter of a source pixel before that of its own.
    """
    number = np.arange(first, first + count)
    neighbour = (number - 1) // 2
    return int(neighbour[0]), neighbour - neighbour[0], np.where(number % 2, 3, 1)
