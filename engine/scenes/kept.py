# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps decoded pixels until the last window that needs them, so that no block is decoded twice.

GDAL's cache drops what was used longest ago, and knows nothing of what comes: to keep the JPEG 2000
tiles under two rows of chunks it would have to hold two rows of tiles of every band. Who knows all
windows beforehand can drop each part of a tile right after the last of them, and needs a third.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Dict, Iterable, Iterator, List, Optional, Protocol, Sequence, Tuple

import numpy as np
from rasterio.io import MemoryFile

from ..core.window import Window
from .channels import Channels
from .keeping import Blocks, Cell, Keeping
from .scene import Array

_SMALL_BYTES = 16_000_000


class KeptPixels:
    """The bands of some channels, read by windows that were announced.

    Args:
        channels: What is read; straight from their file where a window was not announced.
    """

    def __init__(self, channels: Channels) -> None:
        self.channels = channels
        dataset = channels.source.dataset
        self.blocks = Blocks((dataset.height, dataset.width), dataset.block_shapes[0])
        self._forget(Keeping(self.blocks, ()))

    def _forget(self, keeping: Keeping) -> None:
        self._keeping, self._step = keeping, -1
        self._memory: Array = np.empty(0, self.channels.dtype)
        self._free: List[int] = []
        self._slots: Dict[Cell, int] = {}
        self._ends: Dict[int, List[Cell]] = {}

    def follow(self, keeping: Keeping) -> None:
        """Make ready for windows to come; what was kept for others is dropped.

        Args:
            keeping: Of a raster that is cut as this one, and may be shared with others.
        """
        self._forget(keeping)
        bands = len(self.channels.indexes)
        # Memory that was never written to is not there yet, so a cautious count costs nothing.
        self._memory = np.empty((keeping.most, bands, *self.blocks.cell), self.channels.dtype)
        self._free = list(range(keeping.most))

    def read(self, window: Window) -> Array:
        """``(n, h, w)`` stored numbers of a window inside the file, px of the file.

        Raises:
            UnreadableRaster: The file is damaged there.
        """
        step = self._find(window)
        if step is None:
            return self.channels.read(window)
        self._drop_before(step)
        cells = self.blocks.cells(window)
        if any(cell not in self._slots for cell in _each(cells)):
            self._bring(window, step)
        return self._gather(window, cells)

    def _find(self, window: Window) -> Optional[int]:
        """Which of the announced windows this is; none before the one read last."""
        windows = self._keeping.windows
        places = range(max(0, self._step), len(windows))
        return next((place for place in places if windows[place] == window), None)

    def _drop_before(self, step: int) -> None:
        for past in range(max(0, self._step), step):
            for cell in self._ends.pop(past, ()):
                self._free.append(self._slots.pop(cell))
        self._step = step

    def _bring(self, window: Window, step: int) -> None:
        """Decode what a window lacks; keep of it what this or a later window needs."""
        (rows, columns), (height, width) = self.blocks.block, self.blocks.size
        for row, column in _each(self.blocks.blocks(window)):
            block = Window(column * columns, row * rows, columns, rows)
            block = block.intersect(Window(0, 0, width, height))
            cells = list(_each(self.blocks.cells(block)))
            wanted = [c for c in cells if self._keeping.last[c] >= step]
            under = set(_each(self.blocks.cells(window)))
            if all(cell in self._slots for cell in wanted if cell in under):
                continue
            pixels = self.channels.read(block)
            for cell in wanted:
                if cell not in self._slots:
                    self._keep(cell, pixels, block)

    def _keep(self, cell: Cell, pixels: Array, block: Window) -> None:
        rows, columns = self.blocks.cell
        top, left = cell[0] * rows - block.row, cell[1] * columns - block.col
        part = pixels[:, top : top + rows, left : left + columns]
        slot = self._free.pop()
        self._memory[slot, :, : part.shape[1], : part.shape[2]] = part
        self._slots[cell] = slot
        self._ends.setdefault(int(self._keeping.last[cell]), []).append(cell)

    def _gather(self, window: Window, cells: Tuple[slice, slice]) -> Array:
        rows, columns = self.blocks.cell
        shape = len(self.channels.indexes), window.height, window.width
        out = np.empty(shape, self.channels.dtype)
        for row, column in _each(cells):
            place = Window(column * columns, row * rows, columns, rows)
            there = place.intersect(window)
            inside, outside = there.relative_to(place).slices, there.relative_to(window).slices
            out[(slice(None), *outside)] = self._memory[
                (self._slots[row, column], slice(None), *inside)
            ]
        return out


