# SPDX-License-Identifier: GPL-3.0-or-later
"""What writing a published network as an ONNX graph takes, whatever its tensors are called."""

from __future__ import annotations

from typing import Any, List, Mapping, Sequence, Set

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract.errors import UnreadableModel

OPSET, IR_VERSION = 17, 8
Tensors = Mapping[str, NDArray[Any]]


class OnnxWriter:
    """Collects nodes and weights; each method returns the name of what it computed.

    Args:
        tensors: The network's state by name.

    Attributes:
        used: Names of the tensors that were taken.
    """

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.used: Set[str] = set()
        self._nodes: List[onnx.NodeProto] = []
        self._weights: List[onnx.TensorProto] = []

    def take(self, name: str) -> NDArray[Any]:
        """A tensor of the network.

        Raises:
            UnreadableModel: There is none of that name.
        """
        if name not in self.tensors:
            raise UnreadableModel(f"The weights hold no tensor {name!r}.", "Download them again.")
        self.used.add(name)
        return self.tensors[name]

    def convolution(
        self,
        x: str,
        name: str,
        kernel: NDArray[Any],
        bias: NDArray[Any],
        stride: int = 1,
        pads: Sequence[int] = (),
    ) -> str:
        """A convolution.

        Args:
            x: Its input.
            name: Of its weights.
            kernel: (out, in, h, w).
            bias: (out,).
            stride: In both directions, px.
            pads: (top, left, bottom, right) px; empty for half the kernel all around.
        """
        height, width = kernel.shape[2:]
        inputs = [
            x,
            self.constant(f"{name}.kernel", kernel.astype(np.float32)),
            self.constant(f"{name}.bias", bias.astype(np.float32)),
        ]
        pads = list(pads) or [height // 2, width // 2] * 2
        sizes = {"kernel_shape": [height, width], "strides": [stride, stride], "pads": pads}
        return self.node("Conv", inputs, **sizes)

    def relu(self, x: str) -> str:
        """What is above zero of it."""
        return self.node("Relu", [x])

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Any operator with one output."""
        name = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Numbers of any shape that the file holds."""
        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def finish(
        self, title: str, logits: str, channels: int, side: int, classes: int
    ) -> onnx.ModelProto:
        """The graph: (batch, channels, side, side) to (batch, classes), float32."""
        graph = helper.make_graph(
            self._nodes,
            title,
            [_value("input", ["batch", channels, side, side])],
            [_value(logits, ["batch", classes])],
            self._weights,
        )
        proto = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="coverloom"
        )
        proto.ir_version = IR_VERSION
        onnx.checker.check_model(proto, full_check=True)
        return proto


def _value(name: str, shape: List[Any]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
