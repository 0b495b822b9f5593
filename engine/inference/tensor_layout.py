# SPDX-License-Identifier: GPL-3.0-or-later
"""How ONNX Runtime lays out the tensors of a graph that it has optimised for this processor."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import Any, Dict, Mapping, Set, Union

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .device import CPU, session_options
from .spatial_steps import BLOCKED, JOINTS, TO_ONE, local

_OPSET = 13
_OWN = "coverloom_"  # what we put into a graph: pictures cut, and their shapes, not their channels


def optimised(source: Union[str, bytes]) -> onnx.ModelProto:
    """The graph that ONNX Runtime makes of a model for this processor.

    Args:
        source: The model file, or its content.

    Raises:
        Exception: Of ONNX Runtime's, which cannot load it.
    """
    options = session_options(1)
    with tempfile.TemporaryDirectory(prefix="coverloom_") as folder:
        path = Path(folder) / "optimised.onnx"
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(source, options, providers=[CPU])
        return onnx.load(str(path))


def in_blocks(graph: onnx.GraphProto) -> Set[str]:
    """The tensors that hold their channels in blocks: (N, C / b, H, W, b) instead of (N, C, H, W).

    Operators of a domain of its own make them; others, that see no difference, pass them on.
    """
    found: Set[str] = set()
    for node in graph.node:
        passed = node.domain != BLOCKED and found.intersection(node.input)
        if passed or (node.domain == BLOCKED and node.op_type != "ReorderOutput"):
            found.update(node.output)
    return found


def channels_of(
    graph: onnx.GraphProto, bands: int, said: Mapping[str, int] = MappingProxyType({})
) -> Dict[str, int]:
    """How many channels a tensor has, with what fills up its last block, where that is known.

    Args:
        graph: As ONNX Runtime has optimised it.
        bands: Channels of its input.
        said: What is known of tensors already.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    weights = {name: list(tensor.dims) for name, tensor in constants.items()}
    known = {graph.input[0].name: bands, **said}
    for node in graph.node:
        given = [known.get(name, 0) for name in node.input if name not in weights]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type in ("Conv", "FusedConv"):
            channels = weights.get(node.input[1], [0])[0]
        elif node.op_type == "ConvTranspose":
            channels = weights.get(node.input[1], [0, 0])[1] * attributes.get("group", 1)
        elif node.op_type == "Concat":
            channels = sum(given) if all(given) else 0
        elif node.op_type in JOINTS:
            channels = max(given, default=0) if all(given) else 0
        elif node.op_type == "ReorderOutput":
            channels = attributes["channels"]
        elif node.op_type in TO_ONE or node.output[0].startswith(_OWN) or local(node, constants):
            channels = given[0] if given else 0
        else:
            channels = 0
        if node.op_type == "ReorderInput":
            channels = -(-channels // block_size()) * block_size()
        if channels:
            known.update((name, said.get(name, channels)) for name in node.output)
    return known


@functools.lru_cache(maxsize=1)
def block_size() -> int:
    """Channels in a block on this processor: as many as ONNX Runtime makes of one."""
    shape: Any = [1, 1, "h", "w"]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy"]
    weight = numpy_helper.from_array(np.ones((1, 1, 3, 3), np.float32), "w")
    conv = helper.make_node("Conv", ["x", "w"], ["y"], kernel_shape=[3, 3], pads=[1] * 4)
    graph = helper.make_graph([conv], "probe", ends[:1], ends[1:], [weight])
    opset = helper.make_opsetid("", _OPSET)
    proto = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    made = optimised(proto.SerializeToString())
    return max(int(tensor.dims[0]) for tensor in made.graph.initializer)


def weights_in_planes(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """A convolution's weights, (O, I, h, w) float32, as ONNX says they lie.

    Args:
        weights: Of that shape, and in memory (O / b, I / b, h, w, b inputs, b outputs).
    """
    b, (outputs, inputs, *kernel) = block_size(), weights.shape
    blocks = weights.reshape(outputs // b, inputs // b, *kernel, b, b)
    return blocks.transpose(0, 5, 1, 4, 2, 3).reshape(weights.shape)


def weights_in_blocks(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(O, I, h, w) float32 weights to memory as blocks have it: reverses ``weights_in_planes``."""
    b, (outputs, inputs, *kernel) = block_size(), weights.shape
    planes = weights.reshape(outputs // b, b, inputs // b, b, *kernel)
    return np.ascontiguousarray(planes.transpose(0, 2, 4, 5, 3, 1)).reshape(weights.shape)
