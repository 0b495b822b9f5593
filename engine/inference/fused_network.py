# SPDX-License-Identifier: GPL-3.0-or-later
"""Serving on a GPU: stored numbers in, four maps out, everything between on the device."""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Iterator, Optional, Sequence, Tuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from ..core.card import ModelCard
from .device import CPU, Provider, session_options, usable_cores
from .fused_graph import INPUT, OUTPUT, fuse
from .gpu_memory import free_gpu_memory_mb
from .halving import Windows, WindowsAtOnce
from .pinned import HostBuffer
from .plan import Chunk
from .prepare import Normaliser, find_valid

_SHARE_OF_FREE = 0.6  # of the device's memory, for the arena grows in powers of two
_MOST_WINDOWS = 32
_FLOAT32 = np.dtype(np.float32)


@dataclass(frozen=True)
class StoredWindows:
    """Stands in for the normaliser: only finds what is valid, the device does the rest.

    Args:
        normaliser: Knows the nodata of the scene.
    """

    normaliser: Normaliser

    def __call__(
        self,
        pixels: NDArray[Any],
        mask: Optional[NDArray[np.bool_]],
        shape: Tuple[int, int],
        out: Optional[NDArray[np.float32]] = None,
    ) -> Tuple[NDArray[Any], NDArray[np.uint8]]:
        """(C, h, w) stored numbers to (C + 1, H, W) of the same type, and (h, w) valid."""
        bands, height, width = pixels.shape
        valid = find_valid(self.normaliser, pixels, mask)
        windows = np.zeros((bands + 1, *shape), pixels.dtype)
        windows[:bands, :height, :width] = pixels
        windows[bands, :height, :width] = valid
        return windows, valid


class FusedNetwork:
    """The fused graph in ONNX Runtime, with two lanes to the device.

    A lane is page-locked memory for what goes to the device and for what comes back. Two threads
    may ask for scores at once: each gets a lane, and ONNX Runtime a stream of work for it, so that
    one lane's copies pass while the other's windows are computed. Runs out of memory halve the
    number of windows at once, for good; if one is too many beside the other lane's, they go one
    after the other.

    Args:
        proto: The model.
        card: Its card.
        dtype: Of the scene's stored numbers.
        providers: Execution providers with their options, in order; the CPU is added.
        gpu_index: Which GPU.
        one_shape: Whether a new shape of input takes long, as with TensorRT: fewer windows than
            before are then filled up.
    """

    gives = "maps"
    lanes = 2
    """How many threads may ask for scores at once."""

    def __init__(
        self,
        proto: onnx.ModelProto,
        card: ModelCard,
        dtype: np.dtype[Any],
        providers: Sequence[Provider],
        gpu_index: int = 0,
        one_shape: bool = False,
    ) -> None:
        content = fuse(proto, card, dtype).SerializeToString()
        names = [p if isinstance(p, str) else p[0] for p in providers]
        self._session = onnxruntime.InferenceSession(
            content,
            session_options(usable_cores()),
            providers=[*providers, *([] if CPU in names else [CPU])],
        )
        self.providers: Sequence[str] = self._session.get_providers()
        self.device = self.providers[0]
        self.one_shape = one_shape
        self._at_once = WindowsAtOnce(_MOST_WINDOWS)
        self._fullest = 0
        self._free: queue.SimpleQueue[_Lane] = queue.SimpleQueue()
        for _ in range(self.lanes):
            self._free.put(_Lane(self._session, self.device, gpu_index))
        self._in_flight = threading.Semaphore(self.lanes)
        self._alone = threading.Lock()

    def scores(self, windows: Windows, chunks: Sequence[Chunk] = ()) -> NDArray[np.float32]:
        """(N, C + 1, H, W) stored numbers to (N, 4, H, W) float32 maps.

        The windows may also come one by one: they are laid side by side in the lane's memory.

        Raises:
            DeviceUnavailable: Not even one window fits, or the device failed.
        """
        lane = self._free.get()
        try:
            return self._at_once.run(partial(self._run, lane), windows, self.device, lane.retreat)
        finally:
            self._free.put(lane)

    @contextmanager
    def _flight(self, alone: bool) -> Iterator[None]:
        """A place on the device; ``alone`` waits until nothing else is there."""
        if not alone:
            with self._in_flight:
                yield
            return
        with self._alone:
            for _ in range(self.lanes):
                self._in_flight.acquire()
            try:
                yield
            finally:
                self._in_flight.release(self.lanes)

    def _run(self, lane: _Lane, windows: Windows) -> NDArray[np.float32]:
        count = len(windows)
        if self.one_shape:
            # What did not fit once is not filled up to again.
            count = max(count, min(self._fullest, self._at_once.most))
            self._fullest = max(self._fullest, count)
        with self._flight(lane.alone):
            return lane.run(windows, count)


class _Lane:
    """Memory on the host for one run on the device, and the binding of it."""

    def __init__(self, session: Any, device: str, gpu_index: int) -> None:
        self.alone = False
        """Whether its runs wait until nothing else is on the device."""
        self._session = session
        self._input = HostBuffer(device, gpu_index)
        self._output = HostBuffer(device, gpu_index)

    def retreat(self) -> bool:
        """Go alone from now on; False if it did already."""
        before, self.alone = self.alone, True
        return not before

    def run(self, windows: Windows, count: int) -> NDArray[np.float32]:
        """(N, C + 1, H, W) to (N, 4, H, W); computed as ``count`` windows, the last ones empty."""
        channels, height, width = windows[0].shape
        fed = self._input.array((count, channels, height, width), windows[0].dtype)
        for place, window in zip(fed, windows):
            place[:] = window
        fed[len(windows) :] = 0
        maps = self._output.array((count, 4, height, width), _FLOAT32)
        binding = self._session.io_binding()
        # Bound anew each time: that is when ONNX Runtime copies the numbers to the device.
        value = onnxruntime.OrtValue.ortvalue_from_numpy
        binding.bind_ortvalue_input(INPUT, value(fed))
        binding.bind_ortvalue_output(OUTPUT, value(maps))
        self._session.run_with_iobinding(binding)
        # A copy, for the next run writes into the same memory.
        return maps[: len(windows)].copy()


def windows_for_gpu(bytes_per_window: float, gpu_index: int) -> int:
    """How many windows fit, in every lane, into the GPU's free memory; 1 if it cannot be asked."""
    free = free_gpu_memory_mb(gpu_index)
    if free is None:
        return 1
    share = free * 1e6 * _SHARE_OF_FREE / FusedNetwork.lanes
    return max(1, min(_MOST_WINDOWS, int(share / bytes_per_window)))
