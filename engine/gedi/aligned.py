# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of rasters whose pixels fit the window's: the numbers of a warp without its cost.

A scene's 10 m bands need no warp at all, and bilinear interpolation from 20 m is a sum of four
pixels in sixteenths, which is exact in whole numbers. Equal to GDAL's warp, in a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..core.grid import Grid
from .raster import Raster

Pixels = npt.NDArray[Any]
_NEAR = 1e-6
_WHOLE = ("uint8", "uint16")


@dataclass(frozen=True)
class Fit:
    """How a window lies on a raster whose pixels are as large or twice as large.

    Args:
        factor: 1 or 2: the raster's pixel size over the window's.
        col, row: The window's first pixel, in pixels of the window's size from the raster's corner.
        width, height: The window's size, px.
        bilinear: Whether to interpolate; else the nearest pixel counts.
    """

    factor: int
    col: int
    row: int
    width: int
    height: int
    bilinear: bool

    @property
    def source(self) -> Tuple[int, int, int, int]:
        """(column, row, width, height) of the raster's pixels that it takes."""
        if self.factor == 1:
            return self.col, self.row, self.width, self.height
        reach = 1 if self.bilinear else 0
        left, upper = (self.col - reach) // 2, (self.row - reach) // 2
        right = (self.col + self.width - 1 + reach) // 2
        lower = (self.row + self.height - 1 + reach) // 2
        return left, upper, right - left + 1, lower - upper + 1


def fit_of(raster: Grid, window: Grid, bilinear: bool) -> Optional[Fit]:
    """How a window lies on a raster; None if it takes a warp: another CRS, or other pixels."""
    place, grid = raster.transform, window.transform
    factor = place.a / grid.a
    if raster.crs != window.crs or factor not in (1, 2) or place.e != -place.a:
        return None
    if place.b or place.d:
        return None
    col, row = (grid.c - place.c) / grid.a, (place.f - grid.f) / grid.a
    if abs(col - round(col)) > _NEAR or abs(row - round(row)) > _NEAR:
        return None
    return Fit(int(factor), round(col), round(row), window.width, window.height, bilinear)


def cut_for(raster: Raster, fit: Fit, gap: Optional[float]) -> Optional[Pixels]:
    """The raster's pixels that a window takes; None if it takes a warp: at the edge, or gaps.

    Args:
        raster: The raster.
        fit: How the window lies on it.
        gap: Number in the raster that means no measurement, which must not be interpolated.
    """
    if raster.dtype not in _WHOLE:
        return None
    pixels = raster.cut(*fit.source)
    blend = fit.factor == 2 and fit.bilinear
    if pixels is None or (blend and gap is not None and (pixels == gap).any()):
        return None
    return pixels


def resample(pixels: Pixels, fit: Fit) -> Pixels:
    """``(C, H, W)`` on the window's pixels, in the same dtype.

    Args:
        pixels: ``(C, h, w)`` uint8 or uint16, what ``cut_for`` gave of each band.
        fit: How the window lies on all of them.
    """
    if fit.factor == 1:
        return pixels
    if not fit.bilinear:
        wide = pixels.repeat(2, axis=1).repeat(2, axis=2)
        top, left = fit.row % 2, fit.col % 2
        return wide[:, top : top + fit.height, left : left + fit.width]
    columns, weights = _steps(fit.col, fit.width)
    rows, heights = _steps(fit.row, fit.height)
    # Sixteenths of 65,535 need 20 bits, and what is rounded is never negative.
    whole = pixels.astype(np.uint32)
    tall = whole[:, rows] * heights[:, None] + whole[:, rows + 1] * (4 - heights)[:, None]
    total = tall[:, :, columns] * weights + tall[:, :, columns + 1] * (4 - weights)
    return ((total + 8) >> 4).astype(pixels.dtype)


def _steps(first: int, count: int) -> Tuple[Pixels, Pixels]:
    """For each pixel its left neighbour, from the first one on, and its weight in quarters.

    The centre of an even pixel lies a quarter of a source pixel before that of its own.
    """
    number = np.arange(first, first + count)
    neighbour = (number - 1) // 2
    return neighbour - neighbour[0], np.where(number % 2, 3, 1).astype(np.uint32)
