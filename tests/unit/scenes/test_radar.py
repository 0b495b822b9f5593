# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-1 on the Sentinel-2 grid, against rasterio's own warp and NumPy's decibels."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.core.band import Band
from coverloom.engine.core.window import Window
from coverloom.engine.scenes.products import open_sentinel2
from coverloom.engine.scenes.sentinel2 import Options
from coverloom.tests.data.make_models import card_for
from coverloom.tests.data.make_rasters import write_raster
from coverloom.tests.data.make_safe import CORNER, make_safe
from rasterio import Affine
from rasterio.warp import Resampling, reproject

SIZE = 96


def card(unit="dB"):
    bands = (Band("VV", unit=unit), Band("VH", unit=unit), Band("B02"))
    return dataclasses.replace(card_for(), bands=bands, resolution=10.0)


def grid(metres=10.0, east=0.0, south=0.0):
    return Affine(metres, 0, CORNER[0] + east, 0, -metres, CORNER[1] - south)


def radar(path, pixels, transform=None, names=("VV", "VH"), crs="EPSG:32633", **profile):
    return write_raster(path, pixels.astype("float32"), transform or grid(), crs, names, **profile)


def decibels(shape=(2, SIZE, SIZE), seed=0):
    return np.random.default_rng(seed).uniform(-25, -3, shape).astype("float32")


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    return make_safe(tmp_path_factory.mktemp("safe"), ("B02",))


def read(safe, s1, wanted=None, window=None, **options):
    said = []
    chosen = Options(s1=str(s1), **options)
    with open_sentinel2(str(safe[0]), wanted or card(), chosen, said.append) as scene:
        pixels, mask = scene.read(window or scene.grid.window)
    return pixels, mask, [event.text for event in said]


def test_bands_come_in_the_models_order_not_last(tmp_path, safe):
    """mapping.md, fault 2: S1 came last instead of first, as if its mean were 0."""
    stored = decibels()
    pixels, _, said = read(safe, radar(tmp_path / "s1.tif", stored))
    np.testing.assert_array_equal(pixels[:2], stored)
    measured = safe[1]["B02"] > 0
    assert (pixels[2][measured] == np.maximum(safe[1]["B02"][measured].astype(int) - 1000, 1)).all()
    assert np.isnan(pixels[2][~measured]).all()
    assert any("looks like dB" in text for text in said)


@pytest.mark.parametrize(("metres", "east", "crs"), [(20.0, 0, 33), (10.0, -333.0, 33),
                                                     (10.0, 0, 32)])  # fmt: skip
def test_another_grid_is_warped_to_where_it_lies(tmp_path, safe, metres, east, crs):
    """mapping.md, fault 2: the window was read in S1 pixels before reprojection."""
    stored = decibels((2, 220, 220), seed=1)
    transform = grid(metres, east - 300, -400)
    if crs == 32:
        shifted = rasterio.warp.transform("EPSG:32633", "EPSG:32632", [CORNER[0]], [CORNER[1]])
        transform = Affine(10, 0, shifted[0][0] - 400, 0, -10, shifted[1][0] + 700)
    path = radar(tmp_path / "s1.tif", stored, transform, crs=f"EPSG:326{crs}", nodata=-99)
    expected = np.full((2, SIZE, SIZE), -99, "float32")
    reproject(stored, expected, src_transform=transform, src_crs=f"EPSG:326{crs}", src_nodata=-99,
              dst_transform=grid(), dst_crs="EPSG:32633", dst_nodata=-99,
              resampling=Resampling.bilinear)  # fmt: skip
    pixels, _, _ = read(safe, path)
    tolerance = 1e-4 if crs == 33 else 3.0  # another CRS: GDAL's 1/8 px, of noise
    np.testing.assert_allclose(pixels[:2], expected, atol=tolerance)
    part, _, _ = read(safe, path, window=Window(37, 50, 40, 20))
    np.testing.assert_array_equal(part[:2], pixels[:2, 50:70, 37:77])


