# SPDX-License-Identifier: GPL-3.0-or-later
"""Small ONNX models with known answers, made with ``onnx.helper`` alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import onnx
from coverloom.engine.core.band import Band
from coverloom.engine.core.card import NO_CLASSES, ModelCard
from coverloom.engine.core.classes import ClassScheme
from coverloom.engine.core.dataset_card import DatasetTarget
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR = 9


def card_for(bands=("B02", "B03", "B04"), classes=("Water", "Forest", "Fields", "Town"), **fields):
    """A card for the models below; ``bands`` are names or ``Band`` objects."""
    channels = tuple(b if isinstance(b, Band) else Band(b, mean=1000.0, std=500.0) for b in bands)
    named = {"name": "Test model", "resolution": 10.0, **fields}
    return ModelCard(bands=channels, classes=ClassScheme.of_names(list(classes)), **named)


def value_card_for(bands=("B02", "B03", "B04"), nodata=-9999.0, **fields):
    """A card for the same models with one output: a number, in Mg/ha."""
    target = DatasetTarget("AGBD", "Mg/ha", nodata, 80.0, 40.0, 0.0, 300.0)
    plain = {f.name: getattr(card_for(bands), f.name) for f in dataclasses.fields(ModelCard)}
    said = {"output": "values", "activation": "none", "classes": NO_CLASSES, "target": target}
    return ModelCard(**{**plain, **said, **fields})


class Net:
    """Collects nodes and weights, NCHW inside; one method a layer, returning the value's name."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)
        self.nodes, self.weights, self.count = [], [], 0

    def node(self, kind, inputs, **attributes):
        self.count += 1
        name = f"v{self.count}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, array, name=None):
        name = name or f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def conv(self, x, channels_in, channels_out, kernel=3, **attributes):
        scale = 1.5 / np.sqrt(channels_in * kernel * kernel)
        shape = (channels_out, channels_in, kernel, kernel)
        weight = self.weight((self.rng.standard_normal(shape) * scale).astype("float32"))
        bias = self.weight((self.rng.standard_normal(channels_out) * 0.1).astype("float32"))
        pad = kernel // 2 * attributes.get("dilations", [1])[0]
        attributes.setdefault("pads", [pad] * 4)
        return self.node("Conv", [x, weight, bias], **attributes)

    def relu(self, x):
        return self.node("Relu", [x])

    def pool(self, x):
        return self.node("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])

    def upsample(self, x, times=2):
        scales = self.weight(np.array([1, 1, times, times], "float32"))
        return self.node("Resize", [x, "", scales], mode="nearest", nearest_mode="floor",
                         coordinate_transformation_mode="asymmetric")  # fmt: skip

    def activation(self, x, kind, axis=1):
        if kind == "softmax":
            return self.node("Softmax", [x], axis=axis)
        return self.node("Sigmoid", [x]) if kind == "sigmoid" else x

    def model(self, y, bands, classes, layout="NCHW", size=None, batch=None, dtype=None, **more):
        """Close the graph: ``size`` and ``batch`` None stand for any; ``dtype`` of the input."""
        return close_graph(self, y, (bands, classes), layout, (batch, size), dtype, **more)


def close_graph(net, y, channels, layout, fixed, dtype=None, outputs=1, opset=OPSET):
    batch, size = fixed
    space = [size, size] if size else ["h", "w"]
    first = batch or "n"
    shapes = [[first, c, *space] if layout == "NCHW" else [first, *space, c] for c in channels]
    entry = []
    if layout == "NHWC":
        entry.append(helper.make_node("Transpose", ["input"], ["turned"], perm=[0, 3, 1, 2]))
    kind = dtype or TensorProto.FLOAT
    if kind != TensorProto.FLOAT:
        entry.append(helper.make_node("Cast", ["input"], ["cast"], to=TensorProto.FLOAT))
    start = {"NHWC": "turned"}.get(layout, "cast" if entry else "input")
    for node in net.nodes:
        node.input[:] = [start if name == "x" else name for name in node.input]
    ending = (
        [helper.make_node("Transpose", [y], ["scores"], perm=[0, 2, 3, 1])]
        if layout == "NHWC"
        else [helper.make_node("Identity", [y], ["scores"])]
    )
    values = [helper.make_tensor_value_info("scores", TensorProto.FLOAT, shapes[1])]
    for i in range(1, outputs):
        ending.append(helper.make_node("Identity", ["scores"], [f"extra{i}"]))
        values.append(helper.make_tensor_value_info(f"extra{i}", TensorProto.FLOAT, shapes[1]))
    graph = helper.make_graph(
        entry + net.nodes + ending, "net",
        [helper.make_tensor_value_info("input", kind, shapes[0])], values, net.weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    model.ir_version = IR
    onnx.checker.check_model(model)
    return model


def pixel_net(bands=3, classes=4, activation="", layers=(3,), seed=0, dilation=1, **closing):
    """Convolutions of the given kernel sizes, with ReLU between them.

    Its receptive field is ``1 + dilation * sum(kernel - 1)``.
    """
    net, x, width = Net(seed), "x", bands
    for i, kernel in enumerate(layers):
        last = i == len(layers) - 1
        out = classes if last else 8
        x = net.conv(x, width, out, kernel, dilations=[dilation, dilation])
        x, width = x if last else net.relu(x), out
    return net.model(net.activation(x, activation), bands, classes, **closing)


def linear_net(weights, bias=None, activation="", **closing):
    """Scores that NumPy computes at once: ``weights (K, C) @ pixel + bias (K)``."""
    weights = np.asarray(weights, "float32")
    classes, bands = weights.shape
    net = Net()
    w = net.weight(weights.reshape(classes, bands, 1, 1))
    b = net.weight(np.zeros(classes, "float32") if bias is None else np.asarray(bias, "float32"))
    return net.model(
        net.activation(net.node("Conv", ["x", w, b]), activation), bands, classes, **closing
    )


def unet(bands=3, classes=4, depth=2, width=8, activation="", seed=0, **closing):
    """A U-Net with skips: stride ``2 ** depth``, one 3x3 convolution a level and way."""
    net, x, channels, skips = Net(seed), "x", bands, []
    for level in range(depth):
        x = net.relu(net.conv(x, channels, width << level))
        channels = width << level
        skips.append((x, channels))
        x = net.pool(x)
    x, channels = net.relu(net.conv(x, channels, width << depth)), width << depth
    for level in reversed(range(depth)):
        skip, more = skips[level]
        x = net.node("Concat", [net.upsample(x), skip], axis=1)
        x, channels = net.relu(net.conv(x, channels + more, width << level)), width << level
    x = net.conv(x, channels, classes, kernel=1)
    return net.model(net.activation(x, activation), bands, classes, **closing)


def global_net(bands=3, classes=4, **closing):
    """A network in which every output depends on every input, by a global mean."""
    net = Net(1)
    mean = net.node("GlobalAveragePool", ["x"])
    x = net.conv(net.node("Add", ["x", mean]), bands, classes, kernel=1)
    return net.model(x, bands, classes, **closing)


def patch_net(bands=3, classes=4, activation="sigmoid", size=16, batch=None):
    """One vector of scores a window."""
    net = Net(2)
    x = net.node("GlobalAveragePool", [net.relu(net.conv("x", bands, 8))])
    x = net.node("Flatten", [net.conv(x, 8, classes, kernel=1)], axis=1)
    y = net.activation(x, activation)
    graph = helper.make_graph(
        [*net.nodes, helper.make_node("Identity", [y], ["scores"])], "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch or "n", bands, size, size])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [batch or "n", classes])],
        net.weights,
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR
    return model
