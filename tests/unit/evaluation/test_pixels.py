# SPDX-License-Identifier: GPL-3.0-or-later
"""Every figure of a map equals scikit-learn's, however the pixels are cut into batches."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.evaluation.pixels import CALIBRATION_BINS, PixelTally, agreement
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve


def counted(probabilities, truth, batches=3):
    tally = PixelTally(len(probabilities))
    entropy = entropy_of(probabilities)
    for part in np.array_split(np.arange(len(truth)), batches):
        tally.add(probabilities[:, part], entropy[part], truth[part])
    return tally.figures()


def entropy_of(p):
    return -(p * np.log(np.maximum(p, 1e-30))).sum(axis=0) / np.log(len(p))


def made(pixels, classes, seed, weak=1.0):
    """(probabilities, truth): right more often than not."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, pixels).astype(np.uint8)
    scores = rng.normal(size=(classes, pixels))
    scores[truth, np.arange(pixels)] += weak
    e = np.exp(scores - scores.max(axis=0))
    return (e / e.sum(axis=0)).astype(np.float32), truth


@settings(max_examples=25)
@given(st.integers(2, 9), st.integers(20, 400), st.integers(0, 10**6), st.integers(1, 7))
def test_agreement_equals_scikit_learn(classes, pixels, seed, batches):
    probabilities, truth = made(pixels, classes, seed)
    truth[0] = classes - 1
    figures, guess = counted(probabilities, truth, batches), probabilities.argmax(axis=0)
    every = np.arange(classes)
    assert figures["confusion"] == metrics.confusion_matrix(truth, guess, labels=every).tolist()
    assert figures["accuracy"] == pytest.approx(metrics.accuracy_score(truth, guess))
    assert figures["kappa"] == pytest.approx(metrics.cohen_kappa_score(truth, guess))
    options = {"labels": every, "average": None, "zero_division": 0}
    expected = {
        "precision": metrics.precision_score(truth, guess, **options),
        "recall": metrics.recall_score(truth, guess, **options),
        "f1": metrics.f1_score(truth, guess, **options),
        "iou": metrics.jaccard_score(truth, guess, **options),
    }
    seen = np.union1d(truth, guess)
    for name, values in expected.items():
        got = [c[name] for c in figures["classes"]]
        assert [got[k] for k in seen] == pytest.approx(values[seen].tolist())
        assert all(got[k] is None for k in set(every) - set(seen))
    present = np.unique(truth)
    options["labels"], options["average"] = present, "macro"
    assert figures["miou"] == pytest.approx(metrics.jaccard_score(truth, guess, **options))
    assert figures["macro_f1"] == pytest.approx(metrics.f1_score(truth, guess, **options))


def test_calibration_equals_scikit_learn():
    probabilities, truth = made(5000, 4, 1, weak=2.0)
    probabilities[:, :3] = 0
    probabilities[1, :3] = 1  # a confidence of 1 has a bin
    calibration = counted(probabilities, truth)["calibration"]
    right, confidence = probabilities.argmax(axis=0) == truth, probabilities.max(axis=0)
    share, mean = calibration_curve(right, confidence.astype(float), n_bins=CALIBRATION_BINS)
    filled = [item for item in calibration["bins"] if item["pixels"]]
    assert [item["accuracy"] for item in filled] == pytest.approx(share.tolist())
    assert [item["confidence"] for item in filled] == pytest.approx(mean.tolist())
    bins = calibration["bins"]
    assert [item["from"] for item in bins[1:]] == [item["to"] for item in bins[:-1]]
    assert (bins[0]["from"], bins[-1]["to"]) == (0, 1)
    assert all(item["from"] < item["confidence"] <= item["to"] for item in filled)
    counts = np.array([item["pixels"] for item in filled])
    assert counts.sum() == 5000
    assert calibration["ece"] == pytest.approx((counts * abs(share - mean)).sum() / 5000)
    assert calibration["mce"] == pytest.approx(abs(share - mean).max())


def test_wrong_pixels_have_the_higher_entropy_and_all_are_counted():
    probabilities, truth = made(4000, 5, 2, weak=2.0)
    found = counted(probabilities, truth)["entropy"]
    right, entropy = probabilities.argmax(axis=0) == truth, entropy_of(probabilities)
    for name, where in (("right", right), ("wrong", ~right)):
        assert found[name]["pixels"] == where.sum() == sum(found[name]["histogram"])
        assert found[name]["mean"] == pytest.approx(entropy[where].mean())
        bins = len(found[name]["histogram"])
        expected = np.histogram(np.clip(entropy[where], 0, 1), bins, (0, 1))[0]
        assert np.abs(np.array(found[name]["histogram"]) - expected).sum() <= 4  # at edges
    assert found["wrong"]["mean"] > found["right"]["mean"]


def test_sure_and_fully_doubtful_pixels_are_in_the_first_and_the_last_bin():
    probabilities = np.array([[1, 0.5], [0, 0.5]], np.float32)
    tally = PixelTally(2)
    tally.add(probabilities, np.array([0.0, 1.0]), np.array([0, 0], np.uint8))
    found = tally.figures()["entropy"]["right"]["histogram"]
    assert (found[0], found[-1], sum(found)) == (1, 1, 2)


def test_one_class_and_no_pixel_have_no_kappa():
    one = agreement(np.array([[7, 0], [0, 0]]))
    assert (one["accuracy"], one["miou"], one["kappa"]) == (1.0, 1.0, None)
    assert one["classes"][1]["iou"] is None
    none = agreement(np.zeros((2, 2), np.int64))
    assert (none["accuracy"], none["miou"], none["kappa"]) == (None, None, None)
