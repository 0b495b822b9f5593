# SPDX-License-Identifier: GPL-3.0-or-later
"""The compiled passes of the export equal the plain arithmetic that they stand for."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import crc32c
import numpy as np
import pytest
from coverloom.engine.datasets.checksum import joined
from coverloom.engine.datasets.encoding import Encoder, band_codes
from coverloom.engine.datasets.interleaving import add_counts
from coverloom.engine.datasets.statistics import Moments
from coverloom.engine.patches.resample import resample_all
from hypothesis import given
from hypothesis import strategies as st


@given(st.binary(max_size=300), st.binary(max_size=3000))
def test_joined_checksums(first, second):
    both = joined(crc32c.crc32c(first), crc32c.crc32c(second), len(second))
    assert both == crc32c.crc32c(first + second)


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 60]), st.sampled_from([9, 65536]))
def test_doubling_rounds_the_exact_sum(seed, size, top):
    rng = np.random.default_rng(seed)
    band = rng.integers(0, top, (size, size)).astype(np.uint16)
    out = np.zeros((1, 2 * size, 2 * size), np.uint16)
    resample_all([band], out, "bilinear")
    places = rng.integers(0, 2 * size, (20, 2))
    for row, col in [(0, 0), (2 * size - 1, 2 * size - 1), *places.tolist()]:
        total = Fraction(0)
        for y, wy in _shares(row, size):
            for x, wx in _shares(col, size):
                total += wy * wx * int(band[y, x])
        assert out[0, row, col] == int(total + Fraction(1, 2))


def _shares(place, size):
    """(source pixel, weight) along one axis: linear between centres, the border's held."""
    near = place // 2
    far = min(size - 1, max(0, near + (1 if place % 2 else -1)))
    return (near, Fraction(3, 4)), (far, Fraction(1, 4))


@pytest.mark.parametrize("scaling", ["none", "zscore", "reflectance"])
@pytest.mark.parametrize("dtype", ["float32", "uint16", "uint8"])
@pytest.mark.parametrize("kind", ["uint16", "float32"])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 8, 12, 13])
def test_interleaving_is_numpy_s_arithmetic(scaling, dtype, kind, count):
    rng = np.random.default_rng(5)
    planar = rng.integers(0, 65536, (count, 7, 11)).astype(kind)
    if kind == "float32":
        planar += rng.normal(0, 1, planar.shape).astype(np.float32)
        planar[0, 0, 0], planar[-1, 2, 3] = np.nan, -70.0
    names = ["B02", "B03", *(f"B{i}" for i in range(20, 40))][:count]
    bands = [
        dataclasses.replace(band, array="s2_data")
        for band in band_codes(names, scaling, dtype, {"B02": (900.5, 333.0), "B22": (7.0, 3.0)})
    ]
    expected = planar.astype(np.float32)
    for c, band in enumerate(bands):
        expected[c] = (expected[c] - np.float32(band.offset)) * np.float32(1 / band.scale)
    if dtype != "float32":
        expected = np.nan_to_num(np.clip(np.rint(expected), 0, np.iinfo(dtype).max))
    stored, _ = Encoder(tuple(bands), dtype, scaling).encode(planar.copy())
    assert stored.dtype == dtype
    assert np.array_equal(stored, expected.astype(dtype).transpose(1, 2, 0), equal_nan=True)


def test_statistics_of_whole_numbers_are_exact():
    planar = np.random.default_rng(6).integers(0, 65536, (4, 120, 120)).astype(np.uint16)
    planar[3] = 65535
    found = Moments.of(planar)
    wide = planar.astype(np.float64).reshape(4, -1)
    assert np.array_equal(found.mean, wide.mean(axis=1))
    assert np.allclose(found.squares, ((wide - wide.mean(axis=1)[:, None]) ** 2).sum(axis=1))
    assert found.minimum.tolist() == wide.min(axis=1).tolist()
    assert found.maximum.tolist() == wide.max(axis=1).tolist()
    assert found.count.tolist() == [14400.0] * 4


def test_statistics_of_real_numbers_are_those_of_float64():
    planar = np.random.default_rng(8).normal(0, 9, (3, 50, 60)).astype(np.float32)
    planar[1], planar[2] = -abs(planar[1]), 0.0
    found, wide = Moments.of(planar), planar.astype(np.float64).reshape(3, -1)
    assert np.allclose(found.mean, wide.mean(axis=1), rtol=1e-12)
    assert np.allclose(found.std, wide.std(axis=1), rtol=1e-9)
    assert found.minimum.tolist() == wide.min(axis=1).tolist()
    assert found.maximum.tolist() == wide.max(axis=1).tolist()
    planar[0, 0, :2] = np.nan, np.inf
    assert Moments.of(planar).count.tolist() == [2998.0, 3000.0, 3000.0]


@given(st.integers(0, 2**32 - 1), st.integers(0, 3000), st.sampled_from([1, 20, 256]))
def test_classes_are_counted_on_top(seed, size, top):
    labels = np.random.default_rng(seed).integers(0, top, size).astype(np.uint8)
    counts = np.arange(256)
    add_counts(labels, counts)
    assert np.array_equal(counts - np.arange(256), np.bincount(labels, minlength=256))
