# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a trained Keras network as an ONNX graph: NCHW throughout, normalisation folded in.

Layer by layer from the Keras model itself, whatever backend trained it: no transposes between
layers, which converters leave behind and which cost memory traffic at every one. What each layer
becomes is in ``onnx_layers.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract.errors import InvalidRequest
from .onnx_layers import FOLDED, LAYERS, SAME_AS_INPUT, is_linear

if TYPE_CHECKING:
    import keras

OPSET = 17
INPUT, OUTPUT, VALUES = "input", "logits", "values"


def to_onnx(model: keras.Model) -> onnx.ModelProto:
    """Convert a network.

    Args:
        model: (N, H, W, C) float32 to (N, H, W, K) or (N, K), built of the layers in
            ``onnx_layers.LAYERS``.

    Returns:
        (batch, C, height, width) float32 to (batch, K, height, width) or (batch, K). Batch is
        dynamic, and so are height and width where the network's input leaves them open.

    Raises:
        InvalidRequest: The network has a layer that this cannot write.
    """
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise InvalidRequest(
            f"The network has {len(model.inputs)} inputs and {len(model.outputs)} outputs.",
            "Give one that has one of each.",
        )
    writer = GraphWriter(model)
    for operation in model.operations:
        writer.add(operation)
    writer.finish()
    graph = helper.make_graph(
        writer.nodes,
        model.name,
        [_tensor(INPUT, model.inputs[0].shape)],
        [_tensor(writer.output, model.outputs[0].shape)],
        writer.weights,
    )
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="coverloom"
    )
    proto.ir_version = 8  # the version that came with opset 17, so that older runtimes load it
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _tensor(name: str, shape: Sequence[Optional[int]]) -> onnx.ValueInfoProto:
    axes: List[Any] = ["batch", shape[-1]]
    if len(shape) == 4:
        axes += [shape[1] or "height", shape[2] or "width"]
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, axes)


class GraphWriter:
    """Collects nodes and weights; knows the ONNX name of every Keras tensor so far.

    Args:
        model: The network.
    """

    def __init__(self, model: keras.Model) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self.weights: List[onnx.TensorProto] = []
        self._names: Dict[int, str] = {id(model.inputs[0]): INPUT}
        self._last = id(model.outputs[0])
        self._norm_behind = _following_norms(model)
        self._folded = {id(norm) for norm in self._norm_behind.values()}
        # A network that ends in its target's unit gives no logits.
        last = type(model.operations[-1]).__name__
        self.output = VALUES if last == "Rescaling" else OUTPUT

    def add(self, operation: Any) -> None:
        """Write one layer, whose inputs were written before.

        Raises:
            InvalidRequest: It is a kind of layer for which there is no function here.
        """
        kind = type(operation).__name__
        if kind == "InputLayer":
            return
        tensors = operation.input if isinstance(operation.input, list) else [operation.input]
        inputs = [self._names[id(tensor)] for tensor in tensors if id(tensor) in self._names]
        if id(operation) in self._folded or kind in SAME_AS_INPUT:
            self._names[id(operation.output)] = inputs[0]
        elif kind in LAYERS:
            self._names[id(operation.output)] = LAYERS[kind](self, operation, inputs)
        else:
            raise InvalidRequest(
                f"Layer {operation.name!r} is a {kind}, which cannot be written to ONNX.",
                f"Use {', '.join((*LAYERS, *SAME_AS_INPUT))}.",
            )

    def finish(self) -> None:
        """Give the network's output its name."""
        self.nodes.append(helper.make_node("Identity", [self._names[self._last]], [self.output]))
        last = self.nodes[-2]
        if list(last.output) == [self.nodes[-1].input[0]] and not self._used_twice(last.output[0]):
            last.output[0] = self.output
            self.nodes.pop()

    def _used_twice(self, name: str) -> bool:
        return sum(name in node.input for node in self.nodes) > 1

    def node(self, kind: str, name: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node and return the name of its output, which is its own."""
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Add a weight, of any shape, and return its name."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def norm_behind(self, operation: Any) -> Any:
        """The normalisation that is folded into ``operation``, or None."""
        return self._norm_behind.get(id(operation))


def _following_norms(model: keras.Model) -> Dict[int, Any]:
    """Normalisations that alone use a plain layer's output, by that layer's id."""
    users: Dict[int, List[Any]] = {}
    for operation in model.operations:
        if type(operation).__name__ != "InputLayer":
            tensors = operation.input if isinstance(operation.input, list) else [operation.input]
            for tensor in tensors:
                users.setdefault(id(tensor), []).append(operation)
    norms = {}
    for operation in model.operations:
        plain = type(operation).__name__ in ("Conv2D", "Dense") and is_linear(operation)
        behind = users.get(id(operation.output), []) if plain else []
        if len(behind) == 1 and type(behind[0]).__name__ in FOLDED:
            norms[id(operation)] = behind[0]
    return norms
