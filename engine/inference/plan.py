# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows are read and which part of each is kept.

The cores tile the raster from its own origin, whatever area is asked for, and a window is its core
and a halo, cut at the raster's edge. So a window, and with it each pixel's value, does not depend
on the extent; and with a halo of half the receptive field it does not depend on the chunks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

from ..core.window import Window

_LEAST_SCORED = 64  # px


@dataclass(frozen=True)
class Chunk:
    """One unit of work.

    Args:
        core: The pixels to map, in the raster.
        read: The pixels to read, in the raster; around ``core``.
        shape: (H, W) of the network input in px, at least the size of ``read``.
        cell: The core before it was cut at the edge of the area to map; None if it was not.
    """

    core: Window
    read: Window
    shape: Tuple[int, int]
    cell: Optional[Window] = None

    @property
    def scored(self) -> Window:
        """The part of the input, px, whose scores a network gives that cuts the halo off.

        It depends on the raster and the size of its cores, not on the area. A small one is grown:
        ONNX Runtime computes a few pixels in another order, and so to another last bit, than many.
        """
        cell = (self.cell or self.core).relative_to(self.read)
        row, height = _grown(cell.row, cell.height, self.shape[0])
        col, width = _grown(cell.col, cell.width, self.shape[1])
        return Window(col, row, width, height)


@dataclass(frozen=True)
class ChunkPlan:
    """All chunks of one run.

    Args:
        width, height: Size of the raster, px.
        area: The part of it to map.
        core: Side of a chunk's core, px; a multiple of ``stride``.
        halo: Read around a core, px; a multiple of ``stride``.
        stride: The model's downsampling factor; inputs are padded to a multiple of it.
        fixed: (H, W) of the only input the model takes, px; None for any.
        band_width: Chunks side by side before the walk turns to the next row, so that the blocks
            of one row of chunks stay in GDAL's cache however wide the raster is.
    """

    width: int
    height: int
    area: Window
    core: int
    halo: int
    stride: int = 1
    fixed: Optional[Tuple[int, int]] = None
    band_width: int = 1 << 30

    @property
    def whole(self) -> Window:
        """All pixels of the raster."""
        return Window(0, 0, self.width, self.height)

    def __iter__(self) -> Iterator[Chunk]:
        """Chunks from left to right and top to bottom, one vertical band after the other."""
        rows = self._axis(self.area.row, self.area.bottom)
        cols = self._axis(self.area.col, self.area.right)
        for left in range(0, len(cols), self.band_width):
            for row in rows:
                for col in cols[left : left + self.band_width]:
                    yield self._chunk(col, row)

    def __len__(self) -> int:
        rows, cols = (self.area.row, self.area.bottom), (self.area.col, self.area.right)
        return len(self._axis(*rows)) * len(self._axis(*cols))

    def _axis(self, start: int, stop: int) -> List[int]:
        """Starts of the cores that meet ``[start, stop)``."""
        first = start // self.core * self.core
        return list(range(first, stop, self.core)) if stop > start else []

    def _chunk(self, col: int, row: int) -> Chunk:
        left, right, wide = self._reach(col, self.width, self.fixed and self.fixed[1])
        top, bottom, high = self._reach(row, self.height, self.fixed and self.fixed[0])
        cell = Window(col, row, self.core, self.core).intersect(self.whole)
        read = Window(left, top, right - left, bottom - top)
        return Chunk(cell.intersect(self.area), read, (high, wide), cell)

    def _reach(self, core: int, size: int, fixed: Optional[int]) -> Tuple[int, int, int]:
        """First and last pixel to read along one axis, and the input's length."""
        start = max(0, core - self.halo)
        if fixed is None:
            stop = min(size, core + self.core + self.halo)
            return start, stop, -(-(stop - start) // self.stride) * self.stride
        # A window that cannot be cut is moved inwards, so that it ends where the raster ends.
        start = max(0, min(start, round_up(size - fixed, self.stride)))
        return start, min(size, start + fixed), fixed


def _grown(start: int, length: int, limit: int) -> Tuple[int, int]:
    """First pixel and length of a span within ``limit`` px, no shorter than it need be."""
    length = min(limit, max(length, _LEAST_SCORED))
    return min(start, limit - length), length


def round_up(value: int, step: int) -> int:
    """The least multiple of ``step`` that is not below ``value``."""
    return -(-value // step) * step
