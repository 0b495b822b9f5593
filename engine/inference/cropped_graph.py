# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that computes its last, pointwise, layers for a window's core alone.

The halo around a core is there for the layers that look around. A last 1 x 1 convolution does not,
so what it would give in the halo is cut off before it: a third of the scores at cores of 512 px,
half at 256 px. With many classes the scores are most of the memory.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Mapping, Optional, Tuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ..core.card import ModelCard
from .fused_graph import opset_of

STARTS, ENDS = "coverloom_core_starts", "coverloom_core_ends"  # (2,) int64: rows, columns
_AXES, _CORE = "coverloom_core_axes", "coverloom_core"
_POINTWISE = ("Relu", "Sigmoid", "Tanh", "Identity", "Clip")
_OLDEST_OPSET = 13  # from here on Softmax is along one axis
_MOST_BYTES = 1_500_000_000  # of a model: it is handed over in memory, 2 GB at most


def crop_to_core(proto: onnx.ModelProto, card: ModelCard) -> Optional[onnx.ModelProto]:
    """A copy with two inputs more, ``STARTS`` and ``ENDS``: the core's place in the window, px.

    None where it would not help or is not safe: a model of another form than one window in, one
    score a pixel out.
    """
    graph = proto.graph
    fits = card.task == "pixel" and card.dynamic_space and card.layout == "NCHW"
    if not fits or opset_of(proto) < _OLDEST_OPSET or not _one_in_one_out(graph, card.channels):
        return None
    place = None if _branches(graph) else _first_pointwise(graph)
    if place is None or proto.ByteSize() > _MOST_BYTES:
        return None
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    _insert(copy.graph, place)
    return copy


def _one_in_one_out(graph: onnx.GraphProto, channels: int) -> bool:
    """Whether one tensor goes in and one comes out, float32, with a score a pixel each class."""
    values = [*graph.input, *graph.output]
    if len(graph.input) != 1 or len(graph.output) != 1:
        return False
    sizes = graph.output[0].type.tensor_type.shape.dim
    kinds = {value.type.tensor_type.elem_type for value in values}
    known = len(sizes) == 4 and sizes[1].dim_value == channels
    return known and kinds == {onnx.TensorProto.FLOAT}


def _branches(graph: onnx.GraphProto) -> bool:
    """Whether a node has graphs of its own, which may use any tensor unseen."""
    kinds = (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
    return any(attribute.type in kinds for node in graph.node for attribute in node.attribute)


def _first_pointwise(graph: onnx.GraphProto) -> Optional[int]:
    """Place of the first 1 x 1 convolution among the pointwise nodes that end the model."""
    producers = {name: i for i, node in enumerate(graph.node) for name in node.output}
    uses = Counter(name for node in graph.node for name in node.input)
    weights = {w.name: tuple(w.dims) for w in graph.initializer}
    found, name, readers = None, graph.output[0].name, 0
    while name in producers and uses[name] == readers:
        node = graph.node[producers[name]]
        if _is_1x1(node, weights):
            found = producers[name]
        elif node.op_type not in _POINTWISE and not _is_over_classes(node):
            break
        name, readers = node.input[0], 1  # what another node reads too must stay whole
    return found


def _is_1x1(node: onnx.NodeProto, weights: Mapping[str, Tuple[int, ...]]) -> bool:
    if node.op_type != "Conv" or weights.get(node.input[1], ())[2:] != (1, 1):
        return False
    moves = _attribute(node, "strides", [1, 1]) != [1, 1]
    return not moves and not any(_attribute(node, "pads", []))


def _is_over_classes(node: onnx.NodeProto) -> bool:
    return node.op_type == "Softmax" and _attribute(node, "axis", -1) in (1, -3)


def _attribute(node: onnx.NodeProto, name: str, default: Any) -> Any:
    given = [helper.get_attribute_value(a) for a in node.attribute if a.name == name]
    return given[0] if given else default


def _insert(graph: onnx.GraphProto, place: int) -> None:
    for name in (STARTS, ENDS):
        graph.input.append(helper.make_tensor_value_info(name, onnx.TensorProto.INT64, [2]))
    graph.initializer.append(numpy_helper.from_array(np.array([2, 3], np.int64), _AXES))
    conv = graph.node[place]
    cut = helper.make_node("Slice", [conv.input[0], STARTS, ENDS, _AXES], [_CORE])
    conv.input[0] = _CORE
    graph.node.insert(place, cut)
    del graph.value_info[:]  # sizes that hold no more
    for dimension, name in zip(graph.output[0].type.tensor_type.shape.dim[2:], ("rows", "columns")):
        dimension.dim_param = f"coverloom_core_{name}"
