# SPDX-License-Identifier: GPL-3.0-or-later
"""Test-time augmentation: the mean over the eight views of a window, turned and mirrored."""

from __future__ import annotations

from typing import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.window import Window
from .network import Network
from .plan import Chunk

Array = NDArray[np.float32]


class ProbabilityNetwork:
    """A network whose scores become probabilities; with ``augment``, the mean over all views.

    The views are the symmetries of the square, D4: four turns, each also mirrored. A window's sides
    are multiples of the model's stride, so each view is cut where the whole raster's would be.
    Windows that are no squares are turned all the same; a model of one fixed size that is no
    square gets the four views that keep its size.

    Args:
        network: Gives scores.
        activate: (K, h, w) scores to probabilities of that shape.
        augment: Whether to average over the views.
        square: Whether turned windows may go in.
    """

    gives = "probabilities"

    def __init__(
        self,
        network: Network,
        activate: Callable[[Array], Array],
        augment: bool = False,
        square: bool = True,
    ) -> None:
        self._network, self._activate = network, activate
        self.device, self.one_shape = network.device, network.one_shape
        turns = (0, 1, 2, 3) if square else (0, 2)
        self._views = [(t, m) for m in (False, True) for t in turns] if augment else [(0, False)]

    def scores(self, windows: Array, chunks: Sequence[Chunk] = ()) -> Array:
        """(N, C, H, W) network input to (N, K, H, W), or (N, K), probabilities.

        Or to those of ``chunk.scored``, if the network gives no others.
        """
        total: Array | None = None
        for turns, mirrored in self._views:
            seen = windows[..., ::-1] if mirrored else windows
            turned = np.ascontiguousarray(np.rot90(seen, turns, (2, 3)))
            views = [_seen_in(chunk, turns, mirrored) for chunk in chunks]
            given = self._network.scores(turned, views)
            if given.ndim == 2:
                probabilities = np.stack([self._activate(s[:, None, None])[:, 0, 0] for s in given])
            else:
                probabilities = np.stack([self._activate(s) for s in given])
                probabilities = np.rot90(probabilities, -turns, (2, 3))
                probabilities = probabilities[..., ::-1] if mirrored else probabilities
            total = (
                probabilities.copy() if total is None else np.add(total, probabilities, out=total)
            )
        if total is None:
            raise ValueError("There is no view to average over.")
        if len(self._views) > 1:
            total /= np.float32(len(self._views))
        return np.ascontiguousarray(total)


def _seen_in(chunk: Chunk, turns: int, mirrored: bool) -> Chunk:
    """A chunk whose ``scored`` is where a view of the window has that of the original."""
    core, (height, width) = chunk.scored, chunk.shape
    if mirrored:
        core = Window(width - core.right, core.row, core.width, core.height)
    for _ in range(turns):  # as numpy.rot90: what was on the right comes to the top
        core = Window(core.row, width - core.right, core.height, core.width)
        height, width = width, height
    return Chunk(core, Window(0, 0, width, height), (height, width))
