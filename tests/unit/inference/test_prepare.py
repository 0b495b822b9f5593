"""Normalisation against NumPy, to the bit, for every type a raster can have."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.core.band import Band
from coverloom.engine.inference.prepare import Normaliser

DTYPES = [
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "uint64",
    "int64",
    "float32",
    "float64",
]
BANDS = (
    Band("B02", mean=438.4, std=607.0),
    Band("VV", scale=0.5, offset=-3.0, mean=-12.6, std=5.1),
)


def pixels(dtype, seed=0):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return (rng.standard_normal((2, 9, 11)) * 100).astype(dtype)
    low, high = max(-100, np.iinfo(dtype).min), min(3000, np.iinfo(dtype).max)
    return rng.integers(low, high, (2, 9, 11)).astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_equals_numpy(dtype):
    stored = pixels(dtype)
    stored[0, 2, 3] = stored[1, 5, 5] = 7
    network_input, valid = Normaliser.of(BANDS, (7.0, 7.0), stored.dtype)(stored, None, (9, 11))
    expected_valid = ~(stored == 7).any(axis=0)
    np.testing.assert_array_equal(valid, expected_valid)
    for band, got, raw in zip(BANDS, network_input, stored):
        a, b = np.float32(band.factor), np.float32(band.shift)
        expected = np.where(expected_valid, raw.astype(np.float32) * a + b, np.float32(0))
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nan_and_infinity_are_nodata(dtype):
    stored = pixels(dtype)
    stored[0, 0, 0], stored[1, 1, 1], stored[1, 2, 2] = np.nan, np.inf, -np.inf
    network_input, valid = Normaliser.of(BANDS, (None, np.nan), stored.dtype)(stored, None, (9, 11))
    assert sorted(zip(*np.nonzero(valid == 0))) == [(0, 0), (1, 1), (2, 2)]
    assert np.isfinite(network_input).all()


def test_mask_and_padding():
    stored, mask = pixels("uint16"), np.ones((9, 11), bool)
    mask[4] = False
    network_input, valid = Normaliser.of(BANDS, (None, None), stored.dtype)(stored, mask, (16, 16))
    np.testing.assert_array_equal(valid, mask)
    assert network_input.shape == (2, 16, 16)
    assert not network_input[:, 9:].any() and not network_input[:, :, 11:].any()
    assert not network_input[:, 4].any()


@pytest.mark.parametrize("nodata", [-9999.0, 70000.0, 0.5])
def test_nodata_that_no_pixel_can_hold_is_no_nodata(nodata):
    stored = pixels("uint16")
    _, valid = Normaliser.of(BANDS, (nodata, nodata), stored.dtype)(stored, None, (9, 11))
    assert valid.all()


def test_the_card_speaks_where_the_scene_is_silent():
    stored = np.zeros((2, 2, 2), np.uint16)
    bands = (Band("B02", nodata=0.0), Band("B03"))
    assert not Normaliser.of(bands, (None, None), stored.dtype)(stored, None, (2, 2))[1].any()
    assert Normaliser.of(bands, (9.0, None), stored.dtype)(stored, None, (2, 2))[1].all()
