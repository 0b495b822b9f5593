# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks cut down to their cores give what ONNX Runtime gives for whole windows.

To the bit, but where a convolution of an enlarged picture is computed before it is enlarged: there
its sums are added in another order, which is the same one for every core.
"""

from __future__ import annotations

import numpy as np
from coverloom.engine.core.window import Window
from coverloom.engine.inference.cropped_graph import crop_to_core
from coverloom.engine.inference.cropped_memory import activation_bytes
from coverloom.engine.inference.cropped_network import CroppedNetwork
from coverloom.engine.inference.halo import halo_needed, halo_of
from coverloom.engine.inference.network import OnnxNetwork
from coverloom.engine.inference.plan import Chunk, ChunkPlan
from hypothesis import given, settings
from hypothesis import strategies as st

from ..jobs.conftest import load

MODELS = load("make_models")
BANDS, CLASSES = 3, 4


class Decoder:
    """Puts a U-Net together from parts that hypothesis draws.

    ``width`` channels a level: multiples of 16 lie in blocks in ONNX Runtime, others do not.
    """

    def __init__(self, draw):
        self.draw, self.net = draw, MODELS.Net(seed=draw(st.integers(0, 9)))

    def build(self):
        width, levels = self.draw(st.sampled_from([5, 16])), self.draw(st.integers(1, 2))
        x = self.net.relu(self.net.conv("x", BANDS, width))
        skips = []
        for _ in range(levels):
            skips.append(x)
            x = self.convolution(self.shrunk(x, width), width)
        for skip in reversed(skips):
            x = self.joined(skip, self.enlarged(x, width), width)
            for _ in range(self.draw(st.integers(0, 2))):
                x = self.part(x, width)
        y = self.net.conv(x, width, CLASSES, self.draw(st.sampled_from([1, 3])))
        kind = self.draw(st.sampled_from(["", "softmax"]))
        return self.net.model(self.net.activation(y, kind), BANDS, CLASSES), 2**levels

    def shrunk(self, x, width):
        kind = self.draw(st.sampled_from(["MaxPool", "AveragePool", "Conv"]))
        if kind == "Conv":
            return self.net.conv(x, width, width, strides=[2, 2])
        return self.net.node(kind, [x], kernel_shape=[2, 2], strides=[2, 2])

    def enlarged(self, x, width):
        kind = self.draw(st.sampled_from(["nearest", "half", "linear", "transposed 2", "4"]))
        if kind.startswith("transposed"):
            weight = self.net.rng.standard_normal((width, width, 2, 2)) / width
            name = self.net.weight(weight.astype("float32"))
            return self.net.node("ConvTranspose", [x, name], strides=[2, 2], kernel_shape=[2, 2])
        if kind == "4":
            weight = self.net.rng.standard_normal((width, width, 4, 4)) / width
            name = self.net.weight(weight.astype("float32"))
            sizes = {"kernel_shape": [4, 4], "pads": [1, 1, 1, 1]}
            return self.net.node("ConvTranspose", [x, name], strides=[2, 2], **sizes)
        if kind == "nearest":
            return self.net.upsample(x)
        scales = self.net.weight(np.array([1, 1, 2, 2], "float32"))
        place = self.draw(st.sampled_from(["half_pixel", "pytorch_half_pixel", "asymmetric"]))
        mode = {"mode": "linear"} if kind == "linear" else {"mode": "nearest"}
        if place.startswith("pytorch"):
            mode = {"mode": "linear"}
        if kind == "half":
            place, mode["nearest_mode"] = "half_pixel", "round_prefer_ceil"
        return self.net.node(
            "Resize", [x, "", scales], coordinate_transformation_mode=place, **mode
        )

    def joined(self, skip, x, width):
        if self.draw(st.booleans()):
            return self.net.node("Add", [x, skip])
        both = self.net.node("Concat", [skip, x], axis=1)
        return self.net.relu(self.net.conv(both, 2 * width, width))

    def part(self, x, width):
        kind = self.draw(st.sampled_from(["plain", "residual", "gate", "wide", "swish"]))
        if kind == "residual":
            inner = self.net.relu(self.net.conv(x, width, width))
            return self.net.relu(self.net.node("Add", [self.net.conv(inner, width, width), x]))
        if kind == "gate":  # of the whole picture: what is before it must stay whole
            mean = self.net.conv(self.net.node("GlobalAveragePool", [x]), width, width, 1)
            return self.net.node("Mul", [x, self.net.node("Sigmoid", [mean])])
        if kind == "swish":
            return self.net.node("Mul", [x, self.net.node("Sigmoid", [x])])
        dilations = [3, 3] if kind == "wide" else [1, 1]
        return self.net.relu(self.net.conv(x, width, width, dilations=dilations))

    def convolution(self, x, width):
        return self.net.relu(self.net.conv(x, width, width))


@st.composite
def decoders(draw):
    return Decoder(draw).build()


def described(stride, field=31):
    return MODELS.card_for(stride=stride, receptive_field=field)


def window_of(side, seed=0):
    shape = (1, BANDS, *side)
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(decoders(), st.data())
def test_a_cut_network_gives_what_the_whole_one_gives(made, data):
    proto, stride = made
    card = described(stride)
    graph = crop_to_core(proto, card)
    if graph is None:
        return
    side = tuple(stride * data.draw(st.integers(30, 60)) for _ in "hw")
    edges = [sorted(data.draw(st.tuples(*[st.integers(0, s // stride)] * 2))) for s in side]
    (top, bottom), (left, right) = ((a * stride, max(a + 1, b) * stride) for a, b in edges)
    core = Window(left, top, right - left, bottom - top).intersect(Window(0, 0, side[1], side[0]))
    if core.width <= 0 or core.height <= 0:
        return
    chunk = Chunk(core, Window(0, 0, side[1], side[0]), side)
    fed = window_of(side)
    whole = OnnxNetwork(proto.SerializeToString(), card).scores(fed)
    rows, columns = chunk.scored.slices
    network = CroppedNetwork(graph, card)
    given_scores = network.scores(fed, [chunk])
    np.testing.assert_array_equal(given_scores, network.scores(fed)[:, :, rows, columns])
    if graph.made:
        np.testing.assert_allclose(given_scores, whole[:, :, rows, columns], rtol=1e-4, atol=2e-5)
    else:
        np.testing.assert_array_equal(given_scores, whole[:, :, rows, columns])


def unet(width=16, levels=2):
    """Two convolutions a level down and up, as most U-Nets."""
    net = MODELS.Net()
    x, skips, bands = "x", [], BANDS
    for level in range(levels + 1):
        x = net.pool(x) if level else x
        x = net.relu(net.conv(net.relu(net.conv(x, bands, width)), width, width))
        skips, bands = [*skips, x], width
    for skip in skips[-2::-1]:
        x = net.node("Concat", [skip, net.upsample(x)], axis=1)
        x = net.relu(net.conv(net.relu(net.conv(x, 2 * width, width)), width, width))
    return net.model(net.conv(x, width, CLASSES, 1), BANDS, CLASSES)


def test_a_unet_is_cut_beside_each_skip_and_before_each_enlargement():
    graph = crop_to_core(unet(), described(4, field=61))
    core, size = (32, 544), 576
    # By hand, from the scores back: two convolutions look 2 px around the core; half of that is 1
    # px of the picture of half the size, and its convolutions look 2 px more; half of 3 is 2.
    kept = dict(zip(map(str, range(9)), graph.cuts.spans(0, core, size)))
    lengths = sorted(end - start for start, end in kept.values())
    assert lengths == sorted([128 + 4, 256 + 8, 256 + 2, 512 + 4, 512])


def test_what_is_alive_at_once_is_counted():
    cropped = activation_bytes(crop_to_core(unet(16), described(4, field=61)), BANDS, 512, 32)
    # At the last skip: what is kept of it, what comes of the enlarged picture, and both added up.
    assert cropped == 4 * 16 * (3 * 516**2)


def test_a_model_that_looks_nowhere_is_not_cut():
    assert crop_to_core(MODELS.linear_net(np.eye(4, 3)), described(1, field=1)) is None


class TestHalo:
    def test_is_what_a_core_looks_at_and_no_more(self):
        proto, stride = unet(), 4
        # Down: 2 convolutions of 1 px, of 2 px, then of 4 px, and up again those of the smaller
        # pictures as far as `test_a_unet_is_cut_…` says: 2 px of 4 px each.
        assert halo_needed(proto.graph, stride) == (2 + 2) * 4 + 2 * 2 + 2

    @settings(max_examples=25, deadline=None)
    @given(decoders())
    def test_a_core_with_it_is_the_same_as_in_the_whole_raster(self, made):
        proto, stride = made
        needed = halo_needed(proto.graph, stride)
        if needed is None:  # a gate looks everywhere
            return
        halo = -(-needed // stride) * stride
        network = OnnxNetwork(proto.SerializeToString(), described(stride))
        side = 8 * stride + 2 * halo + 64
        fed = window_of((side, side))
        whole = network.scores(fed)
        plan = ChunkPlan(side, side, Window(0, 0, side, side), 8 * stride, halo, stride)
        for chunk in list(plan)[:: max(1, len(plan) // 4)]:
            rows, columns = chunk.read.slices
            scores = network.scores(fed[:, :, rows, columns])
            inner = chunk.core.relative_to(chunk.read).slices
            outer = (slice(None), slice(None), *chunk.core.slices)
            # One window's few pixels may be summed in another order than the raster's many.
            np.testing.assert_allclose(
                scores[(slice(None), slice(None), *inner)], whole[outer], rtol=1e-4, atol=1e-5
            )

    def test_less_than_it_changes_the_core(self):
        proto, stride, halo = unet(), 4, 20
        network = OnnxNetwork(proto.SerializeToString(), described(stride))
        fed = window_of((128, 128))
        whole = network.scores(fed)[:, :, 40:72, 40:72]
        scores = network.scores(fed[:, :, 40 - halo : 72 + halo, 40 - halo : 72 + halo])
        assert not np.allclose(scores[:, :, halo:-halo, halo:-halo], whole)

    def test_is_never_more_than_half_the_receptive_field(self):
        assert halo_of(described(4, field=21), unet().graph) == 12
        assert halo_of(described(4, field=99), unet().graph) == 24

    def test_is_an_eighth_of_the_window_where_none_is_enough(self):
        assert halo_of(MODELS.card_for(stride=4), unet().graph) == 64
        assert halo_of(MODELS.card_for(stride=48, patch=(768, 640)), unet().graph) == 96
