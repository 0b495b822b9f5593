# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics and scaling, against NumPy in float64."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.datasets.encoding import Encoder, band_codes, decode, error_bound
from coverloom.engine.datasets.shards import plan_shards
from coverloom.engine.datasets.statistics import Moments, merge_all
from hypothesis import given
from hypothesis import strategies as st

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.floats(-100, 5000), st.floats(0.5, 2000), st.integers(1, 5))
def test_moments_of_any_grouping_are_numpys(seed, centre, spread, groups):
    rng = np.random.default_rng(seed)
    parts = [rng.normal(centre, spread, (2, 9, 11)).astype(np.float32) for _ in range(groups)]
    whole = np.concatenate([p.reshape(2, -1) for p in parts], axis=1).astype(np.float64)
    merged = merge_all([Moments.of(p).to_list() for p in parts], 2)
    assert merged.count.tolist() == [whole.shape[1]] * 2
    scale = np.abs(whole).max()
    assert merged.mean == pytest.approx(whole.mean(axis=1), abs=1e-5 * scale)
    assert merged.std == pytest.approx(whole.std(axis=1), abs=2e-3 * scale)
    assert merged.minimum.tolist() == whole.min(axis=1).tolist()
    assert merged.maximum.tolist() == whole.max(axis=1).tolist()


@given(seeds)
def test_pixels_that_are_no_number_do_not_count(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1, (2, 8, 8)).astype(np.float32)
    values[0][rng.random((8, 8)) < 0.3] = np.nan
    values[1] = np.nan
    found = Moments.of(values)
    known = values[0][np.isfinite(values[0])].astype(np.float64)
    assert found.count.tolist() == [len(known), 0]
    assert found.mean[0] == pytest.approx(known.mean())
    assert found.std[0] == pytest.approx(known.std())
    assert (found.minimum[0], found.maximum[0]) == (known.min(), known.max())
    again = Moments.from_list(found.to_list())
    assert (again.minimum[1], again.maximum[1]) == (np.inf, -np.inf)


def encoded(band, scaling, dtype, values, statistics=(0.0, 1.0)):
    """What is stored for a row of pixels, and what it is read back as."""
    bands = band_codes([band], scaling, dtype, {band: statistics})
    planar = np.array([[values]], np.float32)
    stored, limits = Encoder(bands, dtype, scaling).encode(planar)
    return stored[0, :, 0].tolist(), decode(stored, bands, scaling, limits)[0, :, 0].tolist()


def test_reflectances_are_digital_numbers_over_ten_thousand():
    numbers = [0, 5000, 10000, 12000]
    stored, back = encoded("B02", "reflectance", "float32", numbers)
    assert stored == pytest.approx([0, 0.5, 1, 1.2])
    assert back == pytest.approx(numbers)
    assert encoded("B02", "reflectance", "uint16", numbers)[0] == numbers
    assert encoded("VV", "reflectance", "float32", [-12.5])[0] == [-12.5]


def test_limits_of_a_patch_are_0_and_1_or_the_ends_of_whole_numbers():
    assert encoded("B02", "minmax", "float32", [100, 150, 200])[0] == [0, 0.5, 1]
    assert encoded("B02", "minmax", "uint16", [100, 120, 200])[0] == [0, 13107, 65535]
    assert encoded("B02", "minmax", "float32", [7, 7]) == ([0, 0], [7, 7])


def test_what_whole_numbers_can_hold():
    """Radar from -50 to 15.535 dB in steps of 0.001, z-scores from -16 to nearly 48 in 1/1024."""
    stored, back = encoded("VV", "none", "uint16", [-60, -50, -12.3454, 15.535, 20])
    assert stored == [0, 0, 37655, 65535, 65535]
    assert back == pytest.approx([-50, -50, -12.345, 15.535, 15.535], abs=1e-5)
    stored, back = encoded(
        "B02", "zscore", "uint16", [100 - 170, 100 - 160, 100, 110, 999], (100, 10)
    )
    assert stored == [0, 0, 16 * 1024, 17 * 1024, 65535]
    assert back == pytest.approx([-60, -60, 100, 110, 100 + 10 * (48 - 1 / 1024)], abs=1e-4)


@given(
    seeds,
    st.sampled_from(["none", "zscore", "minmax", "reflectance"]),
    st.sampled_from(["float32", "float16", "uint16"]),
)
def test_decoding_inverts_encoding_within_the_bound(seed, scaling, dtype):
    rng = np.random.default_rng(seed)
    planar = np.stack(
        [rng.integers(0, 10000, (6, 7)), rng.integers(0, 3000, (6, 7))]
    ).astype(np.float32)  # fmt: skip
    bands = band_codes(
        ["B02", "B03"], scaling, dtype, {"B02": (900.0, 800.0), "B03": (500.0, 400.0)}
    )
    stored, limits = Encoder(bands, dtype, scaling).encode(planar.copy())
    back = decode(stored, bands, scaling, limits)
    for channel, band in enumerate(bands):
        largest = float(planar[channel].max())
        bound = error_bound(band, dtype, scaling, limits, largest)
        assert np.abs(back[..., channel] - planar[channel]).max() <= bound


@given(
    st.lists(st.sampled_from(["train", "validation", "test", ""]), max_size=60),
    st.integers(1, 9),
    seeds,
)
def test_every_patch_goes_into_one_shard_of_its_split(splits, size, seed):
    plans = plan_shards(splits, size, np.random.default_rng(seed))
    rows = [row for plan in plans for row in plan.rows]
    assert sorted(rows) == [i for i, split in enumerate(splits) if split]
    assert all(splits[row] == plan.split for plan in plans for row in plan.rows)
    assert all(1 <= len(plan.rows) <= size for plan in plans)
    assert len({plan.name for plan in plans}) == len(plans)
    for plan in plans:
        assert plan.name.startswith(f"{plan.split}-")
        assert int(plan.name[-5:]) == sum(other.split == plan.split for other in plans)
