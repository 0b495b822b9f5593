# SPDX-License-Identifier: GPL-3.0-or-later
"""Resampling: against GDAL's, and the old zero padding."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.patches.resample import METHODS, resample
from rasterio.enums import Resampling


@pytest.mark.parametrize("method", METHODS)
def test_real_bands_equal_gdal_within_one_count(real_data, v1_real, method):
    files = [*(real_data / "bigearthnet_v2").rglob("*_B??.tif"), *v1_real.rglob("*_B0[15].tif")]
    small = 0
    for path in files:
        with rasterio.open(path) as source:
            if source.width == 120:
                continue
            small += 1
            expected = source.read(1, out_shape=(120, 120), resampling=Resampling[method])
            found = resample(source.read(1), 120, method, source.nodata)
        assert found.dtype == np.uint16
        assert np.abs(found.astype(int) - expected.astype(int)).max() <= 1
    assert small == 8 + 12


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("side", [20, 60])
def test_zero_padding_of_small_bands(method, side):
    """An old pipeline put small bands into the upper left corner, zeros around them."""
    band = np.full((side, side), 1234, np.uint16)
    assert (resample(band, 120, method) == 1234).all()
    ramp = np.tile(np.arange(side, dtype=np.float32), (side, 1))
    centre = resample(ramp, 120, method)[60, 60]
    assert abs(centre - (side - 1) / 2) < 1  # what was in the middle still is


@pytest.mark.parametrize("method", METHODS)
def test_float_values_keep_their_type_and_range(method):
    band = np.random.default_rng(0).normal(-15, 4, (60, 60)).astype(np.float32)
    found = resample(band, 120, method)
    assert found.dtype == np.float32
    if method != "cubic":
        assert band.min() - 1e-4 <= found.min() <= found.max() <= band.max() + 1e-4


def test_cubic_overshoot_stays_in_range():
    band = np.zeros((20, 20), np.uint16)
    band[10:, :] = 65535
    found = resample(band, 120, "cubic")
    assert found[:30].max() == 0
    assert found[-30:].min() == 65535


@pytest.mark.parametrize("method", METHODS)
def test_nodata_takes_no_part(method):
    band = np.full((20, 20), 500, np.uint16)
    band[5:8, 5:8] = 0
    found = resample(band, 120, method, nodata=0)
    hole = np.zeros((120, 120), bool)
    hole[30:48, 30:48] = True
    assert (found[hole] == 0).all()
    assert (found[~hole] == 500).all()


def test_a_band_of_that_size_is_left_alone():
    band = np.ones((120, 120), np.uint16)
    assert resample(band, 120) is band


@pytest.mark.parametrize(("side", "method"), [(60, "lanczos"), (240, "bilinear")])
def test_what_cannot_be_done(side, method):
    with pytest.raises(InvalidRequest, match="cannot be resampled"):
        resample(np.ones((side, side), np.uint16), 120, method)
