# SPDX-License-Identifier: GPL-3.0-or-later
"""How far each node of a network looks: which pixels of its input one of its output depends on.

By the operators' definitions (https://onnx.ai/onnx/operators/); those that ONNX Runtime puts in
their place when it optimises a graph, in the domains below, mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

BLOCKED = "com.microsoft.nchwc"  # of operators whose tensors hold channels in blocks
_DOMAINS = ("", "ai.onnx", BLOCKED, "com.microsoft")
# One value in, one out, each pixel by itself.
_POINTWISE = (
    "BatchNormalization", "Cast", "Clip", "Elu", "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish",
    "Identity", "LeakyRelu", "Mish", "Neg", "PRelu", "QuickGelu", "Relu", "ReorderInput",
    "ReorderOutput", "Selu", "Sigmoid", "Softplus", "Softsign", "Sqrt", "Tanh",
)  # fmt: skip
_OVER_CHANNELS = ("LogSoftmax", "Softmax")
JOINTS = ("Add", "Div", "Max", "Min", "Mul", "Sub", "Sum")
_CONVOLUTIONS = ("Conv", "FusedConv")
_POOLS = ("AveragePool", "MaxPool")
TO_ONE = ("GlobalAveragePool", "GlobalMaxPool")  # pixel, of a whole picture
Span = Tuple[int, int]  # the first pixel along an axis, and the one behind the last


@dataclass(frozen=True)
class Step:
    """What a node does along one axis.

    Output pixel o looks at the inputs from ``floor((o * stride - before) / factor)`` to
    ``floor((o * stride + after) / factor)``; n inputs make ``(n * factor + extra) // stride + 1``
    outputs.

    Args:
        before, after: How far it looks, in inputs of ``1 / factor`` px.
        stride: Inputs from one output to the next.
        factor: Outputs to one input.
        extra: What padding adds to the length, less what the kernel takes.
    """

    before: int = 0
    after: int = 0
    stride: int = 1
    factor: int = 1
    extra: int = -1

    @property
    def keeps_size(self) -> bool:
        """Whether there are as many outputs as inputs."""
        return (self.stride, self.factor, self.extra) == (1, 1, -1)

    @property
    def pointwise(self) -> bool:
        """Whether an output looks at the one input in its place alone."""
        return self.keeps_size and self.before == self.after == 0

    def seen(self, span: Span) -> Span:
        """The inputs that a span of outputs looks at; beyond the edges, too."""
        first, last = span[0] * self.stride - self.before, (span[1] - 1) * self.stride + self.after
        return first // self.factor, last // self.factor + 1

    def given(self, span: Span) -> Span:
        """The outputs that are computed from a span of inputs, if ``stride`` is 1."""
        first = span[0] * self.factor
        return first, first + self.made(span[1] - span[0])

    def made(self, length: int) -> int:
        """How many outputs so many inputs make."""
        return (length * self.factor + self.extra) // self.stride + 1

    def taken(self, length: int) -> int:
        """How many inputs make ``length`` outputs, if ``stride`` is 1."""
        return -((self.extra + 1 - length) // self.factor)


@dataclass(frozen=True)
class Local:
    """A node whose outputs depend on what lies around them, and on nothing else of the picture.

    Args:
        inputs: Places of its inputs that are pictures, and what it does along rows and columns.
            Behind the first one is what is added to, or set beside, it.
    """

    inputs: Mapping[int, Tuple[Step, Step]]

    @property
    def strides(self) -> bool:
        """Whether it gives fewer pixels than it takes."""
        return any(step.stride > 1 for steps in self.inputs.values() for step in steps)


def local(node: onnx.NodeProto, constants: Mapping[str, onnx.TensorProto]) -> Optional[Local]:
    """What a node does in space; None for one that may look anywhere.

    Args:
        node: A node of a graph whose pictures are (N, C, H, W), or have channels in blocks.
        constants: The graph's initializers by name.
    """
    if node.domain not in _DOMAINS or len([name for name in node.output if name]) != 1:
        return None
    given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    same = (Step(), Step())
    if node.op_type in _POINTWISE and not given.get("channels_last", 0):
        return Local({0: same}) if _are_even(node.input[1:], constants, True) else None
    if node.op_type in _OVER_CHANNELS:
        return Local({0: same}) if given.get("axis", -1) in (1, -3) else None
    if node.op_type in JOINTS or (node.op_type == "Concat" and given.get("axis") in (1, -3)):
        pictures = [i for i, name in enumerate(node.input) if name not in constants]
        even = _are_even([name for name in node.input if name in constants], constants, False)
        return Local({i: same for i in pictures}) if even and pictures else None
    steps = _steps(node, given, constants)
    if steps is None:
        return None
    added = len(node.input) > 3 and node.op_type in _CONVOLUTIONS and node.input[3]
    return Local({0: steps, 3: same} if added else {0: steps})


def _are_even(
    names: Sequence[str], constants: Mapping[str, onnx.TensorProto], by_channel: bool
) -> bool:
    """Whether all are constants that are the same at every pixel.

    A vector is where it has a value a channel, as statistics have, and not one a column.
    """
    given = [name for name in names if name]
    if not all(name in constants for name in given):
        return False
    sizes = [tuple(constants[name].dims) for name in given]
    one = [np.prod(s) == 1 or (len(s) > 2 and s[-2:] == (1, 1)) for s in sizes]
    return all(even or (by_channel and len(s) == 1) for even, s in zip(one, sizes))


def _steps(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Tuple[Step, Step]]:
    if node.op_type in (*_CONVOLUTIONS, *_POOLS):
        return _of_windows(node, given, constants)
    if node.op_type == "ConvTranspose":
        return _of_transposed(node, given, constants)
    if node.op_type in ("Resize", "Upsample"):
        return _of_enlarging(node, given, constants)
    return None


def _of_windows(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Tuple[Step, Step]]:
    """Convolutions and pools."""
    shape = _kernel(node, given, constants)
    if shape is None or given.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        return None
    if given.get("ceil_mode", 0):
        return None
    pads, strides = given.get("pads", [0] * 4), given.get("strides", [1, 1])
    dilations = given.get("dilations", [1, 1])
    steps = []
    for axis in (0, 1):
        reach = (shape[axis] - 1) * dilations[axis]
        before, behind = pads[axis], pads[axis + 2]
        extra = before + behind - reach - 1
        steps.append(Step(before, reach - before, strides[axis], 1, extra))
    return steps[0], steps[1]


def _of_transposed(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Tuple[Step, Step]]:
    shape = _kernel(node, given, constants)
    if shape is None or given.get("auto_pad", b"NOTSET") != b"NOTSET" or "output_shape" in given:
        return None
    pads, strides = given.get("pads", [0] * 4), given.get("strides", [1, 1])
    dilations, more = given.get("dilations", [1, 1]), given.get("output_padding", [0, 0])
    steps = []
    for axis in (0, 1):
        reach, stride = (shape[axis] - 1) * dilations[axis], strides[axis]
        before, behind = pads[axis], pads[axis + 2]
        extra = reach + more[axis] - before - behind - stride
        steps.append(Step(reach - before - stride + 1, before, 1, stride, extra))
    return steps[0], steps[1]


def _kernel(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[List[int]]:
    if "kernel_shape" in given:
        shape = list(given["kernel_shape"])
    elif len(node.input) > 1 and node.input[1] in constants:
        shape = list(constants[node.input[1]].dims)[2:]
    else:
        return None
    return shape if len(shape) == 2 else None


def _of_enlarging(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Tuple[Step, Step]]:
    """By whole numbers, where a pixel's place within its source is all that counts."""
    scales = _scales(node, given, constants)
    if scales is None or len(scales) != 4 or tuple(scales[:2]) != (1, 1):
        return None
    steps = [_enlarged(node, given, float(scale)) for scale in scales[2:]]
    return (steps[0], steps[1]) if steps[0] and steps[1] else None


