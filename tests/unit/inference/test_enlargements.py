# SPDX-License-Identifier: GPL-3.0-or-later
"""Convolutions of enlarged pictures, computed before they are, beside NumPy in float64."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.inference.subpixel import in_phases
from coverloom.engine.inference.tensor_layout import block_size, channels_of, optimised
from coverloom.engine.inference.transposed import with_transposed
from hypothesis import given, settings
from hypothesis import strategies as st

from ..jobs.conftest import load

MODELS = load("make_models")
BANDS, CLASSES = 3, 5
in_blocks = pytest.mark.skipif(
    block_size() == 1, reason="ONNX Runtime lays no channels in blocks on this processor"
)


def convolved(x, weight, bias):
    """(C, h, w) by an (O, C, k, k) kernel that is centred, zeros around the picture."""
    side = weight.shape[2]
    padded = np.pad(x, ((0, 0), (side // 2,) * 2, (side // 2,) * 2))
    height, width = x.shape[1:]
    total = np.zeros((len(weight), height, width)) + bias[:, None, None]
    for i in range(side):
        for j in range(side):
            part = padded[:, i : i + height, j : j + width]
            total += np.einsum("oc,chw->ohw", weight[:, :, i, j], part)
    return total


class Model:
    """A picture and one made smaller, enlarged again beside it, and a convolution of both.

    Every method adds to the graph and computes the same in float64.
    """

    def __init__(self, times):
        self.net, self.times = MODELS.Net(seed=1), times
        self.fed = np.random.default_rng(0).standard_normal((BANDS, 12 * times, 36 * times))
        self.known = {"x": self.fed.astype(np.float32).astype(np.float64)}

    def conv(self, x, channels, kernel, relu=True):
        taken = len(self.known[x])
        y = self.net.conv(x, taken, channels, kernel)
        weight, bias = (
            onnx.numpy_helper.to_array(next(t for t in self.net.weights if t.name == name))
            for name in self.net.nodes[-1].input[1:3]
        )
        self.known[y] = convolved(self.known[x], weight.astype(float), bias.astype(float))
        if relu:
            z = self.net.relu(y)
            self.known[z] = np.maximum(self.known[y], 0)
            return z
        return y

    def shrunk(self, x):
        sides = [self.times, self.times]
        y = self.net.node("MaxPool", [x], kernel_shape=sides, strides=sides)
        c, h, w = self.known[x].shape
        f = self.times
        self.known[y] = self.known[x].reshape(c, h // f, f, w // f, f).max(axis=(2, 4))
        return y

    def enlarged(self, x):
        y = self.net.upsample(x, self.times)
        self.known[y] = self.known[x].repeat(self.times, axis=1).repeat(self.times, axis=2)
        return y

    def beside(self, names):
        y = self.net.node("Concat", list(names), axis=1)
        self.known[y] = np.concatenate([self.known[name] for name in names])
        return y

    def closed(self, y):
        return self.net.model(y, BANDS, CLASSES)


def run(proto, fed):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {session.get_inputs()[0].name: fed[None].astype(np.float32)})[0][0]


def taken_apart(proto):
    ready = optimised(proto.SerializeToString())
    return ready, in_phases(ready.graph, channels_of(ready.graph, BANDS))


def kinds(proto):
    return {node.op_type for node in proto.graph.node}


@st.composite
def drawn(draw):
    """A model, and the name of what it gives."""
    model = Model(draw(st.sampled_from([2, 3, 4])))
    channels = st.sampled_from([16, 32, 48])
    aside = [model.conv("x", draw(channels), 3) for _ in range(draw(st.integers(0, 2)))]
    small = model.conv(model.shrunk(model.conv("x", 16, 3)), draw(channels), 3)
    large = model.enlarged(small)
    if aside:
        both = [large, *aside] if draw(st.booleans()) else [*aside, large]
        large = model.beside(both)
    relu, kernel = draw(st.booleans()), draw(st.sampled_from([1, 3, 5]))
    y = model.conv(large, draw(channels), kernel, relu)
    return model, model.conv(y, CLASSES, 1, relu=False)


@in_blocks
@settings(max_examples=40, deadline=None)
@given(drawn())
def test_phases_give_what_the_enlarged_picture_gives(made):
    model, y = made
    proto, new = taken_apart(model.closed(y))
    assert new and "Upsample" not in kinds(proto)
    np.testing.assert_allclose(run(proto, model.fed), model.known[y], rtol=1e-4, atol=1e-4)


@settings(max_examples=40, deadline=None)
@given(drawn())
def test_so_do_transposed_convolutions(made):
    model, y = made
    proto = model.closed(y)
    assert with_transposed(proto.graph, BANDS) and "Resize" not in kinds(proto)
    np.testing.assert_allclose(run(proto, model.fed), model.known[y], rtol=1e-4, atol=1e-4)


@in_blocks
def test_windows_in_a_batch_are_kept_apart():
    model = Model(2)
    small = model.shrunk(model.conv("x", 16, 3))
    large = model.beside([model.conv("x", 16, 3), model.enlarged(small)])
    proto, new = taken_apart(model.closed(model.conv(large, 16, 3)))
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    fed = np.stack([model.fed, model.fed[::-1], -model.fed]).astype(np.float32)
    name = session.get_inputs()[0].name
    together = session.run(None, {name: fed})[0]
    assert new
    for alone, scores in zip(fed, together):
        np.testing.assert_array_equal(session.run(None, {name: alone[None]})[0][0], scores)


@in_blocks
class TestLeftAsItIs:
    def unchanged(self, model, y):
        before = optimised(model.closed(y).SerializeToString())
        after, new = taken_apart(model.closed(y))
        assert not new and after == before
        assert "Upsample" in kinds(after)
        exported = model.closed(y)
        assert not with_transposed(exported.graph, BANDS) and exported == model.closed(y)

    def test_an_enlarged_picture_that_two_look_at(self):
        model = Model(2)
        large = model.enlarged(model.shrunk(model.conv("x", 16, 3)))
        one, other = model.conv(large, 16, 3), model.conv(large, 16, 3)
        self.unchanged(model, model.net.conv(model.beside([one, other]), 32, CLASSES, 1))

    def test_a_dilated_convolution(self):
        model = Model(2)
        large = model.enlarged(model.shrunk(model.conv("x", 16, 3)))
        y = model.net.conv(large, 16, 16, dilations=[2, 2])
        self.unchanged(model, model.net.conv(y, 16, CLASSES, 1))

    def test_a_convolution_that_shrinks(self):
        model = Model(2)
        large = model.enlarged(model.shrunk(model.conv("x", 16, 3)))
        y = model.net.conv(large, 16, 16, strides=[2, 2])
        self.unchanged(model, model.net.conv(y, 16, CLASSES, 1))


@in_blocks
@pytest.mark.parametrize("turned", [False, True])
def test_a_sum_that_is_added_already_stays(turned):
    model = Model(2)
    skip = model.conv("x", 16, 3)
    large = model.enlarged(model.shrunk(skip))
    both = [model.conv(large, 16, 3, relu=False), model.conv(skip, 16, 3, relu=False)]
    added = model.net.node("Add", both[::-1] if turned else both)
    model.known[added] = model.known[both[0]] + model.known[both[1]]
    y = model.conv(added, CLASSES, 1, relu=False)
    proto, _ = taken_apart(model.closed(y))
    np.testing.assert_allclose(run(proto, model.fed), model.known[y], rtol=1e-4, atol=1e-4)


def test_weights_of_half_precision_are_left_as_they_are():
    """As PyTorch exports a model of them: only the input and the scores are float32."""
    model = Model(2)
    small = model.shrunk(model.conv("x", 16, 3))
    large = model.beside([model.conv("x", 16, 3), model.enlarged(small)])
    y = model.conv(model.conv(large, 16, 3), CLASSES, 1, relu=False)
    proto = model.closed(y)
    for tensor in proto.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.shape != (4,):  # how often, which stays
            half = onnx.numpy_helper.from_array(values.astype(np.float16), tensor.name)
            tensor.CopyFrom(half)
    for node in proto.graph.node:
        node.input[:] = ["half" if name == "input" else name for name in node.input]
        node.output[:] = ["half scores" if name == "scores" else name for name in node.output]
    first = onnx.helper.make_node("Cast", ["input"], ["half"], to=onnx.TensorProto.FLOAT16)
    last = onnx.helper.make_node("Cast", ["half scores"], ["scores"], to=onnx.TensorProto.FLOAT)
    cast = onnx.helper.make_graph([first, *proto.graph.node, last], "cast", [], [])
    del proto.graph.node[:]
    proto.graph.node.extend(cast.node)
    with_transposed(proto.graph, BANDS)
    np.testing.assert_allclose(run(proto, model.fed), model.known[y], rtol=0.05, atol=0.05)


def test_channels_that_are_not_surely_known_leave_it_as_it_is():
    model = Model(2)
    small = model.conv(model.shrunk(model.conv("x", 16, 3)), 16, 3)
    net = model.net
    # A transposition in between: what comes of it could be anything.
    turned = net.node("Transpose", [net.node("Transpose", [small], perm=[0, 1, 3, 2])],
                      perm=[0, 1, 3, 2])  # fmt: skip
    both = net.node("Concat", [net.upsample(turned, 2), "x"], axis=1)
    proto = model.closed(net.conv(both, 16 + BANDS, CLASSES, 1))
    assert not with_transposed(proto.graph, BANDS)


@in_blocks
def test_weights_that_nobody_asks_for_any_more_are_gone():
    model = Model(2)
    small = model.shrunk(model.conv("x", 16, 3))
    large = model.beside([model.conv("x", 16, 3), model.enlarged(small)])
    proto, _ = taken_apart(model.closed(model.conv(large, 16, 3)))
    used = {name for node in proto.graph.node for name in node.input}
    assert {tensor.name for tensor in proto.graph.initializer} <= used
