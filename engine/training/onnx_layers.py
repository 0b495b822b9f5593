# SPDX-License-Identifier: GPL-3.0-or-later
"""What each Keras layer becomes in ONNX: one function a kind, one line in ``LAYERS``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, List, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import InvalidRequest

if TYPE_CHECKING:
    from .onnx_graph import GraphWriter

Weights = NDArray[np.float32]
Write = Callable[["GraphWriter", Any, List[str]], str]
# They only multiply and add, so a plain layer before them can do it.
FOLDED = ("BatchNormalization", "Rescaling")
# They do nothing once training is over.
SAME_AS_INPUT = ("Dropout", "SpatialDropout2D", "GaussianNoise", "ActivityRegularization")
_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "Elu"}


def is_linear(layer: Any) -> bool:
    """Whether a layer has no activation inside."""
    return _activation_name(layer) == "linear"


def folded_weights(layer: Any, norm: Any) -> Tuple[Weights, Weights]:
    """Kernel (…, in, out) and bias (out,), with the normalisation behind them folded in."""
    values = [np.asarray(weight, np.float64) for weight in layer.get_weights()]
    kernel, bias = values[0], np.zeros(values[0].shape[-1])
    if layer.use_bias:
        bias = values[1]
    if norm is not None:
        factor, shift = _norm_factors(norm)
        kernel, bias = kernel * factor, bias * factor + shift
    return kernel.astype(np.float32), bias.astype(np.float32)


def _norm_factors(norm: Any) -> Tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What a layer of ``FOLDED`` multiplies by and then adds, channel by channel."""
    if type(norm).__name__ == "Rescaling":
        return np.asarray(norm.scale, np.float64), np.asarray(norm.offset, np.float64)
    values = [np.asarray(weight, np.float64) for weight in norm.get_weights()]
    gamma = values.pop(0) if norm.scale else np.ones(values[0].shape)
    beta = values.pop(0) if norm.center else np.zeros(values[0].shape)
    mean, variance = values
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return factor, beta - mean * factor


def _activation_name(layer: Any) -> str:
    return str(getattr(getattr(layer, "activation", None), "__name__", "linear"))


def _activated(writer: GraphWriter, layer: Any, name: str) -> str:
    """The output ``name`` behind the activation that the layer has inside."""
    kind = _activation_name(layer)
    if kind == "linear":
        return name
    if kind == "softmax":
        return writer.node("Softmax", f"{layer.name}.softmax", [name], axis=1)
    if kind in ("silu", "swish"):
        gate = writer.node("Sigmoid", f"{layer.name}.gate", [name])
        return writer.node("Mul", f"{layer.name}.silu", [name, gate])
    if kind not in _ACTIVATIONS:
        raise _unwritable(layer, f"has the activation {kind!r}")
    return writer.node(_ACTIVATIONS[kind], f"{layer.name}.{kind}", [name])


def _unwritable(layer: Any, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"Layer {layer.name!r} {why}, which cannot be written to ONNX.", "Build it otherwise."
    )


