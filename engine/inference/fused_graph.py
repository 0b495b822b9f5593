# SPDX-License-Identifier: GPL-3.0-or-later
"""For a GPU: the model between its input's cast and normalisation and its four layers, one graph.

Stored numbers go to the device as they are and four maps come back, instead of C and K numbers of
four bytes a pixel. On a CPU the compiled pass of ``layers.one_pass`` is faster. Both equal the
layers' NumPy functions, which a test holds.
"""

from __future__ import annotations

import math
from typing import Any, List, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..core.card import ModelCard

OLDEST_OPSET = 13  # Softmax over one axis; ReduceSum with its axes as an input
_AXES_AS_INPUT = 18  # of ReduceMax
INPUT, OUTPUT = "coverloom_stored", "coverloom_maps"
_TINY = 1e-30


class _Graph:
    """Nodes and constants, each value under a name that no model has."""

    def __init__(self, opset: int) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self.constants: List[onnx.TensorProto] = []
        self._opset, self._count = opset, 0

    def node(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        self._count += 1
        name = name or f"coverloom_{self._count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values: Any, dtype: type = np.float32) -> str:
        name = f"coverloom_c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def over_classes(self, kind: str, value: str) -> str:
        """ReduceMax or ReduceSum over the channel axis, which stays with length 1."""
        if kind == "ReduceSum" or self._opset >= _AXES_AS_INPUT:
            return self.node(kind, value, self.constant([1], np.int64), keepdims=1)
        return self.node(kind, value, axes=[1], keepdims=1)

    def cast(self, value: str, to: int, name: str = "") -> str:
        return self.node("Cast", value, name=name, to=to)


def can_fuse(proto: onnx.ModelProto, card: ModelCard) -> bool:
    """Whether the operators needed exist in the model's opset, and it maps classes of pixels."""
    classes = card.task == "pixel" and card.target is None
    return classes and opset_of(proto) >= OLDEST_OPSET


def opset_of(proto: onnx.ModelProto) -> int:
    """Version of ONNX's own operators."""
    return max((o.version for o in proto.opset_import if o.domain in ("", "ai.onnx")), default=0)


def fuse(proto: onnx.ModelProto, card: ModelCard, dtype: np.dtype[Any]) -> onnx.ModelProto:
    """Make the fused graph.

    Args:
        proto: The model.
        card: Its card.
        dtype: Of the scene's stored numbers.

    Returns:
        A model that takes (N, C + 1, H, W) ``dtype``, the bands' stored numbers and last a 1 where
        the pixel is valid, and gives (N, 4, H, W) float32: class, highest probability, entropy,
        gap. What it gives at invalid pixels means nothing. NaN scores give a NaN probability.
    """
    graph = _Graph(opset_of(proto))
    result = proto.graph.output[0]
    weights = {tensor.name for tensor in proto.graph.initializer}
    source = next(value for value in proto.graph.input if value.name not in weights)
    _entry(graph, card, source)
    entry, graph.nodes = graph.nodes, []
    scores = graph.cast(result.name, TensorProto.FLOAT, "coverloom_scores")
    if card.layout == "NHWC":
        scores = graph.node("Transpose", scores, name="coverloom_turned", perm=[0, 3, 1, 2])
    _layers(graph, card, scores)
    bands, kind = len(card.bands) + 1, helper.np_dtype_to_tensor_dtype(dtype)
    model = onnx.ModelProto()
    model.CopyFrom(proto)
    nodes = [*entry, *proto.graph.node, *graph.nodes]
    del model.graph.node[:], model.graph.input[:], model.graph.output[:]
    model.graph.node.extend(nodes)
    model.graph.input.append(helper.make_tensor_value_info(INPUT, kind, ["n", bands, "h", "w"]))
    model.graph.output.append(
        helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", 4, "h", "w"])
    )
    model.graph.initializer.extend(graph.constants)
    return model


def _entry(graph: _Graph, card: ModelCard, source: onnx.ValueInfoProto) -> None:
    """Stored numbers to what the model takes: (x * factor + shift), 0 where invalid."""
    stored = graph.cast(INPUT, TensorProto.FLOAT)
    sizes = graph.constant([len(card.bands), 1], np.int64)
    graph.nodes.append(
        helper.make_node("Split", [stored, sizes], ["coverloom_px", "coverloom_ok"], axis=1)
    )
    factor = graph.constant(_column([band.factor for band in card.bands]))
    shift = graph.constant(_column([band.shift for band in card.bands]))
    scaled = graph.node("Add", graph.node("Mul", "coverloom_px", factor), shift)
    valid = graph.node("Greater", "coverloom_ok", graph.constant(0.5))
    value = graph.node("Where", valid, scaled, graph.constant(0.0))
    if card.layout == "NHWC":
        value = graph.node("Transpose", value, perm=[0, 2, 3, 1])
    graph.cast(value, source.type.tensor_type.elem_type, source.name)


def _layers(graph: _Graph, card: ModelCard, scores: str) -> None:
    """Scores to the four layers, as ``layers`` defines them."""
    node = graph.node
    classes = len(card.classes)
    zero, one = graph.constant(0.0), graph.constant(1.0)
    p = scores
    if card.output != "probabilities":
        softmax = card.activation == "softmax"
        p = node("Softmax", scores, axis=1) if softmax else node("Sigmoid", scores)
    best = node("ArgMax", scores, axis=1, keepdims=1)
    highest = node("Identity", graph.over_classes("ReduceMax", p))
    ids = graph.constant(_column(range(classes)), np.int64)
    others = node("Where", node("Equal", ids, best), graph.constant(-1.0), p)
    # With one class there is no other: its gap is its probability.
    runner_up = node("Max", graph.over_classes("ReduceMax", others), zero)
    total = graph.over_classes("ReduceSum", p)
    share = node("Div", p, node("Max", total, graph.constant(_TINY)))
    logs = node("Log", node("Max", share, graph.constant(_TINY)))
    nats = node("Neg", graph.over_classes("ReduceSum", node("Mul", share, logs)))
    even = graph.constant(1 / math.log(max(2, classes)))
    entropy = node("Min", node("Max", node("Mul", nats, even), zero), one)
    gap = node("Sub", highest, runner_up)
    number = node("Cast", best, to=TensorProto.FLOAT)
    graph.node("Concat", number, highest, entropy, gap, name=OUTPUT, axis=1)


def _column(values: Sequence[float] | range) -> NDArray[np.float64]:
    """One value a channel, to broadcast over (N, C, H, W)."""
    return np.asarray(values, np.float64).reshape(1, -1, 1, 1)
