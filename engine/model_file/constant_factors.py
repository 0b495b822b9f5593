# SPDX-License-Identifier: GPL-3.0-or-later
"""Says in numbers by how much a foreign network enlarges, where it works that out while it runs.

PyTorch's exporters write an enlargement "to the size of that skip" as a dozen nodes that read
shapes, divide and join them; and a U-Net that pads odd sides keeps its padding. Windows are
multiples of the network's stride, and for these the factors are always the same and the padding is
none. Said so, it can be seen what the network looks at, and the halo be cropped.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Set

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ..core.card import ModelCard
from .trial import Array, Trial

_OLDEST_OPSET = 11  # from here on Resize takes sizes
# Sides of windows, in strides and at least _LEAST px, on which it is seen; the last to compare on.
_SIDES = ((3, 5), (4, 7), (5, 3))
_LEAST = 48


def with_constant_factors(proto: onnx.ModelProto, card: ModelCard) -> onnx.ModelProto:
    """The same model with constant factors and without empty padding, as far as there are any.

    Args:
        proto: The model; it is left as it is.
        card: Its card, the stride measured.

    Returns:
        A model that gives the same scores, or ``proto`` itself where nothing is gained or where a
        trial shows other scores.
    """
    opset = max((o.version for o in proto.opset_import if not o.domain), default=0)
    windows = card.task == "pixel" and card.dynamic_space and card.layout == "NCHW"
    if not windows or opset < _OLDEST_OPSET or _branches(proto.graph):
        return proto
    made = onnx.ModelProto()
    made.CopyFrom(proto)
    _take_out_constants(made.graph)
    resizes = [node for node in made.graph.node if _may_be_constant(node, made.graph)]
    pads = [node for node in made.graph.node if node.op_type == "Pad" and len(node.input) > 1]
    if resizes or pads:
        names = {name for node in resizes for name in (node.input[0], node.output[0])}
        seen = _seen(made, card, names, {node.input[1] for node in pads})
        for node in resizes:
            _fix(node, made.graph, [values[node.input[0]] for values in seen],
                 [values[node.output[0]] for values in seen])  # fmt: skip
        for node in pads:
            if not any(values[node.input[1]].any() for values in seen):
                _pass_on(node)
    _prune(made.graph)
    return made if _same(proto, made, card) else proto


def _branches(graph: onnx.GraphProto) -> bool:
    """Whether a node has graphs of its own, which may use any tensor unseen."""
    kinds = (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
    return any(attribute.type in kinds for node in graph.node for attribute in node.attribute)


def _take_out_constants(graph: onnx.GraphProto) -> None:
    """Make initializers of ``Constant`` nodes, and one of weights that are given a second name."""
    kept: List[onnx.NodeProto] = []
    constants = {tensor.name for tensor in graph.initializer}
    results = {value.name for value in graph.output}
    first: Dict[str, str] = {}
    for node in graph.node:
        node.input[:] = [first.get(name, name) for name in node.input]
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            tensor = graph.initializer.add()
            tensor.CopyFrom(node.attribute[0].t)
            tensor.name = node.output[0]
            constants.add(tensor.name)
        elif (
            node.op_type == "Identity"
            and node.input[0] in constants
            and not results & set(node.output)
        ):
            first[node.output[0]] = node.input[0]
        else:
            kept.append(node)
    _keep(graph, kept)


def _may_be_constant(node: onnx.NodeProto, graph: onnx.GraphProto) -> bool:
    """Whether it enlarges a whole picture by what is not yet a constant."""
    if node.op_type != "Resize" or len(node.input) < 3:
        return False
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if "axes" in given or given.get("coordinate_transformation_mode") == b"tf_crop_and_resize":
        return False
    if given.get("keep_aspect_ratio_policy", b"stretch") != b"stretch":
        return False
    constants = {tensor.name for tensor in graph.initializer}
    return not node.input[2] or node.input[2] not in constants


def _seen(
    proto: onnx.ModelProto, card: ModelCard, pictures: Set[str], numbers: Set[str]
) -> List[Dict[str, Array]]:
    """For each of two windows: the shapes of ``pictures``, and the values of ``numbers``."""
    known = {value.name for value in (*proto.graph.input, *proto.graph.output)}
    wanted = pictures | numbers
    constants = {
        t.name: numpy_helper.to_array(t) for t in proto.graph.initializer if t.name in wanted
    }
    names, outputs = sorted(wanted - known - constants.keys()), len(proto.graph.output)
    proto.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    trial = Trial(proto, card)
    del proto.graph.output[outputs:]
    found = []
    for sides in _SIDES[:2]:
        window = _window(trial, sides)
        values = {**constants, **trial.values(window, names)}
        values[proto.graph.input[0].name] = window
        shaped = {name: np.array(values[name].shape) for name in pictures if name in values}
        found.append({**shaped, **{name: values[name] for name in numbers}})
        for value in proto.graph.output:  # as large as its window
            found[-1].setdefault(value.name, np.array(window.shape))
    return found


def _window(trial: Trial, sides: Sequence[int]) -> Array:
    stride = trial.card.stride
    unit = -(-_LEAST // (3 * stride)) * stride
    height, width = (side * unit for side in sides)
    return trial.random_windows(height, width, np.random.default_rng(0))


def _fix(
    node: onnx.NodeProto, graph: onnx.GraphProto, taken: Sequence[Array], given: Sequence[Array]
) -> None:
    """Give a ``Resize`` its factors, if they are whole numbers and of every window the same."""
    factors: Optional[Any] = None
    for before, after in zip(taken, given):
        if len(before) != 4 or (after[2:] % before[2:]).any():
            return
        now = after[2:] // before[2:]
        if factors is not None and (now != factors).any():
            return
        factors = now
    if factors is None or (factors < 1).any():
        return
    if (factors == 1).all():
        _pass_on(node)
        return
    name = f"{node.output[0]}_factors"
    scales = np.array([1, 1, *factors], np.float32)
    graph.initializer.append(numpy_helper.from_array(scales, name))
    node.input[:] = [node.input[0], "", name]


def _pass_on(node: onnx.NodeProto) -> None:
    """Let a node give what it takes."""
    node.op_type, node.domain = "Identity", ""
    del node.input[1:], node.attribute[:]


def _prune(graph: onnx.GraphProto) -> None:
    """Take out what nobody asks for any more."""
    wanted = {value.name for value in graph.output}
    kept: List[onnx.NodeProto] = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    _keep(graph, kept[::-1])
    for place in reversed(range(len(graph.initializer))):
        if graph.initializer[place].name not in wanted:
            del graph.initializer[place]
    values = [value for value in graph.value_info if value.name in wanted]
    copied = [onnx.ValueInfoProto.FromString(value.SerializeToString()) for value in values]
    del graph.value_info[:]
    graph.value_info.extend(copied)


def _keep(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto]) -> None:
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:]
    graph.node.extend(copies)


def _same(one: onnx.ModelProto, other: onnx.ModelProto, card: ModelCard) -> bool:
    """Whether both give the same scores of a window of another size."""
    before, after = (_scores(proto, card) for proto in (one, other))
    return bool(np.allclose(before, after, rtol=1e-5, atol=1e-6 * float(np.abs(before).max())))


def _scores(proto: onnx.ModelProto, card: ModelCard) -> Array:
    trial = Trial(proto, card)
    return trial.run(_window(trial, _SIDES[-1]))
