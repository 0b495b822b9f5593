# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses and weights against scikit-learn and the formulas written out in NumPy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.training.losses import class_weights, loss_of, right_share
from sklearn.metrics import accuracy_score, log_loss
from sklearn.utils.class_weight import compute_class_weight

K = 5


@pytest.fixture
def pixels():
    """(labels with unlabelled ones, logits) of 2 x 8 x 8 px."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, K, (2, 8, 8)).astype(np.uint8)
    labels[0, :3] = 255
    return labels, rng.normal(0, 2, (2, 8, 8, K)).astype(np.float32)


def value(loss, labels, logits):
    return float(loss(keras.ops.convert_to_tensor(labels), keras.ops.convert_to_tensor(logits)))


def flat(labels, logits):
    """Labelled pixels and their probabilities."""
    known = labels != 255
    shares = np.exp(logits.astype(np.float64))
    return labels[known], (shares / shares.sum(-1, keepdims=True))[known]


def test_cross_entropy_leaves_out_the_unlabelled(pixels):
    truth, shares = flat(*pixels)
    ours = value(loss_of("cross_entropy", "pixel", None), *pixels)
    assert ours == pytest.approx(log_loss(truth, shares, labels=range(K)), rel=1e-5)
    changed = pixels[1].copy()
    changed[0, :3] += 100
    assert value(loss_of("cross_entropy", "pixel", None), pixels[0], changed) == ours


def test_weights_weigh(pixels):
    weights = np.array([0.5, 1, 2, 4, 1.5])
    truth, shares = flat(*pixels)
    expected = log_loss(truth, shares, labels=range(K), sample_weight=weights[truth])
    ours = value(loss_of("cross_entropy", "pixel", weights), *pixels)
    assert ours == pytest.approx(expected, rel=1e-5)


def test_focal_dwells_on_what_is_hard(pixels):
    truth, shares = flat(*pixels)
    right = shares[np.arange(len(truth)), truth]
    expected = (-((1 - right) ** 2) * np.log(right)).mean()
    assert value(loss_of("focal", "pixel", None), *pixels) == pytest.approx(expected, rel=1e-4)


def test_dice_is_half_overlap(pixels):
    truth, shares = flat(*pixels)
    hot = np.eye(K)[truth]
    dice = 2 * (hot * shares).sum(0) / (hot.sum(0) + shares.sum(0))
    expected = 0.5 * log_loss(truth, shares, labels=range(K)) + 0.5 * (1 - dice.mean())
    assert value(loss_of("dice", "pixel", None), *pixels) == pytest.approx(expected, rel=1e-4)


def test_binary_is_each_class_by_itself():
    rng = np.random.default_rng(2)
    labels, logits = rng.integers(0, 2, (6, K)), rng.normal(0, 3, (6, K)).astype(np.float32)
    logits[0, 0], labels[0, 0] = 200, 1  # no overflow
    shares = 1 / (1 + np.exp(-logits.astype(np.float64)))
    expected = log_loss(labels.ravel(), shares.ravel(), labels=(0, 1))
    loss = loss_of("binary", "patch", None)
    assert value(loss, labels.astype(np.uint8), logits) == pytest.approx(expected, rel=1e-4)


def test_nothing_labelled_is_no_loss():
    labels = np.full((1, 4, 4), 255, np.uint8)
    for kind in ("cross_entropy", "focal", "binary"):
        assert value(loss_of(kind, "pixel", None), labels, np.ones((1, 4, 4, K), "f4")) == 0


def test_accuracy_equals_scikit_learn(pixels):
    truth, shares = flat(*pixels)
    expected = accuracy_score(truth, shares.argmax(-1))
    assert value(right_share("pixel"), *pixels) == pytest.approx(expected, rel=1e-5)


def test_balanced_equals_scikit_learn():
    labels = np.repeat([0, 1, 2], [100, 10, 40])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert np.allclose(class_weights("balanced", [100, 10, 40], False, 0), expected)
    assert np.allclose(class_weights("median", [100, 10, 40, 0], False, 0), [0.4, 4, 1, 1])
    assert np.allclose(class_weights("balanced", [50, 10, 0], True, 100), [1, 9, 1])
    with pytest.raises(InvalidRequest, match="counts no labels"):
        class_weights("median", [0, 0], False, 0)
