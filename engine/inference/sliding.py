# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that classify whole patches, slid over the raster and blended into a map.

The patches stand ``stride`` px apart from the raster's origin, with a last one flush with the right
and the lower edge. A pixel's probabilities are the mean of those of the patches that hold it,
weighted by a sin^2 window, which is highest in a patch's middle and nowhere 0.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from .network import Network
from .plan import Chunk
from .scored import in_cells

FLOOR = 0.01  # so that a pixel on a patch's edge is not weighted by rounding errors
_CACHED_PATCHES = 20_000
Span = Tuple[int, int]
Place = Tuple[int, int]


@dataclass(frozen=True)
class Axis:
    """The patches along one axis of the raster.

    Args:
        size: Of the raster, px.
        patch: Side of a patch, px.
        stride: Between two patches, px; at most ``patch``.
        core: Side of a chunk's core, px.
        cell: Side of a map's pixel, px.
    """

    size: int
    patch: int
    stride: int
    core: int
    cell: int = 1

    def starts(self, first_px: int, last_px: int) -> List[int]:
        """First pixels of the patches that hold any of the pixels ``[first_px, last_px)``."""
        final = max(0, self.size - self.patch)
        lowest = max(0, first_px - self.patch + 1)
        begin = -(-lowest // self.stride) * self.stride
        found = [s for s in range(begin, min(last_px, final + 1), self.stride)]
        if final % self.stride and lowest <= final < last_px:
            found.append(final)
        return found

    def chunks_of(self, start: int) -> Span:
        """The first and the last chunk whose cores a patch touches."""
        last = min(self.size, start + self.patch) - 1
        return start // self.core, last // self.core

    def weights(self, starts: Sequence[int], first_px: int, last_px: int) -> NDArray[np.float32]:
        """(cells, patches) share of each patch in each cell of ``[first_px, last_px)``.

        The window's values are summed over a cell's pixels; every row sums to 1.
        """
        px = np.arange(first_px, last_px)[:, None] - np.asarray(starts)[None]
        inside = (px >= 0) & (px < self.patch)
        window = FLOOR + (1 - FLOOR) * np.sin(np.pi * (px + 0.5) / self.patch) ** 2
        each = np.where(inside, window, 0.0)
        cells = np.add.reduceat(each, np.arange(0, len(each), self.cell), axis=0)
        return (cells / cells.sum(axis=1, keepdims=True)).astype(np.float32)


class SlidingPatches:
    """A network of whole patches as one that gives a probability for every pixel of a core.

    A patch that lies in several chunks is inferred once: its probabilities are kept until the next
    row of chunks is done. Patches that touch the same chunks are inferred together, whichever of
    the chunks comes first, so that a run that goes on after a kill computes the same numbers.

    Args:
        network: Gives (N, K) probabilities of (N, C, height, width) patches.
        rows, columns: Where the patches stand.
        batch: Patches in one inference.
    """

    gives = "probabilities"

    def __init__(self, network: Network, rows: Axis, columns: Axis, batch: int) -> None:
        self._network, self._rows, self._columns, self._batch = network, rows, columns, batch
        self.device, self.one_shape = network.device, network.one_shape
        self.patches = 0
        """Patches inferred so far."""
        self._known: OrderedDict[Tuple[Span, Span], Dict[Place, NDArray[np.float32]]]
        self._known = OrderedDict()

    def scores(
        self, windows: NDArray[np.float32], chunks: Sequence[Chunk] = ()
    ) -> NDArray[np.float32]:
        """(1, C, H, W) network input of one chunk to (1, K, h, w) probabilities of its core."""
        chunk = chunks[0]
        rows, columns = self._rows, self._columns
        # All patches of the whole core, whatever part of it was asked for: see the class.
        top, left = (
            chunk.core.row // rows.core * rows.core,
            chunk.core.col // columns.core * columns.core,
        )
        ys = rows.starts(top, min(rows.size, top + rows.core))
        xs = columns.starts(left, min(columns.size, left + columns.core))
        found = self._probabilities(windows[0], chunk, [(y, x) for y in ys for x in xs])
        table = np.stack([[found[y, x] for x in xs] for y in ys])
        down = rows.weights(ys, chunk.core.row, chunk.core.bottom)
        along = columns.weights(xs, chunk.core.col, chunk.core.right)
        place = in_cells(chunk.core, rows.cell)
        blended = np.empty((1, table.shape[2], place.height, place.width), np.float32)
        for k, plane in enumerate(np.moveaxis(table, 2, 0)):
            np.matmul(down @ plane, along.T, out=blended[0, k])
        return blended

    def _probabilities(
        self, window: NDArray[np.float32], chunk: Chunk, places: Sequence[Place]
    ) -> Dict[Place, NDArray[np.float32]]:
        groups: Dict[Tuple[Span, Span], List[Place]] = {}
        for y, x in places:
            key = self._rows.chunks_of(y), self._columns.chunks_of(x)
            groups.setdefault(key, []).append((y, x))
        found: Dict[Place, NDArray[np.float32]] = {}
        for key, members in groups.items():
            known = self._known.pop(key, None)
            if known is None:
                known = self._infer(window, chunk, members)
            if key[0][0] != key[0][1] or key[1][0] != key[1][1]:
                self._known[key] = known  # another chunk needs it too
            found.update(known)
        while sum(map(len, self._known.values())) > _CACHED_PATCHES:
            self._known.popitem(last=False)
        return found

    def _infer(
        self, window: NDArray[np.float32], chunk: Chunk, places: Sequence[Place]
    ) -> Dict[Place, NDArray[np.float32]]:
        found: Dict[Place, NDArray[np.float32]] = {}
        for first in range(0, len(places), self._batch):
            part = places[first : first + self._batch]
            # Always the same number where another would be a new shape to the network.
            count = self._batch if self.one_shape else len(part)
            patches = np.zeros(
                (count, len(window), self._rows.patch, self._columns.patch), np.float32
            )
            for patch, (y, x) in zip(patches, part):
                # A raster smaller than a patch leaves zeros, each band's mean.
                piece = self._cut(window, chunk, y, x)
                patch[:, : piece.shape[1], : piece.shape[2]] = piece
            found.update(zip(part, self._network.scores(patches)))
        self.patches += len(places)
        return found

    def _cut(
        self, window: NDArray[np.float32], chunk: Chunk, y: int, x: int
    ) -> NDArray[np.float32]:
        y, x = y - chunk.read.row, x - chunk.read.col
        return window[:, y : y + self._rows.patch, x : x + self._columns.patch]
