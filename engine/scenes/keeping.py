# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of a raster's blocks are needed until when, for windows in a known order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.window import Window

_CELL_PX = 64
Cell = Tuple[int, int]


@dataclass(frozen=True)
class Blocks:
    """How a raster is cut.

    Args:
        size: (rows, columns) of the raster, px.
        block: (rows, columns) of what is decoded at once, px.
    """

    size: Cell
    block: Cell

    @property
    def cell(self) -> Cell:
        """(rows, columns) of what is kept or dropped at once, px: even parts of a block."""
        return _part(self.block[0]), _part(self.block[1])

    def cells(self, window: Window) -> Tuple[slice, slice]:
        """The cells under a window."""
        return _under(window, self.cell)

    def blocks(self, window: Window) -> Tuple[slice, slice]:
        """The blocks under a window."""
        return _under(window, self.block)


@dataclass
class Keeping:
    """When each cell of a raster is needed last, for windows that are read in a known order.

    Args:
        blocks: How the raster is cut.
        windows: What will be read, in order, px of the raster.
    """

    blocks: Blocks
    windows: Sequence[Window]
    last: NDArray[np.int32] = field(init=False)
    """(cell rows, cell columns): the last window that needs a cell; -1 for none."""
    most: int = field(init=False)
    """Cells alive at once, at most."""

    def __post_init__(self) -> None:
        cut = self.blocks
        shape = [-(-side // part) for side, part in zip(cut.size, cut.cell)]
        first = np.full([-(-side // part) for side, part in zip(cut.size, cut.block)], -1, np.int32)
        self.last = np.full(shape, -1, np.int32)
        for step, window in enumerate(self.windows):
            self.last[cut.cells(window)] = step
            touched = first[cut.blocks(window)]
            touched[touched < 0] = step
        per_block = [block // cell for block, cell in zip(cut.block, cut.cell)]
        born = first.repeat(per_block[0], axis=0).repeat(per_block[1], axis=1)
        born = born[: shape[0], : shape[1]]
        needed = self.last >= 0
        steps = len(self.windows) + 1
        change = np.bincount(born[needed], minlength=steps + 1)
        change -= np.bincount(self.last[needed] + 1, minlength=steps + 1)
        self.most = int(np.cumsum(change).max(initial=0))

    @property
    def pixels(self) -> int:
        """Pixels alive at once, at most."""
        return self.most * self.blocks.cell[0] * self.blocks.cell[1]


def _part(side: int) -> int:
    """The largest even part of ``side`` px up to ``_CELL_PX``; all of it if that is tiny."""
    part = next(p for p in range(min(side, _CELL_PX), 0, -1) if side % p == 0)
    return part if part >= _CELL_PX // 4 else side


def _under(window: Window, part: Cell) -> Tuple[slice, slice]:
    rows = slice(window.row // part[0], -(-window.bottom // part[0]))
    return rows, slice(window.col // part[1], -(-window.right // part[1]))
