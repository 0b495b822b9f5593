# SPDX-License-Identifier: GPL-3.0-or-later
"""A test inference with each execution provider: what is active, and how fast it is."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract.errors import MissingInput, UnreadableModel

CPU = "CPUExecutionProvider"
# It sends pixels to a service on the network.
_NEVER = ("AzureExecutionProvider",)
_BANDS, _WIDTH, _CLASSES = 10, 32, 19
_SIDE_PX, _RUNS, _TOLERANCE = 256, 3, 1e-2
MakeOptions = Callable[[], onnxruntime.SessionOptions]


@dataclass(frozen=True)
class Trial:
    """What one provider did.

    Args:
        provider: Its name.
        active: Whether ONNX Runtime ran the network with it.
        mpx_per_s: Pixels of the input that it took a second, in millions; 0 if not active.
        reason: Why it is not active, or not right; empty if all is well.
    """

    provider: str
    active: bool
    mpx_per_s: float = 0.0
    reason: str = ""

    def to_json(self) -> Dict[str, Any]:
        """The form in the report."""
        return asdict(self)


def small_network() -> bytes:
    """An ONNX file: three convolutions, 10 bands to 19 classes, any size, weights from a seed."""
    rng = np.random.default_rng(42)
    nodes, weights, name, channels = [], [], "input", _BANDS
    for layer, width in enumerate((_WIDTH, _WIDTH, _CLASSES)):
        kernel = rng.normal(0, 0.1, (width, channels, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"w{layer}"))
        nodes.append(
            helper.make_node("Conv", [name, f"w{layer}"], [f"c{layer}"], pads=[1, 1, 1, 1])
        )
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        name, channels = f"r{layer}", width
    nodes.append(helper.make_node("Softmax", [name], ["output"], axis=1))
    graph = helper.make_graph(
        nodes,
        "trial",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", _BANDS, "h", "w"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", _CLASSES, "h", "w"])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8  # an ONNX Runtime older than this onnx reads it too
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def try_providers(make_options: MakeOptions, model: str = "") -> List[Trial]:
    """Run a network with each provider that this ONNX Runtime was built with.

    Args:
        make_options: Makes the session options that mapping uses.
        model: A model file; empty for the small network.

    Raises:
        MissingInput: There is no such model file.
        UnreadableModel: Not even the CPU can run it.
    """
    if model and not Path(model).is_file():
        raise MissingInput(f"The model {model} is no file.", "Give the path of an .onnx file.")
    source = model or small_network()
    built_with = [p for p in onnxruntime.get_available_providers() if p not in _NEVER]
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None and "CUDAExecutionProvider" in built_with:
        preload()  # CUDA's wheels are found only so
    try:
        expected, reference = _run(source, CPU, make_options(), None)
    except Exception as error:  # ONNX Runtime's errors have no common parent
        raise UnreadableModel(
            f"The test inference with {model or 'the small network'} failed: {error}.",
            "Give another model, or run 'Set up the runtime' with RECREATE.",
        ) from error
    others = [p for p in built_with if p != CPU]
    return [*(_compare(source, p, make_options(), expected) for p in others), reference]


def _compare(
    source: Any, provider: str, options: onnxruntime.SessionOptions, expected: NDArray[Any]
) -> Trial:
    try:
        return _run(source, provider, options, expected)[1]
    except Exception as error:  # as above
        return Trial(provider, False, 0.0, str(error).strip().splitlines()[0][:300])


def _run(
    source: Any,
    provider: str,
    options: onnxruntime.SessionOptions,
    expected: Optional[NDArray[Any]],
) -> Tuple[NDArray[Any], Trial]:
    wanted = [provider] if provider == CPU else [provider, CPU]
    session = onnxruntime.InferenceSession(source, options, providers=wanted)
    if provider not in session.get_providers():
        reason = "ONNX Runtime went back to the CPU: its libraries or the driver are missing."
        return np.empty(0), Trial(provider, False, 0.0, reason)
    feed = _random_input(session)
    outputs: List[NDArray[Any]] = session.run(None, feed)  # the first run also sets up
    seconds = min(_seconds(session, feed) for _ in range(_RUNS))
    speed = round(_pixels(session, feed) / 1e6 / seconds, 3)
    right = expected is None or bool(np.allclose(outputs[0], expected, atol=_TOLERANCE))
    reason = "" if right else "Its numbers differ from the CPU's."
    return outputs[0], Trial(provider, True, speed, reason)


def _seconds(session: onnxruntime.InferenceSession, feed: Dict[str, NDArray[Any]]) -> float:
    began = time.perf_counter()
    session.run(None, feed)
    return time.perf_counter() - began


def _random_input(session: onnxruntime.InferenceSession) -> Dict[str, NDArray[Any]]:
    """One window for each input: axes of no fixed size get 1 (the first) or 256."""
    rng = np.random.default_rng(7)
    feed = {}
    for item in session.get_inputs():
        sizes = [axis if isinstance(axis, int) and axis > 0 else 0 for axis in item.shape]
        shape = [size or (1 if axis == 0 else _SIDE_PX) for axis, size in enumerate(sizes)]
        dtype: np.dtype[Any] = _NUMPY_TYPES.get(item.type, np.dtype(np.float32))
        feed[item.name] = rng.random(shape).astype(dtype)
    return feed


def _pixels(session: onnxruntime.InferenceSession, feed: Dict[str, NDArray[Any]]) -> float:
    """Pixels of the first input, px: all its numbers by its channels."""
    first = next(iter(feed.values()))
    if first.ndim != 4:
        return float(first.shape[0])
    card = session.get_modelmeta().custom_metadata_map.get("coverloom", "{}")
    try:
        nhwc = json.loads(card).get("layout") == "NHWC"
    except (ValueError, AttributeError):
        nhwc = False
    return float(first.size / first.shape[-1 if nhwc else 1])


_NUMPY_TYPES: Dict[str, np.dtype[Any]] = {
    "tensor(float16)": np.dtype(np.float16),
    "tensor(double)": np.dtype(np.float64),
    "tensor(uint8)": np.dtype(np.uint8),
    "tensor(uint16)": np.dtype(np.uint16),
    "tensor(int16)": np.dtype(np.int16),
}
