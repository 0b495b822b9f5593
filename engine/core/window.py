# SPDX-License-Identifier: GPL-3.0-or-later
"""A rectangle of whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Window:
    """Pixels ``[col, col + width) x [row, row + height)`` of a grid, from its upper left."""

    col: int
    row: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column behind the window, px."""
        return self.col + self.width

    @property
    def bottom(self) -> int:
        """First row below the window, px."""
        return self.row + self.height

    @property
    def empty(self) -> bool:
        """Whether no pixel lies in it."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> Tuple[slice, slice]:
        """``(rows, columns)``, to index an ``(..., H, W)`` array of the whole grid."""
        return slice(self.row, self.bottom), slice(self.col, self.right)

    def intersect(self, other: Window) -> Window:
        """The pixels in both windows; empty, with no negative size, if there are none."""
        col, row = max(self.col, other.col), max(self.row, other.row)
        width = max(0, min(self.right, other.right) - col)
        height = max(0, min(self.bottom, other.bottom) - row)
        return Window(col, row, width, height)

    def grow(self, px: int) -> Window:
        """This window and ``px`` more on each side; it may leave the grid."""
        return Window(self.col - px, self.row - px, self.width + 2 * px, self.height + 2 * px)

    def relative_to(self, other: Window) -> Window:
        """The same pixels, counted from the upper left of ``other``."""
        return Window(self.col - other.col, self.row - other.row, self.width, self.height)
