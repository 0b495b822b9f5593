# SPDX-License-Identifier: GPL-3.0-or-later
"""Serving on a GPU: stored numbers in, four maps out, everything between on the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from ..contract.errors import DeviceUnavailable
from ..core.card import ModelCard
from .device import CPU, CUDA, Provider, session_options, usable_cores
from .fused_graph import INPUT, OUTPUT, fuse
from .gpu_memory import free_gpu_memory_mb
from .plan import Chunk
from .prepare import Normaliser, find_valid

_SHARE_OF_FREE = 0.6  # of the device's memory, for the arena grows in powers of two
_MOST_WINDOWS = 32


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
    """The fused graph in ONNX Runtime.

    Input and output stay bound to memory of the device that is used again for every window of the
    same shape. Runs out of memory halve the number of windows at once, for good.

    Args:
        proto: The model.
        card: Its card.
        dtype: Of the scene's stored numbers.
        provider: Execution provider, with its options.
        gpu_index: Which GPU.
    """

    one_shape = False
    gives = "maps"

    def __init__(
        self,
        proto: onnx.ModelProto,
        card: ModelCard,
        dtype: np.dtype[Any],
        provider: Provider,
        gpu_index: int = 0,
    ) -> None:
        content = fuse(proto, card, dtype).SerializeToString()
        name = provider if isinstance(provider, str) else provider[0]
        providers = [provider] if name == CPU else [provider, CPU]
        self._session = onnxruntime.InferenceSession(
            content, session_options(usable_cores()), providers=providers
        )
        self.device = self._session.get_providers()[0]
        self._place, self._index = ("cuda" if self.device == CUDA else "cpu"), gpu_index
        self._most = _MOST_WINDOWS
        self._outputs: Dict[Tuple[int, ...], Any] = {}

    def scores(self, windows: NDArray[Any], chunks: Sequence[Chunk] = ()) -> NDArray[np.float32]:
        """(N, C + 1, H, W) stored numbers to (N, 4, H, W) float32 maps.

        Raises:
            DeviceUnavailable: Not even one window fits, or the device failed.
        """
        parts: List[NDArray[np.float32]] = []
        first = 0
        while first < len(windows):
            part = windows[first : first + self._most]
            try:
                parts.append(self._run(part))
            except Exception as error:  # ONNX Runtime's errors share no other class
                if len(part) == 1 or not _out_of_memory(error):
                    raise DeviceUnavailable(
                        f"Inference failed on {self.device} with {len(part)} windows of "
                        f"{windows.shape[-2:]} px: {str(error).strip().splitlines()[0]}.",
                        "Use a smaller CHUNK_SIZE, or DEVICE cpu.",
                    ) from error
                self._most = len(part) // 2
                self._outputs.clear()
                continue
            first += len(part)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _run(self, windows: NDArray[Any]) -> NDArray[np.float32]:
        shape = (len(windows), 4, *windows.shape[2:])
        binding = self._session.io_binding()
        value = onnxruntime.OrtValue.ortvalue_from_numpy(
            np.ascontiguousarray(windows), self._place, self._index
        )
        binding.bind_ortvalue_input(INPUT, value)
        if shape not in self._outputs:
            self._outputs = {shape: self._empty(shape)}  # one shape at a time: they are large
        binding.bind_ortvalue_output(OUTPUT, self._outputs[shape])
        self._session.run_with_iobinding(binding)
        # On the CPU ``numpy()`` is a view of memory that the next run overwrites.
        maps: NDArray[np.float32] = np.array(self._outputs[shape].numpy())
        return maps

    def _empty(self, shape: Tuple[int, ...]) -> Any:
        return onnxruntime.OrtValue.ortvalue_from_shape_and_type(
            list(shape), np.float32, self._place, self._index
        )


def windows_for_gpu(bytes_per_window: float, gpu_index: int) -> int:
    """How many windows fit into the GPU's free memory; 1 if that cannot be asked."""
    free = free_gpu_memory_mb(gpu_index)
    if free is None:
        return 1
    return max(1, min(_MOST_WINDOWS, int(free * 1e6 * _SHARE_OF_FREE / bytes_per_window)))


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return any(words in text for words in ("out of memory", "failed to allocate", "bad_alloc"))
