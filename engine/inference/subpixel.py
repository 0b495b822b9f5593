# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions of an enlarged picture, computed before it is enlarged.

Where each pixel is repeated twice, a kernel of 3 x 3 px sees no more than 2 x 2 different ones.
Which of its weights meet at one of them depends on an output's phase: its place among the four
that come of one pixel. So each phase is a small convolution of the small picture, with weights
summed up beforehand, and the phases are laid between one another (sub-pixel convolution; Aitken
et al. 2017, https://arxiv.org/abs/1707.02937). Of 9 multiplications 4 are left. The sums are the
same, added in another order.

What is set beside the enlarged picture, as a U-Net's skip is, keeps its part of the weights; both
convolutions are added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .spatial_steps import BLOCKED, Step, local
from .tensor_layout import block_size, weights_in_blocks, weights_in_planes

NAME = "coverloom_phase_"
_SHAPE = ("kernel_shape", "pads")


@dataclass(frozen=True)
class Made:
    """A tensor that stands here in an enlarged one's place.

    Args:
        source: The picture that is enlarged.
        channels: Of the tensor; 0 where its memory is another's.
        times: Its pixels, for each of the source's.
    """

    source: str
    channels: int
    times: int


@dataclass(frozen=True)
class _Place:
    """A convolution of an enlarged picture, alone or beside others."""

    conv: onnx.NodeProto
    joint: Optional[onnx.NodeProto]
    enlarging: onnx.NodeProto
    factors: Tuple[int, int]

    @property
    def source(self) -> str:
        return str(self.enlarging.input[0])

    @property
    def beside(self) -> List[str]:
        """What it is set beside, in order."""
        given = self.joint.input if self.joint is not None else []
        return [name for name in given if name != self.enlarging.output[0]]


def in_phases(graph: onnx.GraphProto, channels: Mapping[str, int]) -> Dict[str, Made]:
    """Take every enlargement apart that one convolution alone looks at; ``graph`` is changed.

    Args:
        graph: As ONNX Runtime has optimised it, channels in blocks; others are left as they are.
        channels: Of its tensors, with what fills up the last block.

    Returns:
        What the new tensors are, by name.
    """
    made: Dict[str, Made] = {}
    gone: Set[str] = set()
    instead: Dict[str, List[onnx.NodeProto]] = {}
    for place in list(_places(graph)):
        if not all(channels.get(name) for name in (place.source, *place.beside)):
            continue
        taken = _TakenApart(graph, place, channels, f"{NAME}{len(instead)}")
        instead[place.conv.output[0]] = taken.nodes
        made.update(taken.made)
        gone.update(n.output[0] for n in (place.joint, place.enlarging) if n is not None)
    if instead:
        left = [node for node in graph.node if node.output[0] not in gone]
        _replace(graph, [n for node in left for n in instead.get(node.output[0], [node])])
    return made


def _places(graph: onnx.GraphProto) -> Iterator[_Place]:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    readers = Counter(name for node in graph.node for name in node.input)
    readers.update(value.name for value in graph.output)
    for conv in graph.node:
        before = makers.get(conv.input[0]) if conv.input else None
        if before is None or not _fits(conv, constants) or readers[conv.input[0]] > 1:
            continue
        joint = before if before.op_type == "Concat" else None
        if joint is not None and local(joint, constants) is None:
            continue  # not of channels
        for name in before.input if joint is not None else conv.input[:1]:
            enlarging = makers.get(name)
            factors = _factors(enlarging, constants)
            if enlarging is not None and factors and readers[name] == 1:
                yield _Place(conv, joint, enlarging, factors)
                break


def _fits(conv: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto]) -> bool:
    """Whether it is a convolution of channels in blocks that keeps a picture's size."""
    if conv.op_type != "Conv" or conv.domain != BLOCKED or conv.input[1] not in constants:
        return False
    given = {a.name: helper.get_attribute_value(a) for a in conv.attribute}
    kernel, form = list(constants[conv.input[1]].dims[2:]), local(conv, constants)
    plain = given.get("group", 1) == 1 and set(given.get("dilations", [1])) == {1}
    centred = len(kernel) == 2 and list(given.get("pads", [])) == [k // 2 for k in kernel] * 2
    keeps = form is not None and all(step.keeps_size for step in form.inputs[0])
    return plain and centred and keeps and not any(conv.input[3:])


def _factors(
    node: Optional[onnx.NodeProto], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Tuple[int, int]]:
    """How often a node repeats each pixel along rows and columns; None if it does anything else."""
    form = None if node is None or node.domain != BLOCKED else local(node, constants)
    if node is None or form is None or node.op_type != "Upsample":
        return None
    rows, columns = form.inputs[0]
    if (rows, columns) != (Step(factor=rows.factor), Step(factor=columns.factor)):
        return None
    return (rows.factor, columns.factor) if rows.factor * columns.factor > 1 else None


class _TakenApart:
    """The nodes that stand for one place, and what they make."""

    def __init__(
        self, graph: onnx.GraphProto, place: _Place, channels: Mapping[str, int], name: str
    ) -> None:
        self._graph, self._place, self._name = graph, place, name
        tensor = next(t for t in graph.initializer if t.name == place.conv.input[1])
        weights = weights_in_planes(numpy_helper.to_array(tensor))
        self._channels = len(weights)
        self.nodes: List[onnx.NodeProto] = []
        self.made: Dict[str, Made] = {}
        given = [*place.joint.input] if place.joint is not None else [place.enlarging.output[0]]
        sizes = [channels[place.source if n not in place.beside else n] for n in given]
        parts = dict(zip(given, np.split(weights, np.cumsum(sizes)[:-1], axis=1)))
        enlarged = self._enlarged(parts[place.enlarging.output[0]])
        if place.beside:
            self._add_beside(np.concatenate([parts[n] for n in place.beside], axis=1), enlarged)

    def _enlarged(self, weights: NDArray[np.float32]) -> str:
        """All phases of the picture convolved, laid between one another."""
        block, (high, wide) = block_size(), self._place.factors
        blocks = self._channels // block
        rows = []
        for i in range(high):
            columns = []
            for j in range(wide):
                phase = self._phase(weights, (i, j))
                shape = [0, blocks, 0, -1, block]  # as it is in memory; 0 leaves a length as it is
                columns.append(self._reshaped(phase, self._constant(f"{phase}_shape", shape), 1))
            row = self._node("Concat", columns, f"{i}", axis=4)
            shape = [0, blocks, 0, -1]
            rows.append(self._reshaped(row, self._constant(f"{row}_shape", shape), wide))
        whole = self._node("Concat", rows, "whole", axis=3)
        size = self._node("Shape", [f"{self._name}_0_0"], "size")
        factors = self._constant(f"{self._name}_factors", [1, 1, high, wide])
        size = self._node("Mul", [size, factors], "sizes")
        alone = "" if self._place.beside else self._place.conv.output[0]
        return self._reshaped(whole, size, high * wide, alone)

    def _phase(self, weights: NDArray[np.float32], place: Tuple[int, int]) -> str:
        """The convolution that makes the pixels at one place among those of one pixel."""
        sizes, factors = weights.shape[2:], self._place.factors
        rows, columns = (_taps(*given) for given in zip(sizes, factors, place))
        summed = np.einsum("oihw,ah,bw->oiab", weights.astype(np.float64), rows[0], columns[0])
        name = f"{place[0]}_{place[1]}"
        self._constant(f"{self._name}_{name}_weights", weights_in_blocks(summed.astype(np.float32)))
        conv = self._convolution([self._place.source, f"{self._name}_{name}_weights"], name)
        pads = [rows[1], columns[1], rows[2], columns[2]]
        for key, values in (("kernel_shape", summed.shape[2:]), ("pads", pads)):
            conv.attribute.append(helper.make_attribute(key, values))
        return str(conv.output[0])

    def _convolution(self, inputs: Sequence[str], name: str) -> onnx.NodeProto:
        """As the one that is taken apart; its bias and activation wait for what is beside."""
        conv = onnx.NodeProto()
        conv.CopyFrom(self._place.conv)
        last = not self._place.beside
        kept = [
            a for a in conv.attribute
            if a.name not in _SHAPE and (last or not a.name.startswith("activation"))
        ]  # fmt: skip
        del conv.attribute[:]
        conv.attribute.extend(kept)
        conv.input[:] = [*inputs, *(conv.input[2:3] if last else [])]
        conv.output[:] = [f"{self._name}_{name}"]
        conv.name = conv.output[0]
        self.nodes.append(conv)
        self._note(conv.output[0], 0, 1)
        return conv

    def _add_beside(self, weights: NDArray[np.float32], enlarged: str) -> None:
        """Convolve what is set beside, and add it: that is a convolution's fourth input."""
        beside = self._place.beside
        if len(beside) > 1:
            beside = [self._node("Concat", beside, "beside", axis=1)]
            del self.made[beside[0]]  # of pictures that are as large as it
        conv = onnx.NodeProto()
        conv.CopyFrom(self._place.conv)
        bias = [*conv.input[2:3], ""][:1]
        kept = self._constant(f"{self._name}_weights", weights_in_blocks(weights))
        conv.input[:] = [*beside, kept, *bias, enlarged]
        self.nodes.append(conv)
        # Of one size, so that ONNX Runtime adds in place.
        shape: Any = ["batch", self._channels, *(f"{self._name}_{axis}" for axis in "hw")]
        for name in (enlarged, conv.output[0]):
            value = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            self._graph.value_info.append(value)

    def _node(self, kind: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        node = helper.make_node(kind, inputs, [f"{self._name}_{name}"], **attributes)
        self.nodes.append(node)
        self._note(node.output[0], 0, 1)
        return str(node.output[0])

    def _reshaped(self, source: str, shape: str, times: int, name: str = "") -> str:
        """``source`` under another shape, no number moved; its memory is noted here."""
        name = name or f"{source}_laid"
        self.nodes.append(helper.make_node("Reshape", [source, shape], [name]))
        self._note(name, self._channels, times)
        return name

    def _note(self, name: str, channels: int, times: int) -> None:
        self.made[name] = Made(self._place.source, channels, times)

    def _constant(self, name: str, values: Any) -> str:
        array = values if isinstance(values, np.ndarray) else np.array(values, np.int64)
        self._graph.initializer.append(numpy_helper.from_array(array, name))
        return name


def _taps(size: int, factor: int, phase: int) -> Tuple[NDArray[np.float64], int, int]:
    """Which of a kernel's taps meet at one pixel, along one axis.

    Returns:
        (n, size) ones and zeros for n pixels; how many of them lie before an output's own, and
        how many behind.
    """
    seen = (phase + np.arange(size) - size // 2) // factor
    first, last = int(seen.min()), int(seen.max())
    return (seen == np.arange(first, last + 1)[:, None]).astype(np.float64), -first, last


def _replace(graph: onnx.GraphProto, nodes: Sequence[onnx.NodeProto]) -> None:
    """Give a graph other nodes, and take away the weights that none of them asks for."""
    copies = [onnx.NodeProto() for _ in nodes]
    for copy, node in zip(copies, nodes):
        copy.CopyFrom(node)
    del graph.node[:]
    graph.node.extend(copies)
    used = {name for node in graph.node for name in node.input}
    for place in range(len(graph.initializer) - 1, -1, -1):
        if graph.initializer[place].name not in used:
            del graph.initializer[place]
