# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes timm's ResNets as ONNX graphs from their tensors alone: torch is not needed.

He et al., Deep Residual Learning (CVPR 2016), in timm's form: 7x7 stem, stride in the 3x3 of a
bottleneck, projection shortcuts.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Set

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract.errors import UnreadableModel

OPSET, IR_VERSION = 17, 8
NAMES = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
_EPSILON = 1e-5  # of torch's batch normalisation
Tensors = Mapping[str, NDArray[Any]]


def resnet_graph(tensors: Tensors, channels: int, side: int) -> onnx.ModelProto:
    """Write the network.

    Args:
        tensors: Its state under timm's names.
        channels: Input channels.
        side: Of its windows, px.

    Returns:
        (batch, channels, side, side) float32 to (batch, K) float32 logits.

    Raises:
        UnreadableModel: A tensor is missing, left over, or of another shape.
    """
    writer = _Writer(tensors)
    try:
        logits = writer.network()
    except KeyError as error:
        raise UnreadableModel(
            f"The weights hold no tensor {error.args[0]!r}.", "Download them again."
        ) from error
    left = set(tensors) - writer.used - {n for n in tensors if n.endswith("num_batches_tracked")}
    if left or writer.channels != channels:
        raise UnreadableModel(
            f"The weights are no ResNet's of {channels} channels: they have {writer.channels}, "
            f"and {len(left)} tensors are left over{f' ({min(left)})' if left else ''}.",
            "Check config.json.",
        )
    classes = len(tensors["fc.bias"])
    graph = helper.make_graph(
        writer.nodes,
        "resnet",
        [_value("input", ["batch", channels, side, side])],
        [_value(logits, ["batch", classes])],
        writer.weights,
    )
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="coverloom"
    )
    proto.ir_version = IR_VERSION
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _value(name: str, shape: List[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


class _Writer:
    """Collects nodes and weights; each method returns the name of what it computed."""

    def __init__(self, tensors: Tensors) -> None:
        self._tensors = tensors
        self.nodes: List[onnx.NodeProto] = []
        self.weights: List[onnx.TensorProto] = []
        self.used: Set[str] = set()
        self.channels = 0

    def network(self) -> str:
        """Everything, from the input to the logits."""
        self.channels = int(self._take("conv1.weight").shape[1])
        x = self._relu(self._convolution("input", "conv1", "bn1", 2))
        x = self._node("MaxPool", [x], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        for stage, blocks in self._stages().items():
            for block in range(blocks):
                x = self._block(x, f"layer{stage}.{block}", 2 if stage > 1 and block == 0 else 1)
        x = self._node("Flatten", [self._node("GlobalAveragePool", [x])], axis=1)
        weight, bias = (
            self._constant(name, self._take(name).astype(np.float32))
            for name in ("fc.weight", "fc.bias")
        )
        return self._node("Gemm", [x, weight, bias], transB=1)

    def _stages(self) -> Dict[int, int]:
        """Stage to its number of blocks."""
        counts: Dict[int, int] = {}
        for name in self._tensors:
            found = re.match(r"layer(\d+)\.(\d+)\.", name)
            if found:
                stage = int(found[1])
                counts[stage] = max(counts.get(stage, 0), int(found[2]) + 1)
        return dict(sorted(counts.items()))

    def _block(self, x: str, name: str, stride: int) -> str:
        bottleneck = f"{name}.conv3.weight" in self._tensors
        strides = (1, stride, 1) if bottleneck else (stride, 1)
        y = x
        for place, step in enumerate(strides, 1):
            y = self._convolution(y, f"{name}.conv{place}", f"{name}.bn{place}", step)
            y = self._relu(y) if place < len(strides) else y
        if f"{name}.downsample.0.weight" in self._tensors:
            x = self._convolution(x, f"{name}.downsample.0", f"{name}.downsample.1", stride)
        return self._relu(self._node("Add", [y, x]))

    def _convolution(self, x: str, name: str, norm: str, stride: int) -> str:
        """A convolution with the batch normalisation behind it folded in."""
        kernel = self._take(f"{name}.weight").astype(np.float64)
        gamma, beta, mean, variance = (
            self._take(f"{norm}.{part}").astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        factor = gamma / np.sqrt(variance + _EPSILON)
        inputs = [
            x,
            self._constant(f"{name}.kernel", (kernel * factor[:, None, None, None]).astype("f4")),
            self._constant(f"{name}.bias", (beta - mean * factor).astype("f4")),
        ]
        side = kernel.shape[2]
        sizes = {"kernel_shape": [side, side], "strides": [stride, stride]}
        return self._node("Conv", inputs, pads=[side // 2] * 4, **sizes)

    def _relu(self, x: str) -> str:
        return self._node("Relu", [x])

    def _node(self, kind: str, inputs: List[str], **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _take(self, name: str) -> NDArray[Any]:
        self.used.add(name)
        return self._tensors[name]
