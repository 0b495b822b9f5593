# SPDX-License-Identifier: GPL-3.0-or-later
"""Every figure of a scene classifier equals scikit-learn's, ties and empty patches included."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from coverloom.engine.evaluation.scenes import SceneTally, average_precision
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics


def made(patches, classes, seed, steps):
    """Scores on a grid of ``steps`` values, so that many are equal, and a truth they resemble."""
    rng = np.random.default_rng(seed)
    truth = rng.random((patches, classes)) < 0.35
    scores = np.clip(rng.random((patches, classes)) * 0.7 + 0.3 * truth, 0, 1)
    truth[0] = False  # a patch that shows nothing
    truth[1] = True
    return (np.rint(scores * steps) / steps).astype(np.float32), truth


def figures_of(scores, truth):
    tally = SceneTally()
    for part in np.array_split(np.arange(len(truth)), 3):
        tally.add(scores[part], truth[part].astype(np.uint8))
    return tally.figures()


@settings(max_examples=20)
@given(st.integers(3, 60), st.integers(2, 19), st.integers(0, 10**6), st.sampled_from([4, 1000]))
def test_all_figures_equal_scikit_learn(patches, classes, seed, steps):
    scores, truth = made(patches, classes, seed, steps)
    figures = figures_of(scores, truth)
    guess, wide = scores >= 0.5, scores.astype(np.float64)
    expected = {
        "ap_macro": metrics.average_precision_score(truth, wide, average="macro"),
        "ap_micro": metrics.average_precision_score(truth, wide, average="micro"),
        "hamming_loss": metrics.hamming_loss(truth, guess),
        "subset_accuracy": metrics.accuracy_score(truth, guess),
        "coverage": metrics.coverage_error(truth, wide),
        "ranking_loss": metrics.label_ranking_loss(truth, wide),
        "lrap": metrics.label_ranking_average_precision_score(truth, wide),
    }
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value), name
    for average in ("samples", "micro", "macro"):
        options = {"average": average, "zero_division": 0}
        got = figures[average]
        assert got["precision"] == pytest.approx(metrics.precision_score(truth, guess, **options))
        assert got["recall"] == pytest.approx(metrics.recall_score(truth, guess, **options))
        for name, beta in (("f0_5", 0.5), ("f1", 1), ("f2", 2)):
            wanted = metrics.fbeta_score(truth, guess, beta=beta, **options)
            assert got[name] == pytest.approx(wanted), (average, name)
    top = scores.argmax(axis=1)
    assert figures["one_error"] == pytest.approx(np.mean([not t[i] for t, i in zip(truth, top)]))
    for k, item in enumerate(figures["classes"]):
        value = metrics.average_precision_score(truth[:, k], wide[:, k])
        assert item["ap"] == pytest.approx(value)
        assert item["patches"] == truth[:, k].sum()


def test_a_class_that_no_patch_shows_does_not_lower_the_mean():
    scores, truth = made(40, 6, 0, 1000)
    truth[:, 2] = False
    figures = figures_of(scores, truth)
    rest = [0, 1, 3, 4, 5]
    wanted = metrics.average_precision_score(truth[:, rest], scores[:, rest], average="macro")
    assert figures["ap_macro"] == pytest.approx(wanted)
    assert figures["classes"][2]["ap"] is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        micro = metrics.average_precision_score(truth, scores, average="micro")
    assert figures["ap_micro"] == pytest.approx(micro)
    assert average_precision(np.array([0.1, 0.2]), np.array([False, False])) == 0.0
