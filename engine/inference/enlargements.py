# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions of an enlarged picture: where a graph has them, and how their weights fall apart.

Where each pixel is repeated twice, a kernel of 3 x 3 px sees no more than 2 x 2 different ones.
Which of its weights meet at one of them depends on an output's phase: its place among the four
that come of one pixel. So such a convolution can be computed of the small picture, with weights
summed up beforehand, in 4 of 9 multiplications (Aitken et al. 2017,
https://arxiv.org/abs/1707.02937). The sums are the same, added in another order. What is set beside
the enlarged picture, as a U-Net's skip is, keeps its part of the weights; both are added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from .spatial_steps import Step, local


@dataclass(frozen=True)
class Enlargement:
    """A convolution of an enlarged picture, alone or beside others.

    Args:
        conv: The convolution.
        joint: What sets the others beside it; None where there are none.
        node: What enlarges.
        factors: How often it repeats a pixel along rows and columns.
        sizes: Channels of what the convolution looks at, in order.
    """

    conv: onnx.NodeProto
    joint: Optional[onnx.NodeProto]
    node: onnx.NodeProto
    factors: Tuple[int, int]
    sizes: Tuple[int, ...]

    @property
    def source(self) -> str:
        """The picture before it is enlarged."""
        return str(self.node.input[0])

    @property
    def beside(self) -> List[str]:
        """What it is set beside, in order."""
        return [name for name in self._given if name != self.node.output[0]]

    @property
    def gone(self) -> List[str]:
        """What is made no more."""
        return [node.output[0] for node in (self.joint, self.node) if node is not None]

    @property
    def _given(self) -> List[str]:
        return [*self.joint.input] if self.joint is not None else [self.node.output[0]]

    def parts(
        self, weights: NDArray[np.float32]
    ) -> Tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(O, I, h, w) weights of the enlarged picture's channels, and of those beside it."""
        parts = np.split(weights, np.cumsum(self.sizes)[:-1], axis=1)
        place = self._given.index(self.node.output[0])
        beside = [*parts[:place], *parts[place + 1 :]]
        return parts[place], np.concatenate(beside, axis=1) if beside else parts[place][:, :0]


def enlargements(
    graph: onnx.GraphProto, channels: Mapping[str, int], domain: str
) -> Iterator[Enlargement]:
    """Every picture enlarged by repeating its pixels that one convolution alone looks at.

    Args:
        graph: Its pictures are (N, C, H, W), or have channels in blocks.
        channels: Of its tensors, where they are known.
        domain: Of the operators.
    """
    constants = {tensor.name: tensor for tensor in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    readers = Counter(name for node in graph.node for name in node.input)
    readers.update(value.name for value in graph.output)
    for conv in graph.node:
        before = makers.get(conv.input[0]) if conv.input else None
        if before is None or readers[conv.input[0]] > 1 or not _fits(conv, constants, domain):
            continue
        joint = before if before.op_type == "Concat" else None
        given = list(before.input) if joint is not None else [conv.input[0]]
        if joint is not None and local(joint, constants) is None:
            continue  # not of channels
        for name in given:
            node = makers.get(name)
            factors = _factors(node, constants, domain)
            if node is None or factors is None or readers[name] > 1:
                continue
            sizes = tuple(channels.get(node.input[0] if n == name else n, 0) for n in given)
            if all(sizes) and sum(sizes) == constants[conv.input[1]].dims[1]:
                yield Enlargement(conv, joint, node, factors, sizes)
            break


def _fits(conv: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto], domain: str) -> bool:
    """Whether it is a convolution that keeps a picture's size, and adds nothing else."""
    if conv.op_type != "Conv" or conv.domain != domain or conv.input[1] not in constants:
        return False
    if constants[conv.input[1]].data_type != onnx.TensorProto.FLOAT:
        return False  # weights that are summed up would be of another type than the pictures
    given = {a.name: helper.get_attribute_value(a) for a in conv.attribute}
    kernel, form = list(constants[conv.input[1]].dims[2:]), local(conv, constants)
    plain = given.get("group", 1) == 1 and set(given.get("dilations", [1])) == {1}
    centred = len(kernel) == 2 and list(given.get("pads", [])) == [k // 2 for k in kernel] * 2
    keeps = form is not None and all(step.keeps_size for step in form.inputs[0])
    return plain and centred and keeps and not any(conv.input[3:])


def _factors(
    node: Optional[onnx.NodeProto], constants: Mapping[str, onnx.TensorProto], domain: str
) -> Optional[Tuple[int, int]]:
    """How often a node repeats each pixel along rows and columns; None if it does anything else."""
    if node is None or node.domain != domain or node.op_type not in ("Resize", "Upsample"):
        return None
    form = local(node, constants)
    if form is None:
        return None
    rows, columns = form.inputs[0]
    if (rows, columns) != (Step(factor=rows.factor), Step(factor=columns.factor)):
        return None
    return (rows.factor, columns.factor) if rows.factor * columns.factor > 1 else None


def replace_nodes(
    graph: onnx.GraphProto, instead: Mapping[str, Sequence[onnx.NodeProto]], gone: Sequence[str]
) -> None:
    """Put other nodes into a graph's, and take out what is asked for no more, weights included.

    Args:
        graph: It is changed.
        instead: What stands for the node that makes a tensor, by that tensor's name.
        gone: Tensors that are made no more.
    """
    nodes = [
        n
        for node in graph.node
        if node.output[0] not in gone
        for n in instead.get(node.output[0], [node])
    ]
    copies = [onnx.NodeProto() for _ in nodes]
    for copy, node in zip(copies, nodes):
        copy.CopyFrom(node)
    del graph.node[:]
    graph.node.extend(copies)
    used = {name for node in graph.node for name in node.input}
    for place in range(len(graph.initializer) - 1, -1, -1):
        if graph.initializer[place].name not in used:
            del graph.initializer[place]
