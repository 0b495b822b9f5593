# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading, inference and writing at once, each in a thread, joined by short queues.

The main thread only counts what is done, so that a signal reaches Python between two counts and
never waits for a network to finish. A network that copies to and from a device has several lanes:
as many batches are with it at once, each in a thread of its own, and are written in their order.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, List, Optional, Protocol, Tuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..core.window import Window
from .network import Network
from .plan import Chunk
from .scored import Scored, Tally

T = TypeVar("T")
Prepare = Callable[..., Tuple[NDArray[Any], NDArray[np.uint8]]]
_POLL_S = 0.1
_JOIN_S = 0.4


class PixelSource(Protocol):
    """What the pipeline needs of a scene."""

    def read(self, window: Window) -> Tuple[NDArray[Any], Optional[NDArray[np.bool_]]]:
        """(C, h, w) stored numbers and (h, w) bool mask or None."""
        ...


class AreaMask(Protocol):
    """Where the user wants a map."""

    def __call__(self, window: Window) -> NDArray[np.bool_]:
        """(h, w) bool for a window of the raster."""
        ...


@dataclass
class _Window:
    chunk: Chunk
    network_input: NDArray[Any]
    valid: NDArray[np.uint8]
    pixels: Optional[NDArray[Any]]


class ChunkPipeline:
    """Maps all chunks of a plan.

    Args:
        source: The scene.
        normaliser: Makes network input of its pixels.
        network: Gives scores.
        write: Called with each window's scores, in the plan's order, in a thread of its own.
        mask: Where to map; None for everywhere.
        batch_size: Windows of one shape in one inference.
        progress: Called in the main thread with the number of chunks finished.
        keep_pixels: Whether ``write`` gets the stored numbers too.
        cell: Side of a map's pixel, in px of the raster; cores are aligned to it.
    """

    def __init__(
        self,
        source: PixelSource,
        normaliser: Prepare,
        network: Network,
        write: Callable[[Scored], None],
        mask: Optional[AreaMask] = None,
        batch_size: int = 1,
        progress: Callable[[int], None] = lambda chunks: None,
        keep_pixels: bool = False,
        cell: int = 1,
    ) -> None:
        self._source, self._normaliser, self._network = source, normaliser, network
        self._write, self._mask, self._batch_size = write, mask, batch_size
        self._progress, self._keep_pixels, self._cell = progress, keep_pixels, cell
        self._tally = Tally()
        # Memory of inputs that the network is done with: fresh memory costs more than filling it.
        self._spare: List[NDArray[np.float32]] = []
        self._stop = threading.Event()
        # Batches that may be with the network at once; only one that serves a GPU says it has more.
        self._lanes = getattr(network, "lanes", 1)
        self._free = threading.Semaphore(self._lanes)
        # One more of each kind than are being used: the one that is being made.
        self._inputs = threading.Semaphore(self._lanes + 1)
        self._scores = threading.Semaphore(self._lanes + 1)
        self._account = threading.Lock()
        self._error: Optional[BaseException] = None

    def run(self, plan: Iterable[Chunk]) -> Tally:
        """Map every chunk; whatever a thread raises is raised here, once."""
        read: queue.Queue[Any] = queue.Queue(1)
        scored: queue.Queue[Any] = queue.Queue(1)
        finished: queue.Queue[int] = queue.Queue()
        stages = (
            lambda: self._read_all(plan, read, finished),
            lambda: self._infer_all(read, scored),
            lambda: self._write_all(scored, finished),
        )
        threads = [threading.Thread(target=self._guard, args=(s,), daemon=True) for s in stages]
        for thread in threads:
            thread.start()
        try:
            self._count(threads, finished)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join(_JOIN_S)
        if self._error is not None:
            raise self._error
        return self._tally

    def _count(self, threads: List[threading.Thread], finished: queue.Queue[int]) -> None:
        while any(thread.is_alive() for thread in threads) or not finished.empty():
            try:
                self._progress(finished.get(timeout=_POLL_S))
            except queue.Empty:
                continue

    def _guard(self, stage: Callable[[], None]) -> None:
        try:
            stage()
        except _Stopped:
            return
        except BaseException as error:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """Stop every thread; the main one raises the first error."""
        self._error = self._error or error
        self._stop.set()

    def _read_all(
        self, plan: Iterable[Chunk], read: queue.Queue[Any], finished: queue.Queue[int]
    ) -> None:
        batch: List[_Window] = []
        for chunk in plan:
            full = len(batch) == self._batch_size
            if batch and (full or batch[0].chunk.shape != chunk.shape):
                self._put(read, batch)
                batch = []
            if not batch:
                self._take(self._inputs)
            window = self._prepare(chunk)
            if window is not None:
                batch.append(window)
                continue
            finished.put(1)
            if not batch:
                self._inputs.release()
        if batch:
            self._put(read, batch)
        self._put(read, None)

    def _prepare(self, chunk: Chunk) -> Optional[_Window]:
        """Read and normalise one window; None if there is nothing in it to map."""
        wanted = None if self._mask is None else self._mask(chunk.core)
        if wanted is not None and not wanted.any():
            self._tally.skipped["mask"] += 1
            return None
        began = time.perf_counter()
        pixels, mask = self._source.read(chunk.read)
        self._spent("read", began)
        began = time.perf_counter()
        network_input, valid = self._normaliser(
            pixels, mask, chunk.shape, self._memory_for((len(pixels), *chunk.shape))
        )
        inner = chunk.core.relative_to(chunk.read).slices
        kept = np.ascontiguousarray(valid[inner])
        if wanted is not None:
            kept &= wanted
        kept = _by_cell(kept, self._cell)
        self._spent("prepare", began)
        if not kept.any():
            self._tally.skipped["nodata"] += 1
            return None
        # A copy, for a scene may read its next window into the same memory.
        stored = pixels[:, inner[0], inner[1]].copy() if self._keep_pixels else None
        return _Window(chunk, network_input, kept, stored)

    def _memory_for(self, shape: Tuple[int, ...]) -> NDArray[np.float32]:
        """``shape`` float32 in memory that is free, if it is large enough; its values are left."""
        count = int(np.prod(shape))
        spare = self._spare.pop() if self._spare else np.empty(0, np.float32)
        if isinstance(spare.base, np.ndarray):
            spare = spare.base.reshape(-1)
        if spare.size < count:
            spare = np.empty(count, np.float32)
        return spare[:count].reshape(shape)

    def _infer_all(self, read: queue.Queue[Any], scored: queue.Queue[Any]) -> None:
        for batch in self._taken(read):
            self._take(self._scores)
            self._take(self._free)
            result: Future[List[Scored]] = Future()
            if self._lanes == 1:
                self._infer(batch, result)
            else:
                threading.Thread(target=self._infer, args=(batch, result), daemon=True).start()
            del batch
            self._put(scored, result)
            del result
        self._put(scored, None)

    def _infer(self, batch: List[_Window], result: Future[List[Scored]]) -> None:
        """Run one batch, and give its places to the next."""
        try:
            items = self._scored(batch)
        except BaseException as error:
            self._fail(error)
            result.set_exception(_Stopped())  # for the writer, which waits for this batch
        else:
            result.set_result(items)
        finally:
            self._inputs.release()
            self._free.release()

    def _scored(self, batch: List[_Window]) -> List[Scored]:
        began = time.perf_counter()
        windows: Any = [window.network_input for window in batch]
        if self._lanes == 1:
            # One window, the usual case, must not be copied to make a batch of it. Lanes lay the
            # windows side by side in memory of their own.
            windows = windows[0][None] if len(windows) == 1 else np.stack(windows)
        scores = self._network.scores(windows, [w.chunk for w in batch])
        with self._account:
            self._spent("infer", began)
            self._tally.window_px += sum(w.chunk.shape[0] * w.chunk.shape[1] for w in batch)
        self._spare.extend(w.network_input.reshape(-1) for w in batch)
        return [Scored(w.chunk, s, w.valid, w.pixels, self._cell) for w, s in zip(batch, scores)]

    def _write_all(self, scored: queue.Queue[Any], finished: queue.Queue[int]) -> None:
        for result in self._taken(scored):
            items = result.result()
            began = time.perf_counter()
            for item in items:
                self._write(item)
                self._tally.done += 1
                self._tally.valid_px += int(item.valid.sum())
            self._spent("write", began)
            finished.put(len(items))
            del result, items, item
            self._scores.release()

    def _taken(self, source: queue.Queue[Any]) -> Iterator[Any]:
        """What comes out of a queue, until its end or a stop."""
        while not self._stop.is_set():
            try:
                item = source.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if item is None:
                return
            yield item
            del item  # it is large, and the next one may take its time
        raise _Stopped

    def _put(self, target: queue.Queue[Any], item: object) -> None:
        while not self._stop.is_set():
            try:
                return target.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
        raise _Stopped

    def _take(self, slots: threading.Semaphore) -> None:
        while not self._stop.is_set():
            if slots.acquire(timeout=_POLL_S):
                return
        raise _Stopped

    def _spent(self, stage: str, began: float) -> None:
        self._tally.seconds[stage] += time.perf_counter() - began


def _by_cell(valid: NDArray[np.uint8], cell: int) -> NDArray[np.uint8]:
    """(h, w) to a value a cell: 1 where any of its pixels is."""
    if cell == 1:
        return valid
    height, width = (-(-side // cell) * cell for side in valid.shape)
    whole = np.zeros((height, width), np.uint8)
    whole[: valid.shape[0], : valid.shape[1]] = valid
    return whole.reshape(height // cell, cell, width // cell, cell).max(axis=(1, 3))


class _Stopped(Exception):
    """Another thread failed, or the job was cancelled."""
