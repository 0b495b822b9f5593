# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics at their ends: bands of one value, of none, and with few numbers, against NumPy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from coverloom.engine.datasets.statistics import Moments, merge_all
from hypothesis import given
from hypothesis import strategies as st

pytestmark = pytest.mark.filterwarnings("error")


@given(st.floats(-5000, 5000, width=32), st.integers(1, 40), st.integers(1, 40))
def test_a_band_of_one_value_has_no_deviation(value, height, width):
    found = Moments.of(np.full((1, height, width), value, np.float32))
    assert found.std[0] == pytest.approx(0, abs=1e-3)
    assert found.mean[0] == pytest.approx(value, rel=1e-12)
    assert (found.minimum[0], found.maximum[0]) == (value, value)


@pytest.mark.parametrize("value", [4097.0, 0.1, -12345.678])
def test_so_it_is_in_float64_and_never_below_0(value):
    """Squared as float32, 4097 would deviate by 1; below 0 it would have no root."""
    for size in range(1, 200):
        found = Moments.of(np.full((1, 1, size), value, np.float32))
        assert 0 <= found.squares[0] < 1e-6 * size
        assert found.std[0] >= 0


def test_bands_without_a_number_have_ends_that_any_number_moves():
    values = np.full((3, 4, 5), np.nan, np.float32)
    values[1, 2, 2], values[1, 3, 3] = -7.0, np.inf
    values[2] = np.arange(20).reshape(4, 5) - 40
    values[2, 0, 0] = np.nan
    found = Moments.of(values)
    assert found.count.tolist() == [0, 1, 19]
    assert found.mean.tolist() == [0, -7, pytest.approx(np.nanmean(values[2]))]
    assert found.std.tolist() == [0, 0, pytest.approx(np.nanstd(values[2].astype(float)))]
    assert found.minimum.tolist() == [np.inf, -7, -39]
    assert found.maximum.tolist() == [-np.inf, -7, -21]
    again = Moments.from_list(found.to_list())
    assert np.array_equal(again.table, found.table)


def test_none_and_something_is_something():
    values = np.random.default_rng(1).normal(5, 2, (2, 6, 6)).astype(np.float32)
    values[1] = -abs(values[1])
    some, nothing = Moments.of(values), Moments.none(2)
    for both in (nothing.merge(some), some.merge(nothing)):
        assert np.allclose(both.table, some.table, rtol=1e-15)
    empty = nothing.merge(Moments.none(2))
    assert (empty.count.tolist(), empty.mean.tolist(), empty.std.tolist()) == ([0, 0],) * 3
    assert merge_all([], 2).std.tolist() == [0, 0]


def test_bands_stand_side_by_side_in_their_order():
    rng = np.random.default_rng(2)
    one, two = rng.normal(0, 1, (2, 3, 3)).astype("f4"), rng.integers(1, 9, (3, 3, 3)).astype("u2")
    both = Moments.side_by_side([Moments.of(one), Moments.of(two)])
    flat = np.concatenate([one.astype(float), two.astype(float)]).reshape(5, -1)
    assert both.mean == pytest.approx(flat.mean(axis=1))
    assert both.std == pytest.approx(flat.std(axis=1))
    assert both.minimum.tolist() == flat.min(axis=1).tolist()


@pytest.mark.parametrize("kind", [np.float32, np.uint16])
def test_complete_is_every_pixel_measured_and_not_all_0(kind):
    values = np.ones((2, 3, 4), kind)
    assert Moments.of(values).complete(12)
    assert not Moments.of(values).complete(13)
    values[1] = 0
    assert not Moments.of(values).complete(12)
    if kind is np.float32:
        values[1] = 1
        values[0, 0, 0] = np.nan
        assert not Moments.of(values).complete(12)


def test_what_was_not_seen_is_plain_json():
    text = json.dumps(Moments.none(2).to_list(), allow_nan=False)
    assert np.array_equal(Moments.from_list(json.loads(text)).table, Moments.none(2).table)


@pytest.mark.parametrize("kind", [np.float64, np.int16, np.uint8, np.float16])
def test_numbers_of_any_kind_and_order_of_memory_are_measured(kind):
    values = np.random.default_rng(3).integers(0, 200, (7, 5, 3)).astype(kind).transpose(2, 0, 1)
    found, flat = Moments.of(values), values.reshape(3, -1).astype(np.float64)
    assert found.mean == pytest.approx(flat.mean(axis=1))
    assert found.std == pytest.approx(flat.std(axis=1))
    assert found.maximum.tolist() == flat.max(axis=1).tolist()
