# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions of an enlarged picture in ONNX Runtime, where channels lie in blocks.

Each phase (``enlargements`` says what that is) is a small convolution of the small picture. The
phases are laid between one another by two copies of whole blocks (sub-pixel convolution), and what
the picture is set beside is added by the convolution of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .enlargements import Enlargement, enlargements, replace_nodes
from .spatial_steps import BLOCKED
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


def in_phases(graph: onnx.GraphProto, channels: Mapping[str, int]) -> Dict[str, Made]:
    """Take every enlargement apart that one convolution alone looks at; ``graph`` is changed.

    Args:
        graph: As ONNX Runtime has optimised it, channels in blocks; others are left as they are.
        channels: Of its tensors, with what fills up the last block.

    Returns:
        What the new tensors are, by name.
    """
    made: Dict[str, Made] = {}
    gone: List[str] = []
    instead: Dict[str, List[onnx.NodeProto]] = {}
    for place in list(enlargements(graph, channels, BLOCKED)):
        taken = _TakenApart(graph, place, f"{NAME}{len(instead)}")
        instead[place.conv.output[0]] = taken.nodes
        made.update(taken.made)
        gone += place.gone
    replace_nodes(graph, instead, gone)
    return made


class _TakenApart:
    """The nodes that stand for one place, and what they make."""

    def __init__(self, graph: onnx.GraphProto, place: Enlargement, name: str) -> None:
        self._graph, self._place, self._name = graph, place, name
        tensor = next(t for t in graph.initializer if t.name == place.conv.input[1])
        of_enlarged, of_beside = place.parts(weights_in_planes(numpy_helper.to_array(tensor)))
        self._channels = len(of_enlarged)
        self.nodes: List[onnx.NodeProto] = []
        self.made: Dict[str, Made] = {}
        enlarged = self._enlarged(of_enlarged)
        if place.beside:
            self._add_beside(of_beside, enlarged)

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
