# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions of an enlarged picture as transposed convolutions, which engines compute by phases.

For OpenVINO: each output of a transposed convolution of stride f and side k + f - 1 sees the pixels
that a kernel of side k sees where each is repeated f times (``enlargements``). ONNX Runtime's own
is slower than what it replaces.
"""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from .enlargements import Enlargement, enlargements, replace_nodes
from .tensor_layout import channels_of

NAME = "coverloom_transposed_"


def with_transposed(graph: onnx.GraphProto, bands: int) -> bool:
    """Compute every convolution of an enlarged picture before it is enlarged.

    Args:
        graph: As it was exported; it is changed.
        bands: Channels of its input.

    Returns:
        Whether there was one.
    """
    gone: List[str] = []
    instead: Dict[str, List[onnx.NodeProto]] = {}
    for place in list(enlargements(graph, channels_of(graph, bands), "")):
        instead[place.conv.output[0]] = _nodes(graph, place, f"{NAME}{len(instead)}")
        gone += place.gone
    replace_nodes(graph, instead, gone)
    return bool(instead)


def _nodes(graph: onnx.GraphProto, place: Enlargement, name: str) -> List[onnx.NodeProto]:
    conv = place.conv
    tensor = next(t for t in graph.initializer if t.name == conv.input[1])
    of_enlarged, of_beside = place.parts(numpy_helper.to_array(tensor))
    rows, columns = (_spread(k, f) for k, f in zip(of_enlarged.shape[2:], place.factors))
    summed = np.einsum("oihw,ah,bw->ioab", of_enlarged.astype(np.float64), rows, columns)
    # The bias is added once: where there is something beside, by the convolution of that.
    bias = [] if place.beside else list(conv.input[2:3])
    made = f"{name}_enlarged" if place.beside else conv.output[0]
    weights = _constant(graph, f"{name}_weights", summed.astype(np.float32))
    pads = [k // 2 for k in of_enlarged.shape[2:]] * 2
    transposed = helper.make_node(
        "ConvTranspose", [place.source, weights, *bias], [made],
        kernel_shape=summed.shape[2:], strides=place.factors, pads=pads,
    )  # fmt: skip
    return [transposed, *(_beside(graph, place, of_beside, name, made) if place.beside else [])]


def _beside(
    graph: onnx.GraphProto,
    place: Enlargement,
    weights: NDArray[np.float32],
    name: str,
    enlarged: str,
) -> List[onnx.NodeProto]:
    """Convolve what is set beside the enlarged picture, and add it."""
    nodes, given = [], place.beside
    if len(given) > 1:
        nodes.append(helper.make_node("Concat", given, [f"{name}_beside"], axis=1))
        given = [f"{name}_beside"]
    conv = onnx.NodeProto()
    conv.CopyFrom(place.conv)
    kept = _constant(graph, f"{name}_kept", weights)
    conv.input[:] = [*given, kept, *place.conv.input[2:3]]
    conv.output[:] = [f"{name}_convolved"]
    both = [enlarged, conv.output[0]]
    return [*nodes, conv, helper.make_node("Add", both, [place.conv.output[0]])]


def _spread(size: int, factor: int) -> NDArray[np.float64]:
    """(size + factor - 1, size) ones where a tap of a kernel meets one of the transposed kernel."""
    seen = 2 * (size // 2) - np.arange(size + factor - 1)[:, None]
    taps = np.arange(size)
    return ((seen <= taps) & (taps < seen + factor)).astype(np.float64)


def _constant(graph: onnx.GraphProto, name: str, values: NDArray[Any]) -> str:
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
    return name
