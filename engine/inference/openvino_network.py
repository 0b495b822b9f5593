# SPDX-License-Identifier: GPL-3.0-or-later
"""PRECISION fast on a processor: OpenVINO in bfloat16, where AMX or AVX512-BF16 computes it.

OpenVINO compiles the network anew for every shape of window, so windows should have one. Weights
and what flows between the layers are bfloat16; the last layer gives float32. A network that can be
cropped is compiled twice: for windows in the midst of the raster, whose core lies in their midst,
it computes of the halo only what the core depends on; near the raster's edges it is run whole. Each
place of a core would be a network more in memory.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import onnx
from numpy.typing import NDArray

from ..contract.errors import DeviceUnavailable, UnreadableModel
from ..core.card import ModelCard
from ..core.window import Window
from .cropped_graph import MOST_BYTES, CroppedGraph
from .device import usable_cores
from .plan import Chunk
from .transposed import with_transposed

LOG = logging.getLogger("coverloom")
DEVICE = "OpenVINO CPU, bfloat16"


def _quicker(path: Path | bytes, bands: int) -> str | bytes:
    """The model with transposed convolutions where that is quicker, else as it is."""
    try:
        proto = onnx.load_from_string(path) if isinstance(path, bytes) else onnx.load(str(path))
        if with_transposed(proto.graph, bands) and proto.ByteSize() <= MOST_BYTES:
            return proto.SerializeToString()
    except Exception:  # whatever is wrong with the model is told of the file as it is
        LOG.info("The model runs in OpenVINO as it is.", exc_info=True)
    return path if isinstance(path, bytes) else str(path)


def bfloat16_here() -> bool:
    """Whether OpenVINO is installed and this processor computes in bfloat16."""
    try:
        import openvino
    except ImportError:
        return False
    capabilities = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


class OpenVinoNetwork:
    """A model file in OpenVINO on the CPU.

    Scores lie in memory that the next call but one uses again: copying them, into memory that is
    fresh each time, would take half as long as computing them.

    Args:
        path: The model file, or its content.
        card: Its card.
        precision: ``bf16`` or ``f32``; always said, for OpenVINO's own choice is bf16.
        cropped: The same model cropped, as it is; None to run it whole.

    Raises:
        UnreadableModel: OpenVINO cannot load the file.
    """

    one_shape = True
    gives = "scores"

    def __init__(
        self,
        path: Path | bytes,
        card: ModelCard,
        precision: str = "bf16",
        cropped: Optional[CroppedGraph] = None,
    ) -> None:
        import openvino

        self._nhwc = card.layout == "NHWC"
        self._core = openvino.Core()
        self._hints = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": usable_cores(),
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
        }
        try:
            self._model = self._core.read_model(_quicker(path, len(card.bands)))
        except RuntimeError as error:
            named = card.name if isinstance(path, bytes) else path
            raise UnreadableModel(
                f"OpenVINO cannot load {named}: {str(error).strip().splitlines()[-1]}.",
                "Use PRECISION exact.",
            ) from error
        self.device = DEVICE if precision == "bf16" else "OpenVINO CPU, float32"
        self._cropped = cropped
        self._requests: Dict[Tuple[Any, ...], List[Any]] = {}

    def scores(
        self, windows: NDArray[np.float32], chunks: Sequence[Chunk] = ()
    ) -> NDArray[np.float32]:
        """(N, C, H, W) float32 network input to (N, K, H, W), or (N, K), float32 scores.

        Of a cropped network they are those of ``chunk.scored`` where that lies in the midst.

        Raises:
            DeviceUnavailable: OpenVINO failed in mid-run.
        """
        fed = np.moveaxis(windows, 1, -1) if self._nhwc else windows
        try:
            request = self._request(fed.shape, self._core_of(windows, chunks))
            fed = np.ascontiguousarray(fed)
            given = request.infer({0: fed}, share_inputs=True, share_outputs=True)[0]
        except RuntimeError as error:
            raise DeviceUnavailable(
                f"Inference failed on {self.device} with windows of {windows.shape[-2:]} px: "
                f"{str(error).strip().splitlines()[-1]}.",
                "Use PRECISION exact, or a smaller CHUNK_SIZE.",
            ) from error
        given = np.moveaxis(given, -1, 1) if self._nhwc and given.ndim == 4 else given
        return np.ascontiguousarray(given, np.float32)

    def _core_of(self, windows: NDArray[np.float32], chunks: Sequence[Chunk]) -> Optional[Window]:
        """The part of all these windows to compute; None for the whole."""
        cores = {chunk.scored for chunk in chunks}
        if self._cropped is None or len(cores) != 1:
            return None
        core, (height, width) = cores.pop(), windows.shape[-2:]
        above, left = core.row, core.col
        even = (above, left) == (height - core.bottom, width - core.right)
        return core if even and above > 0 and left > 0 else None

    def _request(self, shape: Tuple[int, ...], core: Optional[Window]) -> Any:
        """The network compiled for one shape of input and one place of the core."""
        key = (shape, core)
        if key not in self._requests:
            model = self._model
            if core is not None and self._cropped is not None:
                fixed = self._cropped.fixed(core, *shape[-2:])
                model = self._core.read_model(fixed.SerializeToString())
            model.reshape(list(shape))
            compiled = self._core.compile_model(model, "CPU", self._hints)
            self._requests[key] = [compiled.create_infer_request() for _ in range(2)]
        self._requests[key].reverse()  # one holds the scores that are being written
        return self._requests[key][0]