class KeepingReader(Protocol):
    """What reads windows of a grid from a file whose pixels may be kept."""

    channels: Channels
    kept: Optional[KeptPixels]

    def needs(self, window: Window) -> Window:
        """The pixels of the file that a window of the grid is made of."""


def kept_pixels(channels: Channels) -> Optional[KeptPixels]:
    """Keeps the pixels of a file whose blocks are dear to decode; None for any other."""
    dataset: Any = channels.source.dataset
    dear = dataset.driver.startswith("JP2") and not channels.masked
    return KeptPixels(channels) if dear else None


def decoded_whole(channels: Channels, opened: ExitStack) -> Channels:
    """The same channels out of memory, where the file is dear to decode, and small.

    The warper reads by itself and cannot be told what is kept; but a band of 60 m is small enough
    to be kept whole.

    Args:
        channels: What is to be read.
        opened: Holds what is made.

    Raises:
        UnreadableRaster: The file is damaged.
    """
    source = channels.source
    grid, count = source.grid, len(channels.indexes)
    size = grid.width * grid.height * count * channels.dtype.itemsize
    if kept_pixels(channels) is None or size > _SMALL_BYTES:
        return channels
    memory = opened.enter_context(MemoryFile())
    with memory.open(
        driver="GTiff", width=grid.width, height=grid.height, count=count, dtype=channels.dtype,
        transform=grid.transform, crs=grid.crs,
    ) as dataset:  # fmt: skip
        dataset.write(channels.read(grid.window))
    return replace(
        channels, source=replace(source, path=memory.name), indexes=tuple(range(1, count + 1))
    )


def follow(readers: Iterable[KeepingReader], windows: Sequence[Window]) -> None:
    """Announce the windows of the grid to come, in order."""
    for kept, keeping in _keepings(readers, windows):
        kept.follow(keeping)


def kept_bytes(readers: Iterable[KeepingReader], windows: Sequence[Window]) -> int:
    """Memory that ``follow`` would come to take, at most."""
    return sum(
        keeping.pixels * len(kept.channels.indexes) * kept.channels.dtype.itemsize
        for kept, keeping in _keepings(readers, windows)
    )


def cached_bytes(readers: Iterable[KeepingReader]) -> int:
    """Bytes a pixel of the grid that are left to GDAL's cache."""
    cached = [reader.channels for reader in readers if reader.kept is None]
    return sum(len(channels.slots) * channels.dtype.itemsize for channels in cached)


def _keepings(
    readers: Iterable[KeepingReader], windows: Sequence[Window]
) -> Iterator[Tuple[KeptPixels, Keeping]]:
    """Files that are cut alike, as the bands of one product, share one plan."""
    plans: Dict[Tuple[Blocks, type], Keeping] = {}
    for reader in readers:
        if reader.kept is None:
            continue
        key = reader.kept.blocks, type(reader)
        if key not in plans:
            plans[key] = Keeping(key[0], [reader.needs(window) for window in windows])
        yield reader.kept, plans[key]


def _each(places: Tuple[slice, slice]) -> Iterator[Cell]:
    rows, columns = places
    for row in range(rows.start, rows.stop):
        for column in range(columns.start, columns.stop):
            yield row, column
