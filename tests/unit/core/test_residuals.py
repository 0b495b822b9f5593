# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores of numbers, against scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from coverloom.engine.core.dataset_card import DatasetTarget
from coverloom.engine.core.residuals import SIDE, Residuals, plot_range
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

NUMBERS = st.floats(-500, 500, width=32)


def counted(truth, said, parts=1):
    total = Residuals(0, 300)
    for one, other in zip(np.array_split(truth, parts), np.array_split(said, parts)):
        total.add(one, other)
    return total


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=40), st.integers(1, 5))
def test_figures_equal_scikit_learn(pairs, parts):
    truth, said = np.array(pairs, np.float32).T
    ours = counted(truth, said, parts).figures()
    truth, said = truth.astype("f8"), said.astype("f8")
    near = {"rel": 1e-9, "abs": 1e-9}
    assert ours["rmse"] == pytest.approx(root_mean_squared_error(truth, said), **near)
    assert ours["mae"] == pytest.approx(mean_absolute_error(truth, said), **near)
    assert ours["bias"] == pytest.approx((said - truth).mean(), **near)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns that one value has no R2
        expected = r2_score(truth, said)
    if np.ptp(truth) > 1e-3 or np.ptp(truth) == 0:  # between, it is all rounding
        assert ours["r2"] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_a_large_offset_does_not_spoil_r2():
    """Sums of squares about 0 would: 1e8 has no digits left for a deviation of 1."""
    rng = np.random.default_rng(0)
    truth = 1e8 + rng.normal(0, 1, 5000)
    said = truth + rng.normal(0, 0.5, 5000)
    ours = counted(truth, said, 7).figures()["r2"]
    assert ours == pytest.approx(r2_score(truth, said), abs=1e-6)


def test_what_was_not_observed_is_left_out():
    truth = np.array([[np.nan, 10.0], [20.0, np.nan]])
    total = Residuals(0, 100)
    total.add(truth, np.array([[99.0, 11.0], [18.0, np.nan]]))
    assert total.count == 2
    assert total.figures() == pytest.approx(
        {"rmse": np.sqrt(2.5), "mae": 1.5, "bias": -0.5, "r2": 1 - 5 / 50}
    )
    empty = Residuals(0, 100)
    empty.add(np.full(3, np.nan), np.zeros(3))
    assert empty.count == 0 and all(np.isnan(v) for v in empty.figures().values())


def test_the_plot_counts_every_pair_once():
    total = Residuals(0, 40)
    total.add(np.array([0.5, 39.5, 500.0, 7.0]), np.array([0.5, -20.0, 39.0, 90.0]))
    plot = np.array(total.plot()["pairs"])
    expected = np.zeros((SIDE, SIDE), int)
    for predicted, observed in ((0, 0), (0, 39), (39, 39), (39, 7)):
        expected[predicted, observed] += 1
    assert (plot == expected).all()


def test_the_plot_s_range_is_the_target_s():
    known = DatasetTarget("AGBD", "Mg/ha", -9999.0, 80.0, 20.0, 3.0, 240.0)
    assert plot_range(known) == (0.0, 240.0)
    uneven = DatasetTarget("AGBD", "Mg/ha", -9999.0, 80.0, 20.0, 3.0, 159.97)
    assert plot_range(uneven) == (0.0, 160.0)
    below = DatasetTarget("Change", "m", -9999.0, 0.0, 1.0, -0.31, 0.77)
    assert plot_range(below) == pytest.approx((-0.4, 0.8))
    low, high = plot_range(DatasetTarget("Height", "m", -1.0, 10.0, 2.0))
    assert low <= 2.0 and high >= 18.0 and high - low <= 32.0