def test_linear_power_becomes_decibels(tmp_path, safe):
    stored = decibels()
    linear = 10 ** (stored / 10)
    linear[:, 3, 4] = 0
    pixels, _, said = read(safe, radar(tmp_path / "s1.tif", linear))
    expected = stored.copy()
    expected[:, 3, 4] = np.nan
    np.testing.assert_allclose(pixels[:2], expected, atol=1e-4)
    assert any("looks like linear power" in text for text in said)


def test_decibels_become_linear_power_for_a_model_of_it(tmp_path, safe):
    stored = decibels()
    pixels, _, _ = read(safe, radar(tmp_path / "s1.tif", stored), card("linear power"))
    np.testing.assert_allclose(pixels[:2], 10 ** (stored / 10), rtol=1e-5)


def test_what_the_user_says_of_the_unit_counts(tmp_path, safe):
    stored = np.abs(decibels())  # dB above 0, as over a city
    pixels, _, _ = read(safe, radar(tmp_path / "s1.tif", stored), s1_unit="db")
    np.testing.assert_array_equal(pixels[:2], stored)


@pytest.mark.parametrize("names", [
    ("S1A_IW_GRDH_1SDV_20170613T165043_33UUP_26_57_VV.tif",
     "S1A_IW_GRDH_1SDV_20170613T165043_33UUP_26_57_VH.tif"),
    ("vh.tif", "vv.tif"),
])  # fmt: skip
def test_folders(tmp_path, safe, names):
    stored = decibels()
    for name in names:
        which = 0 if "vv" in name.lower() else 1
        radar(tmp_path / name, stored[which : which + 1], names=None)
    np.testing.assert_array_equal(read(safe, tmp_path)[0][:2], stored)


def test_a_part_is_not_measured_and_said(tmp_path, safe):
    """S1 that covers half of the tile: nothing is invented for the rest."""
    path = radar(tmp_path / "s1.tif", decibels((2, SIZE, 48)))
    _, mask, said = read(safe, path)
    np.testing.assert_array_equal(mask, np.arange(SIZE)[None].repeat(SIZE, 0) < 48)
    assert any("covers about" in text and "left out" in text for text in said)


class TestBadInput:
    def test_elsewhere(self, tmp_path, safe):
        path = radar(tmp_path / "s1.tif", decibels(), grid(east=5000))
        with pytest.raises(errors.EmptyIntersection, match=r"s1.tif does not overlap"):
            read(safe, path)

    def test_no_names(self, tmp_path, safe):
        path = radar(tmp_path / "s1.tif", decibels(), names=None)
        with pytest.raises(errors.MissingBand, match="named VV or VH"):
            read(safe, path)

    def test_empty_folder(self, tmp_path, safe):
        with pytest.raises(errors.MissingInput, match="VV or VH in its name"):
            read(safe, tmp_path)

    def test_missing(self, tmp_path, safe):
        with pytest.raises(errors.MissingInput):
            read(safe, tmp_path / "none.tif")

    def test_uncalibrated(self, tmp_path, safe):
        path = write_raster(tmp_path / "s1.tif", np.ones((2, SIZE, SIZE), "uint16"), grid(),
                            names=("VV", "VH"))  # fmt: skip
        with pytest.raises(errors.InvalidRequest, match=r"whole numbers.*S1_UNIT"):
            read(safe, path)

    def test_only_vv(self, tmp_path, safe):
        path = radar(tmp_path / "vv.tif", decibels((1, SIZE, SIZE)), names=("VV",))
        with pytest.raises(errors.MissingBand, match="lacks band VH"):
            read(safe, path)

    def test_no_place(self, tmp_path, safe):
        path = radar(tmp_path / "s1.tif", decibels(), crs=None)
        with pytest.raises(errors.MissingCRS):
            read(safe, path)