def _convolution(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    _channels_last(layer)
    kernel, bias = folded_weights(layer, writer.norm_behind(layer))
    names = [
        writer.constant(f"{layer.name}.kernel", kernel.transpose(3, 2, 0, 1)),
        writer.constant(f"{layer.name}.bias", bias),
    ]
    reach = [d * (k - 1) + 1 for k, d in zip(layer.kernel_size, layer.dilation_rate)]
    how = _padding(layer, reach, list(layer.strides))
    if max(layer.strides) > 1:
        how["strides"] = list(layer.strides)
    if max(layer.dilation_rate) > 1:
        how["dilations"] = list(layer.dilation_rate)
    if layer.groups > 1:
        how["group"] = layer.groups
    shape = list(layer.kernel_size)
    name = writer.node("Conv", layer.name, inputs + names, kernel_shape=shape, **how)
    return _activated(writer, layer, name)


def _padding(layer: Any, reach: List[int], strides: List[int]) -> Dict[str, Any]:
    """``pads`` or ``auto_pad`` for a window of ``reach`` px."""
    if layer.padding == "valid" or max(reach) == 1:
        return {"pads": [0, 0, 0, 0]}
    if max(strides) > 1:  # then it depends on the size of what comes in
        return {"auto_pad": "SAME_UPPER"}
    return {"pads": [(side - 1) // 2 for side in reach] + [side // 2 for side in reach]}


def _channels_last(layer: Any) -> None:
    if layer.data_format != "channels_last":
        raise _unwritable(layer, f"has the data format {layer.data_format!r}")


def _dense(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    if len(layer.input.shape) != 2:
        raise _unwritable(layer, "is a Dense layer over space")
    kernel, bias = folded_weights(layer, writer.norm_behind(layer))
    names = [
        writer.constant(f"{layer.name}.kernel", kernel),
        writer.constant(f"{layer.name}.bias", bias),
    ]
    return _activated(writer, layer, writer.node("Gemm", layer.name, inputs + names))


def _norm(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    """A normalisation that could not be folded into a layer before it."""
    factor, shift = _norm_factors(layer)
    ones = np.ones_like(factor)
    values = {"scale": factor, "bias": shift, "mean": 0 * ones, "variance": ones}
    names = [
        writer.constant(f"{layer.name}.{what}", value.astype(np.float32))
        for what, value in values.items()
    ]
    return writer.node("BatchNormalization", layer.name, inputs + names, epsilon=0.0)


def _relu(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    if layer.threshold:
        raise _unwritable(layer, "has a threshold")
    if layer.negative_slope:
        slope = float(layer.negative_slope)
        return writer.node("LeakyRelu", layer.name, inputs, alpha=slope)
    if layer.max_value is None:
        return writer.node("Relu", layer.name, inputs)
    limits = [
        writer.constant(f"{layer.name}.{what}", np.array(value, np.float32))
        for what, value in (("low", 0), ("high", layer.max_value))
    ]
    return writer.node("Clip", layer.name, inputs + limits)


def _leaky_relu(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    return writer.node("LeakyRelu", layer.name, inputs, alpha=float(layer.negative_slope))


def _activation(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    return _activated(writer, layer, inputs[0])


def _softmax(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    return writer.node("Softmax", layer.name, inputs, axis=1)


def _pooling(kind: str) -> Write:
    def write(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
        _channels_last(layer)
        sizes = {"kernel_shape": list(layer.pool_size), "strides": list(layer.strides)}
        how = _padding(layer, list(layer.pool_size), list(layer.strides))
        if not any(how.get("pads", ())):
            how.pop("pads", None)
        return writer.node(kind, layer.name, inputs, **sizes, **how)

    return write


def _global_pooling(kind: str) -> Write:
    def write(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
        _channels_last(layer)
        name = writer.node(kind, layer.name, inputs)
        return name if layer.keepdims else writer.node("Flatten", f"{layer.name}.flat", [name])

    return write


def _flatten(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    if len(layer.input.shape) == 4:  # Keras counts channels fastest
        inputs = [writer.node("Transpose", f"{layer.name}.last", inputs, perm=[0, 2, 3, 1])]
    return writer.node("Flatten", layer.name, inputs)


def _upsampling(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    _channels_last(layer)
    if layer.interpolation not in ("nearest", "bilinear"):
        raise _unwritable(layer, f"upsamples by {layer.interpolation!r}")
    factors = np.array([1, 1, *layer.size], np.float32)
    names = [inputs[0], "", writer.constant(f"{layer.name}.scales", factors)]
    how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    if layer.interpolation == "bilinear":
        return writer.node("Resize", layer.name, names, mode="linear")
    return writer.node("Resize", layer.name, names, mode="nearest", **how)


def _zero_padding(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    _channels_last(layer)
    (top, bottom), (left, right) = layer.padding
    pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
    return writer.node("Pad", layer.name, [*inputs, writer.constant(f"{layer.name}.pads", pads)])


def _concatenate(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    if layer.axis not in (-1, len(layer.output.shape) - 1):
        raise _unwritable(layer, f"joins along axis {layer.axis}")
    return writer.node("Concat", layer.name, inputs, axis=1)


def _take(writer: GraphWriter, operation: Any, inputs: List[str]) -> str:
    """``keras.ops.take`` of channels."""
    node = operation._inbound_nodes[0]
    places = [a for a in (*node.arguments.args, *node.arguments.kwargs.values()) if _is_list(a)]
    if operation.axis not in (-1, len(operation.output.shape) - 1) or len(places) != 1:
        raise _unwritable(operation, f"takes along axis {operation.axis}")
    names = [*inputs, writer.constant(f"{operation.name}.channels", np.array(places[0], np.int64))]
    return writer.node("Gather", operation.name, names, axis=1)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, np.ndarray))


def _elementwise(kind: str) -> Write:
    def write(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
        if len(inputs) == 1:
            raise _unwritable(layer, "joins a tensor with itself")
        name = inputs[0]
        for number, other in enumerate(inputs[1:], start=2):
            last = number == len(inputs)
            name = writer.node(
                kind, layer.name if last else f"{layer.name}.{number}", [name, other]
            )
        return name

    return write


def _rescaling(writer: GraphWriter, layer: Any, inputs: List[str]) -> str:
    factor, shift = (np.asarray(value, np.float32) for value in (layer.scale, layer.offset))
    if len(layer.output.shape) == 4:  # one number a channel, which is the second axis here
        factor, shift = (v.reshape(-1, 1, 1) if v.ndim else v for v in (factor, shift))
    names = [writer.constant(f"{layer.name}.scale", factor)]
    scaled = writer.node("Mul", f"{layer.name}.scaled", [*inputs, *names])
    return writer.node("Add", layer.name, [scaled, writer.constant(f"{layer.name}.offset", shift)])


LAYERS: Dict[str, Write] = {
    "Conv2D": _convolution,
    "Dense": _dense,
    "BatchNormalization": _norm,
    "ReLU": _relu,
    "LeakyReLU": _leaky_relu,
    "Activation": _activation,
    "Softmax": _softmax,
    "MaxPooling2D": _pooling("MaxPool"),
    "AveragePooling2D": _pooling("AveragePool"),
    "GlobalAveragePooling2D": _global_pooling("GlobalAveragePool"),
    "GlobalMaxPooling2D": _global_pooling("GlobalMaxPool"),
    "Flatten": _flatten,
    "UpSampling2D": _upsampling,
    "ZeroPadding2D": _zero_padding,
    "Concatenate": _concatenate,
    "Take": _take,
    "Add": _elementwise("Add"),
    "Multiply": _elementwise("Mul"),
    "Rescaling": _rescaling,
}
