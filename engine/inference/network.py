# SPDX-License-Identifier: GPL-3.0-or-later
"""A model file, loaded and ready to give scores for windows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Protocol, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..contract.errors import UnreadableModel
from ..core.card import ModelCard
from .device import (
    TENSORRT,
    check_started,
    no_cuda,
    session_options,
    usable_cores,
    wanted_providers,
)
from .halving import Windows, WindowsAtOnce, first_line
from .plan import Chunk

_NUMPY_TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
}
_ALL = 1 << 30


class Network(Protocol):
    """Anything that turns windows into scores."""

    device: str
    """What it runs on: ``CPUExecutionProvider``, ``CUDAExecutionProvider``, …."""
    one_shape: bool
    """Whether it is slow the first time it meets a shape of input."""
    gives: str
    """``scores`` as the card says, ``probabilities``, or the four ``maps`` themselves."""

    def scores(
        self, windows: NDArray[np.float32], chunks: Sequence[Chunk] = ()
    ) -> NDArray[np.float32]:
        """(N, C, H, W) float32 network input to (N, K, H, W) float32 scores.

        A model of whole patches gives (N, K). ``chunks`` says where the windows lie, for those
        who need to know.
        """
        ...


class OnnxNetwork:
    """A model file in ONNX Runtime.

    Args:
        path: The model file, or its content.
        card: Its card, already checked against the graph.
        device: ``auto``, ``cpu`` or ``cuda``.
        gpu_index: Which GPU, for ``auto`` and ``cuda``.

    Raises:
        DeviceUnavailable: ``cuda`` was asked for and does not work.
        UnreadableModel: ONNX Runtime cannot load the file.
    """

    gives = "scores"

    def __init__(
        self, path: Path | bytes, card: ModelCard, device: str = "cpu", gpu_index: int = 0
    ) -> None:
        self._nhwc = card.layout == "NHWC"
        providers = wanted_providers(device, gpu_index)
        try:
            self._session = onnxruntime.InferenceSession(
                path if isinstance(path, bytes) else str(path),
                session_options(usable_cores()),
                providers=providers,
            )
        except Exception as error:  # ONNX Runtime raises classes of its own for each condition
            if device == "cuda":
                raise no_cuda(f"the model cannot be loaded there: {first_line(error)}") from error
            raise UnreadableModel(
                f"ONNX Runtime cannot load {card.name if isinstance(path, bytes) else path}: "
                f"{first_line(error)}.",
                "Export the model again.",
            ) from error
        active: List[str] = self._session.get_providers()
        check_started(active, device)
        self.device = active[0]
        self.one_shape = self.device == TENSORRT
        self._at_once = WindowsAtOnce(_ALL)
        first = self._session.get_inputs()[0]
        self._input, self._dtype = first.name, _NUMPY_TYPES.get(first.type, np.float32)
        self._output = self._session.get_outputs()[0].name

    def scores(
        self, windows: NDArray[np.float32], chunks: Sequence[Chunk] = ()
    ) -> NDArray[np.float32]:
        """(N, C, H, W) float32 network input to (N, K, H, W), or (N, K), float32 scores.

        Raises:
            DeviceUnavailable: The device ran out of memory or failed in mid-run.
        """
        return self._at_once.run(self._infer, windows, self.device)

    def _infer(self, windows: Windows) -> NDArray[np.float32]:
        fed = np.moveaxis(np.asarray(windows), 1, -1) if self._nhwc else windows
        fed = np.ascontiguousarray(fed, dtype=self._dtype)
        given: Any = self._session.run([self._output], {self._input: fed})[0]
        scores = np.moveaxis(given, -1, 1) if self._nhwc and given.ndim == 4 else given
        return np.ascontiguousarray(scores, dtype=np.float32)