def _scales(
    node: onnx.NodeProto, given: Dict[str, Any], constants: Mapping[str, onnx.TensorProto]
) -> Optional[Sequence[float]]:
    if "scales" in given:
        return list(given["scales"])
    place = 1 if node.op_type == "Upsample" else 2
    if len(node.input) != place + 1 or node.input[place] not in constants:
        return None
    return [float(scale) for scale in numpy_helper.to_array(constants[node.input[place]])]


def _enlarged(node: onnx.NodeProto, given: Dict[str, Any], scale: float) -> Optional[Step]:
    factor, mode = int(scale), given.get("mode", b"nearest")
    if factor != scale or factor < 1:
        return None
    old = node.op_type == "Upsample" and node.domain != BLOCKED
    place = b"asymmetric" if old else given.get("coordinate_transformation_mode", b"half_pixel")
    if place == b"pytorch_half_pixel":  # which differs where there is one pixel to enlarge to
        place = b"half_pixel"
    if mode == b"nearest":
        rounded = given.get("nearest_mode", b"round_prefer_floor")
        # Of half pixels none lies halfway between two, so that both ways to round are one.
        exact = old or node.domain == BLOCKED or (
            rounded == b"floor" if place == b"asymmetric"
            else place == b"half_pixel" and rounded.startswith(b"round")
        )  # fmt: skip
        return Step(factor=factor) if exact else None
    powers = factor & (factor - 1) == 0  # else a weight's last bit depends on where it stands
    if mode != b"linear" or not powers or given.get("antialias", 0):
        return None
    if place == b"half_pixel":
        return Step(factor // 2, factor // 2, factor=factor)
    return Step(0, factor, factor=factor) if place == b"asymmetric" else None
