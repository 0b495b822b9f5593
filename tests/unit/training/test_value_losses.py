# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses of numbers and of patches' classes, against SciPy and scikit-learn."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from coverloom.engine.training.losses import (
    class_weights,
    loss_of,
    mean_error,
    right_share,
    value_loss,
)
from scipy.special import huber
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
)

STD = 40.0


def value(loss, labels, given):
    return float(loss(keras.ops.convert_to_tensor(labels), keras.ops.convert_to_tensor(given)))


@pytest.fixture
def numbers():
    """(observed with gaps, the network's) of 2 x 6 x 7 px, up to three deviations apart."""
    rng = np.random.default_rng(3)
    observed = rng.uniform(0, 300, (2, 6, 7)).astype(np.float32)
    given = (observed + rng.normal(0, 60, observed.shape)).astype(np.float32)[..., None]
    observed[0, 2:4], observed[1, 0, 0] = np.nan, np.nan
    return observed, given


def known(observed, given):
    there = np.isfinite(observed)
    return observed[there].astype(np.float64), given[..., 0][there].astype(np.float64)


def test_losses_of_numbers_equal_scikit_learn_s_and_scipy_s(numbers):
    truth, said = known(*numbers)
    mse = value(value_loss("mse", STD), *numbers)
    assert mse == pytest.approx(mean_squared_error(truth / STD, said / STD), rel=1e-5)
    apart = (said - truth) / STD
    assert (abs(apart) > 1).any() and (abs(apart) < 1).any()
    ours = value(value_loss("huber", STD), *numbers)
    assert ours == pytest.approx(huber(1.0, apart).mean(), rel=1e-5)
    assert value(mean_error, *numbers) == pytest.approx(mean_absolute_error(truth, said), rel=1e-5)


def test_so_do_those_of_whole_patches():
    observed = np.array([[10.0], [np.nan], [30.0]], np.float32)
    given = np.array([[12.0], [99.0], [27.0]], np.float32)
    assert value(mean_error, observed, given) == pytest.approx(2.5, rel=1e-5)
    assert value(value_loss("mse", 2.0), observed, given) == pytest.approx(13 / 8, rel=1e-5)


def test_where_nothing_was_observed_nothing_is_learnt(numbers):
    nothing = np.full_like(numbers[0], np.nan)
    for loss in (value_loss("mse", STD), value_loss("huber", STD), mean_error):
        assert value(loss, nothing, numbers[1]) == 0


@pytest.fixture
def patches():
    """(labels, logits) of 7 patches and 5 classes."""
    rng = np.random.default_rng(4)
    return rng.integers(0, 2, (7, 5)).astype(np.uint8), rng.normal(0, 2, (7, 5)).astype("f4")


def test_weights_of_positives_weigh_them_alone(patches):
    labels, logits = patches
    weights = np.array([0.5, 1, 2, 4, 8])
    each = np.where(labels == 1, weights, 1.0)  # broadcast over the patches
    shares = 1 / (1 + np.exp(-logits.astype(np.float64)))
    mean = log_loss(labels.ravel(), shares.ravel(), sample_weight=each.ravel(), labels=(0, 1))
    expected = mean * each.sum() / each.size  # not over the sum of the weights
    assert value(loss_of("binary", "patch", weights), *patches) == pytest.approx(expected, rel=1e-5)


def test_accuracy_of_patches_is_of_their_single_answers(patches):
    labels, logits = patches
    logits[0, 0], labels[0, 0] = 0.0, 1  # half, which is a yes in every figure of evaluation
    expected = accuracy_score(labels.ravel(), (logits >= 0).ravel())
    assert value(right_share("patch"), labels, logits) == pytest.approx(expected, rel=1e-5)


def test_each_class_by_itself_for_pixels_leaves_out_the_unlabelled():
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 3, (2, 4, 4)).astype(np.uint8)
    labels[0, :2] = 255
    logits = rng.normal(0, 2, (2, 4, 4, 3)).astype("f4")
    there = labels != 255
    hot, shares = np.eye(3)[labels[there]], 1 / (1 + np.exp(-logits[there].astype(np.float64)))
    expected = log_loss(hot.ravel(), shares.ravel(), labels=(0, 1))
    assert value(loss_of("binary", "pixel", None), labels, logits) == pytest.approx(expected, 1e-5)


def test_dice_is_of_the_classes_that_are_there_and_the_rest_is_weighed():
    rng = np.random.default_rng(6)
    labels = rng.integers(0, 3, (2, 5, 5)).astype(np.uint8)  # of 4 classes, one is nowhere
    labels[1, 0] = 255
    logits, weights = rng.normal(0, 2, (2, 5, 5, 4)).astype("f4"), np.array([1, 2, 3, 9.0])
    there = labels != 255
    truth, e = labels[there], np.exp(logits[there].astype(np.float64))
    shares = e / e.sum(axis=-1, keepdims=True)
    hot = np.eye(4)[truth]
    dice = (2 * (hot * shares).sum(0) / (hot.sum(0) + shares.sum(0)))[:3]
    mean = log_loss(truth, shares, labels=range(4), sample_weight=weights[truth])
    expected = 0.5 * mean + 0.5 * (1 - dice.mean())
    assert value(loss_of("dice", "pixel", weights), labels, logits) == pytest.approx(expected, 1e-4)


def test_a_class_that_every_patch_shows_keeps_a_weight():
    assert class_weights("balanced", [100, 20], True, 100) == [0.01, 4.0]
    assert class_weights("median", [100, 20], True, 100) == [0.6, 3.0]


def test_losses_are_called_what_history_files_call_them():
    names = [loss_of("focal", "pixel", None).__name__, value_loss("huber", 1.0).__name__]
    assert [*names, mean_error.__name__] == ["focal_loss", "huber_loss", "mae"]
