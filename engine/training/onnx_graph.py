# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a trained Keras network as an ONNX graph: NCHW throughout, normalisation folded in.

Layer by layer from the Keras model itself, whatever backend trained it: no transposes between
layers, which converters leave behind and which cost memory traffic at every one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from ..contract.errors import InvalidRequest

if TYPE_CHECKING:
    import keras

OPSET = 17
INPUT, OUTPUT = "input", "logits"


def to_onnx(model: keras.Model) -> onnx.ModelProto:
    """Convert a per-pixel network.

    Args:
        model: (N, H, W, C) float32 to (N, H, W, K), built of convolutions, batch
            normalisation, ReLU, pooling, upsampling and concatenation.

    Returns:
        (batch, C, height, width) float32 to (batch, K, height, width), all but C and K dynamic.

    Raises:
        InvalidRequest: The network has a layer that this cannot write.
    """
    writer = _GraphWriter(model)
    for layer in model.layers:
        writer.add(layer)
    bands, classes = int(model.input_shape[-1]), int(model.output_shape[-1])
    axes = ["batch", 0, "height", "width"]
    graph = helper.make_graph(
        writer.nodes,
        model.name,
        [_tensor(INPUT, axes, bands)],
        [_tensor(OUTPUT, axes, classes)],
        writer.weights,
    )
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="coverloom"
    )
    proto.ir_version = 8  # the version that came with opset 17, so that older runtimes load it
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _tensor(name: str, axes: List[Any], channels: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(
        name, TensorProto.FLOAT, [axes[0], channels, axes[2], axes[3]]
    )


class _GraphWriter:
    """Collects nodes and weights; knows the ONNX name of every Keras tensor so far."""

    def __init__(self, model: keras.Model) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self.weights: List[onnx.TensorProto] = []
        self._names: Dict[int, str] = {id(model.inputs[0]): INPUT}
        self._last = id(model.outputs[0])
        self._norm_after = _following_norms(model)
        self._folded = {id(norm) for norm in self._norm_after.values()}
        self._write: Dict[str, Callable[[Any, List[str]], None]] = {
            "Conv2D": self._convolution,
            "ReLU": lambda layer, of: self._node("Relu", layer, of),
            "MaxPooling2D": self._pooling,
            "UpSampling2D": self._upsampling,
            "Concatenate": lambda layer, of: self._node("Concat", layer, of, axis=1),
        }

    def add(self, layer: Any) -> None:
        """Write one layer, whose inputs were written before."""
        kind = type(layer).__name__
        if kind == "InputLayer":
            return
        tensors = layer.input if isinstance(layer.input, list) else [layer.input]
        inputs = [self._names[id(tensor)] for tensor in tensors]
        if id(layer) in self._folded or kind == "Dropout":
            self._names[id(layer.output)] = inputs[0]
            return
        if kind not in self._write:
            raise InvalidRequest(
                f"Layer {layer.name!r} is a {kind}, which cannot be written to ONNX.",
                f"Use {', '.join(self._write)}, BatchNormalization or Dropout.",
            )
        self._write[kind](layer, inputs)

    def _node(self, kind: str, layer: Any, inputs: List[str], **attributes: Any) -> None:
        name = OUTPUT if id(layer.output) == self._last else layer.name
        self._names[id(layer.output)] = name
        self.nodes.append(helper.make_node(kind, inputs, [name], name=layer.name, **attributes))

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _convolution(self, layer: Any, inputs: List[str]) -> None:
        if layer.strides != (1, 1) or (layer.padding != "same" and layer.kernel_size != (1, 1)):
            raise InvalidRequest(
                f"Layer {layer.name!r} has strides or no padding.", "Use stride 1 and 'same'."
            )
        kernel, bias = _folded_weights(layer, self._norm_after.get(id(layer)))
        names = [
            self._constant(f"{layer.name}.kernel", kernel.transpose(3, 2, 0, 1)),
            self._constant(f"{layer.name}.bias", bias),
        ]
        before = [(side - 1) // 2 for side in layer.kernel_size]
        after = [side // 2 for side in layer.kernel_size]
        shape = list(layer.kernel_size)
        self._node("Conv", layer, inputs + names, kernel_shape=shape, pads=before + after)

    def _pooling(self, layer: Any, inputs: List[str]) -> None:
        sizes = {"kernel_shape": list(layer.pool_size), "strides": list(layer.strides)}
        self._node("MaxPool", layer, inputs, **sizes)

    def _upsampling(self, layer: Any, inputs: List[str]) -> None:
        if layer.interpolation != "nearest":
            raise InvalidRequest(
                f"Layer {layer.name!r} upsamples by {layer.interpolation!r}.", "Use 'nearest'."
            )
        factors = np.array([1, 1, *layer.size], np.float32)
        scales = self._constant(f"{layer.name}.scales", factors)
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        self._node("Resize", layer, [inputs[0], "", scales], mode="nearest", **how)


def _following_norms(model: keras.Model) -> Dict[int, Any]:
    """Batch normalisations that directly follow a plain convolution, by the convolution's id."""
    plain = [la for la in model.layers if type(la).__name__ == "Conv2D" and _is_linear(la)]
    of_output = {id(layer.output): layer for layer in plain}
    norms = {}
    for layer in model.layers:
        if type(layer).__name__ != "BatchNormalization":
            continue
        convolution = of_output.get(id(layer.input))
        if convolution is None:
            raise InvalidRequest(
                f"Layer {layer.name!r} normalises what is no convolution's output.",
                "Put batch normalisation right behind a convolution.",
            )
        norms[id(convolution)] = layer
    return norms


def _is_linear(layer: Any) -> bool:
    return getattr(layer.activation, "__name__", "") == "linear"


def _folded_weights(layer: Any, norm: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Kernel (h, w, in, out) and bias (out,), with the normalisation behind them folded in."""
    if not _is_linear(layer):
        raise InvalidRequest(
            f"Layer {layer.name!r} has an activation inside.", "Put it in a layer of its own."
        )
    kernel = np.asarray(layer.get_weights()[0], np.float64)
    bias = np.asarray(layer.get_weights()[1], np.float64) if layer.use_bias else np.float64(0)
    bias = bias + np.zeros(kernel.shape[-1])
    if norm is not None:
        gamma, beta, mean, variance = (np.asarray(w, np.float64) for w in norm.get_weights())
        factor = gamma / np.sqrt(variance + norm.epsilon)
        kernel, bias = kernel * factor, (bias - mean) * factor + beta
    return kernel.astype(np.float32), bias.astype(np.float32)
