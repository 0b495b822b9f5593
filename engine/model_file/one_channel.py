# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that tell one thing from the rest: one channel of scores, or not even an axis for it."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ..core.card import ModelCard
from .graph import axes, read_graph
from .measure import detected_activation

_UNSQUEEZE_BY_INPUT = 13  # the opset from which on Unsqueeze takes its axes as an input
_MADE = "coverloom_scores"


def add_channel_axis(proto: onnx.ModelProto, layout: str) -> None:
    """Make (N, 1, H, W) scores of a single output (N, H, W), as networks of two classes give them.

    Args:
        proto: The model; it is changed.
        layout: Where the axis goes.
    """
    output = read_graph(proto).output
    if len(output.shape) != 3 or output.dtype.kind != "f" or len(proto.graph.output) != 1:
        return
    channel, _ = axes(layout, 4)
    name = f"{_MADE}_axis"
    if read_graph(proto).opset >= _UNSQUEEZE_BY_INPUT:
        axis = numpy_helper.from_array(np.array([channel], np.int64), f"{name}_place")
        proto.graph.initializer.append(axis)
        node = helper.make_node("Unsqueeze", [output.name, axis.name], [name])
    else:
        node = helper.make_node("Unsqueeze", [output.name], [name], axes=[channel])
    proto.graph.node.append(node)
    dims = list(proto.graph.output[0].type.tensor_type.shape.dim)
    one = onnx.TensorShapeProto.Dimension(dim_value=1)
    _give(proto, name, [*dims[:channel], one, *dims[channel:]])


def as_two_classes(proto: onnx.ModelProto, card: ModelCard) -> None:
    """Make two channels of one: the rest, and what the network finds.

    Of a logit z that is (0, z), whose softmax is (1 - s, s) with its sigmoid s; of a probability p
    it is (1 - p, p).

    Args:
        proto: The model; it is changed.
        card: A card of one class.
    """
    output = read_graph(proto).output
    rank = len(output.shape) or 4
    channel, _ = axes(card.layout, rank)
    _, gives = detected_activation(proto, card)
    kind = helper.np_dtype_to_tensor_dtype(output.dtype)
    first = f"{_MADE}_rest"
    if gives == "probabilities":
        one = numpy_helper.from_array(np.ones(1, output.dtype), f"{_MADE}_one")
        proto.graph.initializer.append(one)
        proto.graph.node.append(helper.make_node("Sub", [one.name, output.name], [first]))
    else:
        proto.graph.node.append(helper.make_node("Sub", [output.name, output.name], [first]))
    both = [first, output.name]
    proto.graph.node.append(helper.make_node("Concat", both, [_MADE], axis=channel))
    dims = list(proto.graph.output[0].type.tensor_type.shape.dim)
    if dims:
        dims[channel] = onnx.TensorShapeProto.Dimension(dim_value=2)
    _give(proto, _MADE, dims, kind)


def _give(
    proto: onnx.ModelProto, name: str, dims: list[object], kind: int = TensorProto.UNDEFINED
) -> None:
    """Let the model give another tensor instead of its output."""
    old = proto.graph.output[0]
    made = helper.make_empty_tensor_value_info(name)
    made.type.tensor_type.elem_type = kind or old.type.tensor_type.elem_type
    if dims:
        made.type.tensor_type.shape.dim.extend(dims)
    del proto.graph.output[:]
    proto.graph.output.append(made)
