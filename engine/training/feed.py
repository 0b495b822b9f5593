# SPDX-License-Identifier: GPL-3.0-or-later
"""The order, place and orientation in which a network sees the patches of a split.

NumPy and one thread, whatever backend trains: cutting and normalising a window costs little beside
a training step, and the same numbers reach every backend.
"""

from __future__ import annotations

import queue
import threading
from typing import Any, Iterator, List, Tuple

import numpy as np
from numpy.typing import NDArray

from .source import Label, Pixels, SplitSource

Batch = Tuple[NDArray[np.float32], NDArray[Any]]
# Patches waiting to be drawn where a split does not fit in memory.
SHUFFLED_PATCHES = 512
_AHEAD = 4  # batches


class Feed:
    """Batches of windows for one epoch after the other.

    From patches labelled per pixel, as many random crops as have the area of all patches: one
    patch is often all forest or all sea, and batch normalisation needs batches of many places to
    see what is common. Patches labelled as a whole stay whole.

    Args:
        source: What to draw from.
        crop: Side of a crop in px; 0 for whole patches.
        augment: Whether to flip and turn each window at random.
        seed: The order of epoch ``n`` follows from ``seed`` and ``n`` alone.
    """

    def __init__(self, source: SplitSource, crop: int, augment: bool, seed: int) -> None:
        self.source, self._augment, self._seed = source, augment, seed
        height, width = source.size
        self.window = (crop, crop) if crop else (height, width)
        self._share = height * width / (self.window[0] * self.window[1])

    @property
    def windows(self) -> int:
        """Windows in an epoch."""
        return max(1, int(len(self.source) * self._share + 0.5))

    def epoch(self, number: int, batch: int) -> Iterator[Batch]:
        """The batches of an epoch, all of the same size; what is left over is left out.

        Args:
            number: Which epoch, from 0.
            batch: Windows in a batch.

        Yields:
            (batch, h, w, C) float32 normalised, and (batch, h, w) or (batch, K) uint8; of
            a regression (batch, h, w) or (batch, 1) float32.
        """
        rng = np.random.default_rng([self._seed, number])
        drawn = self._drawn(rng)
        for _ in range(self.windows // batch):
            yield self._batch([next(drawn) for _ in range(batch)], rng)

    def _drawn(self, rng: np.random.Generator) -> Iterator[Tuple[Pixels, Label]]:
        """Each patch as often as its area asks for, in random order.

        All patches of shards in random order pass through a buffer; what is drawn from it comes
        from anywhere in it.
        """
        buffer: List[Tuple[Pixels, Label]] = []
        patches = len(self.source) if self.source.in_memory else SHUFFLED_PATCHES
        capacity = int(min(patches, SHUFFLED_PATCHES * 64) * self._share + 1)
        for count, place in enumerate(self._order(rng), start=1):
            times = int(count * self._share + 0.5) - int((count - 1) * self._share + 0.5)
            patch = self.source[place]
            buffer.extend([patch] * times)
            while len(buffer) > capacity:
                yield _taken(buffer, rng)
        while buffer:
            yield _taken(buffer, rng)

    def _order(self, rng: np.random.Generator) -> Iterator[int]:
        shards = self.source.shards
        for shard in rng.permutation(len(shards)):
            yield from rng.permutation(np.array(shards[shard])).tolist()

    def _batch(self, patches: List[Tuple[Pixels, Label]], rng: np.random.Generator) -> Batch:
        bands = self.source.bands
        height, width = self.window
        pixels = np.empty((len(patches), height, width, len(bands)), np.float32)
        labels = np.empty((len(patches), *self._label_shape()), self.source.label_dtype)
        for index, (stored, label) in enumerate(patches):
            top = int(rng.integers(stored.shape[0] - height + 1))
            left = int(rng.integers(stored.shape[1] - width + 1))
            turns, flip = int(rng.integers(4)), bool(rng.integers(2))
            window = (slice(top, top + height), slice(left, left + width))
            pixels[index] = self._turned(stored[window], turns, flip)
            whole = label.ndim == 1
            labels[index] = label if whole else self._turned(label[window], turns, flip)
        pixels *= np.array([band.factor for band in bands], np.float32)
        pixels += np.array([band.shift for band in bands], np.float32)
        return pixels, labels

    def _label_shape(self) -> Tuple[int, ...]:
        return self.window if self.source.task == "pixel" else self.source.label_shape

    def _turned(self, window: Any, turns: int, flip: bool) -> Any:
        if not self._augment:
            return window
        if self.window[0] != self.window[1]:
            turns = turns // 2 * 2  # quarter turns would swap the sides
        window = np.rot90(window, turns)
        return window[:, ::-1] if flip else window


def _taken(buffer: List[Tuple[Pixels, Label]], rng: np.random.Generator) -> Tuple[Pixels, Label]:
    place = int(rng.integers(len(buffer)))
    buffer[place], buffer[-1] = buffer[-1], buffer[place]
    return buffer.pop()


class Ahead:
    """Batches made in a thread of their own, a few ahead of the step that uses them.

    Args:
        batches: What to run through, once.

    Attributes:
        error: What went wrong in there; None if nothing did.
    """

    def __init__(self, batches: Iterator[Batch]) -> None:
        self.error: Exception | None = None
        self._ready: queue.Queue[Batch | None] = queue.Queue(_AHEAD)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._fill, args=(batches,), daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Batch]:
        while True:
            batch = self._ready.get()
            if batch is None:
                if self.error is not None:
                    raise self.error
                return
            yield batch

    def close(self) -> None:
        """Stop, wherever it is."""
        self._left.set()
        while self._thread.is_alive():
            try:
                self._ready.get_nowait()
            except queue.Empty:
                self._thread.join(0.01)

    def _fill(self, batches: Iterator[Batch]) -> None:
        try:
            for batch in batches:
                if self._left.is_set():
                    return
                self._ready.put(batch)
        except Exception as error:  # it belongs to the thread that waits
            self.error = error
        self._ready.put(None)
