# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network's thread hands to the writing one, and the account of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, Optional

import numpy as np
from numpy.typing import NDArray

from ..core.window import Window
from .plan import Chunk


@dataclass(frozen=True)
class Scored:
    """A window's scores, on their way to the files.

    Args:
        chunk: What was read and what of it is kept.
        scores: (K, H, W) float32 of the whole window, of ``chunk.scored``, or of its core alone.
        valid: (h, w) uint8 of ``place``, 1 where the maps get a value.
        pixels: (C, h, w) stored numbers of the core, if they were asked for.
        cell: Side of a map's pixel, in px of the raster.
    """

    chunk: Chunk
    scores: NDArray[np.float32]
    valid: NDArray[np.uint8]
    pixels: Optional[NDArray[Any]] = None
    cell: int = 1

    @property
    def place(self) -> Window:
        """The core, in pixels of a map of the whole raster."""
        return in_cells(self.chunk.core, self.cell)

    @property
    def core(self) -> Window:
        """The core's place in ``scores``."""
        if self.scores.shape[1:] == self.valid.shape:
            return Window(0, 0, self.valid.shape[1], self.valid.shape[0])
        core, scored = self.chunk.core.relative_to(self.chunk.read), self.chunk.scored
        cut = self.scores.shape[1:] == (scored.height, scored.width)
        return core.relative_to(scored) if cut else core


def in_cells(window: Window, cell: int) -> Window:
    """The cells of ``cell`` x ``cell`` px, counted from the raster's origin, in a window."""
    col, row = window.col // cell, window.row // cell
    return Window(col, row, -(-window.right // cell) - col, -(-window.bottom // cell) - row)


STAGES = ("read", "prepare", "infer", "write")


@dataclass
class Tally:
    """What a run did.

    Args:
        done: Chunks mapped.
        skipped: Chunks skipped, by reason: ``nodata``, ``mask``.
        valid_px: Pixels that got a value.
        window_px: Pixels that went through the network, halo and padding included.
        resumed: Chunks taken over from an earlier run.
        seconds: Time spent in each stage; stages overlap, so the sum exceeds the run's time.
    """

    done: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    valid_px: int = 0
    window_px: int = 0
    resumed: int = 0
    seconds: Dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
