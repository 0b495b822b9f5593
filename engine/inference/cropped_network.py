# SPDX-License-Identifier: GPL-3.0-or-later
"""The network of an exact run on a CPU: scores of cores alone, in memory that is used again."""

from __future__ import annotations

from functools import partial
from typing import Optional, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..core.card import ModelCard
from ..core.window import Window
from .cropped_graph import CroppedGraph
from .cropped_memory import activation_bytes
from .device import CPU, session_options, usable_cores
from .halving import Windows, WindowsAtOnce
from .plan import Chunk
from .reused_memory import ReusedMemory


class CroppedNetwork:
    """A graph of ``crop_to_core`` in ONNX Runtime.

    Args:
        graph: What ``crop_to_core`` gave.
        card: Its card.
        content: The graph as a file, if ``graph`` has no weights any more.

    Raises:
        Exception: Of ONNX Runtime's, which cannot load it.
    """

    gives = "scores"
    one_shape = False
    device = CPU

    def __init__(
        self, graph: CroppedGraph, card: ModelCard, content: Optional[bytes] = None
    ) -> None:
        options = session_options(usable_cores())
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(
            content or graph.proto.SerializeToString(), options, providers=[CPU]
        )
        self._graph = graph.without_weights()
        self._input, self._output = (
            v[0].name for v in (graph.proto.graph.input, graph.proto.graph.output)
        )
        self._bands, self._channels = len(card.bands), card.channels
        self._memory = ReusedMemory()
        self._at_once = WindowsAtOnce(1 << 30)

    def activation_bytes(self, core: int, halo: int) -> Optional[float]:
        """What its tensors take in all for a core and what is read around it, px, if known."""
        return activation_bytes(self._graph, self._bands, core, halo)

    def scores(
        self, windows: NDArray[np.float32], chunks: Sequence[Chunk] = ()
    ) -> NDArray[np.float32]:
        """(N, C, H, W) float32 network input to (N, K, h, w) float32 scores.

        They are those of ``chunk.scored``; without ``chunks``, or where that lies in different
        places of their windows, of the whole windows.

        Raises:
            DeviceUnavailable: There was not enough memory, or the run failed.
        """
        cores = {chunk.scored for chunk in chunks}
        whole = Window(0, 0, windows.shape[3], windows.shape[2])
        core = cores.pop() if len(cores) == 1 else whole
        return self._at_once.run(partial(self._infer, core), windows, self.device)

    def _infer(self, core: Window, windows: Windows) -> NDArray[np.float32]:
        fed = np.ascontiguousarray(windows, dtype=np.float32)
        scores = self._memory.array((len(fed), self._channels, core.height, core.width))
        binding = self._session.io_binding()
        binding.bind_cpu_input(self._input, fed)
        for name, numbers in self._graph.places(core, *fed.shape[2:]).items():
            binding.bind_cpu_input(name, numbers)
        place = scores.ctypes.data
        binding.bind_output(self._output, "cpu", 0, np.float32, scores.shape, place)
        self._session.run_with_iobinding(binding)
        return scores
