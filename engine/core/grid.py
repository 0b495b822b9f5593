# SPDX-License-Identifier: GPL-3.0-or-later
"""Where pixels lie on Earth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterable, Tuple

from affine import Affine

from .window import Window


@dataclass(frozen=True)
class Grid:
    """A raster's size, CRS and pixel-to-map transform.

    Args:
        width: Columns, px.
        height: Rows, px.
        transform: (column, row) of a pixel's upper left corner to map coordinates.
        crs: WKT of the CRS; empty if the raster states none.
    """

    width: int
    height: int
    transform: Affine
    crs: str

    @property
    def window(self) -> Window:
        """All of its pixels."""
        return Window(0, 0, self.width, self.height)

    @property
    def resolution(self) -> Tuple[float, float]:
        """Size of a pixel along a row and along a column, in CRS units; holds when rotated."""
        t = self.transform
        return math.hypot(t.a, t.d), math.hypot(t.b, t.e)

    @property
    def bounds(self) -> Tuple[float, float, float, float]:
        """(xmin, ymin, xmax, ymax) in CRS units, around all four corners."""
        corners = [self.transform @ corner for corner in self._corners()]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)

    def crop(self, window: Window) -> Grid:
        """The grid of the pixels in ``window``."""
        moved = self.transform @ Affine.translation(window.col, window.row)
        return Grid(window.width, window.height, moved, self.crs)

    def window_around(self, points: Iterable[Tuple[float, float]]) -> Window:
        """The pixels that touch the rectangle around map points, cut to the grid.

        A corner within a thousandth of a pixel of a pixel's edge counts as on the edge, so that
        an extent taken from the raster itself adds no row or column.
        """
        inverse = ~self.transform
        pixels = [inverse @ point for point in points]
        cols, rows = [c for c, _ in pixels], [r for _, r in pixels]
        near = 1e-3
        col, row = math.floor(min(cols) + near), math.floor(min(rows) + near)
        right, bottom = math.ceil(max(cols) - near), math.ceil(max(rows) - near)
        return Window(col, row, max(0, right - col), max(0, bottom - row)).intersect(self.window)

    def _corners(self) -> Tuple[Tuple[int, int], ...]:
        return (0, 0), (self.width, 0), (0, self.height), (self.width, self.height)
