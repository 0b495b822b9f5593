"""Scores of cores alone are the plain network's, for models that end in pointwise layers."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.core.window import Window
from coverloom.engine.inference.cropped_graph import crop_to_core
from coverloom.engine.inference.cropped_network import CroppedNetwork
from coverloom.engine.inference.network import OnnxNetwork
from coverloom.engine.inference.plan import Chunk
from coverloom.engine.inference.reused_memory import ReusedMemory
from coverloom.engine.inference.scored import Scored

from ..jobs.conftest import load

WINDOW = Window(96, 32, 112, 104)
# Sums in another order: see engine/inference/enlargements.py.
ROUNDED = {"rtol": 1e-4, "atol": 1e-5}
CORES = [Window(104, 40, 80, 72), Window(96, 32, 64, 96), Window(200, 128, 8, 8), WINDOW]


@pytest.fixture(scope="module")
def models():
    return load("make_models")


def chunk(core):
    return Chunk(core, WINDOW, (WINDOW.height, WINDOW.width))


def valid_in(core):
    return np.ones((core.height, core.width), np.uint8)


def windows(count=1, bands=3):
    shape = (count, bands, WINDOW.height, WINDOW.width)
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


def networks(models, proto, **card):
    described = models.card_for(**card)
    graph = crop_to_core(proto, described)
    return CroppedNetwork(graph, described), OnnxNetwork(proto.SerializeToString(), described)


@pytest.mark.parametrize("activation", ["", "softmax", "sigmoid"])
def test_scores_of_a_core_are_the_plain_networks(models, activation):
    cropped, plain = networks(models, models.unet(activation=activation))
    whole = plain.scores(windows())
    for core in CORES:
        scored = Scored(chunk(core), cropped.scores(windows(), [chunk(core)])[0], valid_in(core))
        given = scored.scores[(slice(None), *scored.core.slices)]
        rows, columns = core.relative_to(WINDOW).slices
        np.testing.assert_allclose(given, whole[0, :, rows, columns], **ROUNDED)
        assert scored.scores.size < whole.size or core == WINDOW


def test_whole_windows_where_no_core_is_said_or_cores_differ(models):
    cropped, plain = networks(models, models.unet())
    whole = plain.scores(windows(2))
    np.testing.assert_allclose(cropped.scores(windows(2)), whole, **ROUNDED)
    both = [chunk(core) for core in CORES[:2]]
    np.testing.assert_allclose(cropped.scores(windows(2), both), whole, **ROUNDED)


def test_what_another_node_reads_stays_whole(models):
    net = models.Net()
    inner = net.conv("x", 3, 4, kernel=1)
    mean = net.node("GlobalAveragePool", [inner])  # of the whole window, never of its core
    proto = net.model(net.conv(net.node("Add", [inner, mean]), 4, 4, kernel=1), 3, 4)
    cropped, plain = networks(models, proto)
    rows, columns = chunk(CORES[0]).scored.slices
    given = cropped.scores(windows(), [chunk(CORES[0])])
    np.testing.assert_array_equal(given, plain.scores(windows())[:, :, rows, columns])


@pytest.mark.parametrize(
    "make, card",
    [
        (lambda m: m.pixel_net(layers=(1, 1)), {"receptive_field": 1}),
        (lambda m: m.unet(layout="NHWC"), {"layout": "NHWC"}),
        (lambda m: m.unet(size=32), {"patch": (32, 32), "dynamic_space": False}),
        (lambda m: m.unet(activation=""), {"classes": ("one", "two")}),
    ],
)
def test_models_of_another_form_are_left_as_they_are(models, make, card):
    assert crop_to_core(make(models), models.card_for(**card)) is None


def test_softmax_along_an_axis_of_space_is_not_pointwise(models):
    net = models.Net()
    proto = net.model(net.activation(net.conv("x", 3, 4, kernel=1), "softmax", axis=2), 3, 4)
    assert crop_to_core(proto, models.card_for()) is None


def test_the_model_given_stays_as_it_was(models):
    proto = models.unet()
    before = proto.SerializeToString(deterministic=True)
    assert crop_to_core(proto, models.card_for()).cuts.edges
    assert proto.SerializeToString(deterministic=True) == before


class TestReusedMemory:
    def test_what_is_still_looked_at_is_not_written_over(self):
        memory = ReusedMemory()
        part = memory.array((2, 3, 4))[1, :, ::2]  # the array itself is gone, a part is not
        part[:] = 7
        memory.array((2, 3, 4))[:] = 1
        assert (part == 7).all()

    def test_comes_back_when_nobody_looks(self):
        memory = ReusedMemory()
        first = memory.array((5, 4))
        place = first.ctypes.data
        del first
        assert memory.array((2, 4)).ctypes.data == place
