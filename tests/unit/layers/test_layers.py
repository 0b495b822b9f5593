"""Layers against SciPy and NumPy, and the compiled pass against the layers."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.core.window import Window
from coverloom.engine.layers import LAYERS
from coverloom.engine.layers.activation import (
    AS_THEY_ARE,
    SIGMOID,
    SOFTMAX,
    probabilities_of,
)
from coverloom.engine.layers.most_likely import class_storage
from coverloom.engine.layers.one_pass import standard_layers
from scipy.special import expit, softmax
from scipy.stats import entropy as scipy_entropy


def scores(classes, height=13, width=17, spread=4.0, seed=0):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((classes, height, width)) * spread).astype(np.float32)


def whole(array):
    return Window(0, 0, array.shape[2], array.shape[1])


def everywhere(array):
    return np.ones(array.shape[1:], np.uint8)


@pytest.mark.parametrize("name", LAYERS)
class TestContract:
    """Every registered layer, also those added later."""

    def test_says_what_it_is(self, name):
        layer = LAYERS.load(name)()
        low, high = layer.limits
        assert layer.title and layer.formula and low < high
        assert not low <= layer.nodata <= high, "nodata must not be a possible value"
        assert np.dtype(layer.dtype)

    def test_shape_and_limits(self, name):
        layer = LAYERS.load(name)()
        values = layer(softmax(scores(5), axis=0))
        assert values.shape == (13, 17)
        low, high = layer.limits
        assert values.min() >= low and values.max() <= high

    def test_each_pixel_stands_alone(self, name):
        layer, p = LAYERS.load(name)(), softmax(scores(6), axis=0)
        parts = np.concatenate([layer(p[:, :5]), layer(p[:, 5:])])
        np.testing.assert_array_equal(layer(p), parts)

    def test_one_class_and_no_probability(self, name):
        layer = LAYERS.load(name)()
        assert np.isfinite(layer(np.ones((1, 2, 2), np.float32))).all()
        assert np.isfinite(layer(np.zeros((3, 2, 2), np.float32))).all()


def test_entropy_equals_scipy():
    p = softmax(scores(19), axis=0)
    expected = scipy_entropy(p.astype(np.float64), axis=0) / np.log(19)
    np.testing.assert_allclose(LAYERS.load("entropy")()(p), expected, atol=1e-6)


def test_entropy_of_sigmoids_is_of_their_shares():
    p = expit(scores(7))
    # SciPy divides by the sum itself.
    expected = scipy_entropy(p.astype(np.float64), axis=0) / np.log(7)
    np.testing.assert_allclose(LAYERS.load("entropy")()(p), expected, atol=1e-6)


def test_entropy_ends():
    sure, even = np.zeros((4, 1, 1), np.float32), np.full((4, 1, 1), 0.25, np.float32)
    sure[2] = 1
    entropy = LAYERS.load("entropy")()
    assert entropy(sure)[0, 0] == 0
    assert entropy(even)[0, 0] == pytest.approx(1)
    assert entropy(0 * even)[0, 0] == 0


@pytest.mark.parametrize("classes", [2, 3, 19, 300])
def test_gap_is_of_the_two_highest(classes):
    p = np.random.default_rng(0).random((classes, 13, 17)).astype(np.float32)
    ranked = np.sort(p, axis=0)
    np.testing.assert_array_equal(LAYERS.load("gap")()(p), ranked[-1] - ranked[-2])


@pytest.mark.parametrize("classes", [1, 2, 19, 255, 256])
@pytest.mark.parametrize("activation", [SOFTMAX, SIGMOID, AS_THEY_ARE])
def test_compiled_pass_equals_the_layers(classes, activation):
    given = scores(classes)
    if activation == AS_THEY_ARE:
        given = softmax(given, axis=0)
    maps, broken = standard_layers(given, whole(given), everywhere(given), activation)
    p = probabilities_of(given, activation)
    assert broken == 0
    for name, values in zip(LAYERS, maps):
        expected = LAYERS.load(name)()(p)
        if name == "class":
            # Probabilities may be equal in float32 where the scores are not.
            decided = LAYERS.load("gap")()(p) > 1e-6
            np.testing.assert_array_equal(values[decided], expected[decided])
            assert values.dtype == class_storage(classes)[0]
        else:
            np.testing.assert_allclose(values, expected, atol=3e-6, err_msg=name)


@pytest.mark.parametrize("reference, activation", [(softmax, SOFTMAX), (expit, SIGMOID)])
def test_probabilities_equal_scipy(reference, activation):
    given = scores(9, spread=30)
    expected = reference(given.astype(np.float64), **({"axis": 0} if activation == SOFTMAX else {}))
    np.testing.assert_allclose(probabilities_of(given, activation), expected, rtol=2e-6, atol=1e-12)


def test_core_of_a_window():
    given = scores(5, 40, 50)
    core = Window(7, 9, 21, 11)
    part = np.ascontiguousarray(given[:, 9:20, 7:28])
    inside, _ = standard_layers(given, core, np.ones((11, 21), np.uint8), SOFTMAX)
    alone, _ = standard_layers(part, whole(part), everywhere(part), SOFTMAX)
    for a, b in zip(inside, alone):
        np.testing.assert_array_equal(a, b)


def test_invalid_pixels_get_nodata_in_every_layer():
    given, valid = scores(5), np.ones((13, 17), np.uint8)
    valid[3:6, 2:9] = 0
    maps, _ = standard_layers(given, whole(given), valid, SOFTMAX)
    for values, nodata in zip(maps, (255, -1, -1, -1)):
        np.testing.assert_array_equal(values == nodata, valid == 0)


def test_nan_scores_are_counted_where_they_matter():
    given, valid = scores(5), np.ones((13, 17), np.uint8)
    given[2, 0, :4] = np.nan
    valid[0, 0] = 0
    assert standard_layers(given, whole(given), valid, SOFTMAX)[1] == 3


def test_extreme_scores_do_not_overflow():
    given = np.array([[[3e4]], [[-3e4]], [[0.0]]], np.float32)
    (best, maxprob, entropy, gap), broken = standard_layers(
        given, whole(given), everywhere(given), SOFTMAX
    )
    assert (best[0, 0], maxprob[0, 0], entropy[0, 0], gap[0, 0], broken) == (0, 1, 0, 1, 0)


def test_a_class_ruled_out_takes_no_part():
    given, ruled_out = scores(4), np.full((1, 13, 17), -np.inf, np.float32)
    without, _ = standard_layers(given, whole(given), everywhere(given), SOFTMAX)
    both = np.concatenate([given, ruled_out])
    maps, broken = standard_layers(both, whole(both), everywhere(both), SOFTMAX)
    assert broken == 0
    for a, b, factor in zip(maps, without, (1, 1, np.log(4) / np.log(5), 1)):
        np.testing.assert_allclose(a, b * factor, atol=1e-6)


@pytest.mark.parametrize("activation", [SIGMOID, AS_THEY_ARE])
def test_probabilities_of_nothing_and_nearly_nothing(activation):
    p = np.array([0.0, 1e-30, 1e-12, 0.3, 1.0], np.float32)[:, None, None]
    with np.errstate(divide="ignore"):
        given = np.log(p / (1 - p)).clip(-200, 200) if activation == SIGMOID else p
    maps, broken = standard_layers(given, whole(given), everywhere(given), activation)
    expected = scipy_entropy(p[:, 0, 0].astype(np.float64)) / np.log(5)
    np.testing.assert_allclose(maps[2][0, 0], expected, atol=1e-6)
    assert broken == 0 and maps[3][0, 0] == pytest.approx(0.7)


@pytest.mark.parametrize("activation", [SOFTMAX, SIGMOID, AS_THEY_ARE])
def test_a_pixel_is_the_same_to_the_bit_in_a_core_of_any_width(activation):
    """The compiled loops take many pixels at once, and what is left one by one."""
    given = scores(7, 9, 203)
    given = softmax(given, axis=0) if activation == AS_THEY_ARE else given
    expected, _ = standard_layers(given, whole(given), everywhere(given), activation)
    for col, width in [(0, 1), (7, 3), (50, 8), (1, 17), (9, 33), (50, 100)]:
        core = Window(col, 2, width, 5)
        part, _ = standard_layers(given, core, np.ones((5, width), np.uint8), activation)
        for a, b in zip(part, expected):
            np.testing.assert_array_equal(a, b[core.slices])
