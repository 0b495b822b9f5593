# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands of another grid against GDAL's own warp."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from coverloom.engine.core.window import Window
from coverloom.tests.data.make_rasters import UTM, numbers, utm_grid, write_raster
from rasterio.enums import Resampling
from rasterio.warp import calculate_default_transform, reproject, transform_bounds

from .raster_scenes import opened, texts


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
def test_coarser_bands_are_warped_as_gdal_warps_them(tmp_path, resampling):
    fine, coarse = numbers((1, 60, 80)), numbers((2, 30, 40), seed=1)
    paths = [
        write_raster(tmp_path / "coarse.tif", coarse, utm_grid(20), names=["B11", "B12"]),
        write_raster(tmp_path / "fine.tif", fine, names=["B02"]),
    ]
    with opened(paths, ("B12", "B02"), resampling=resampling) as scene:
        pixels, valid = scene.read(scene.grid.window)
        part, _ = scene.read(Window(13, 7, 31, 22))
    assert (scene.grid.width, scene.grid.height) == (80, 60)
    np.testing.assert_array_equal(pixels[1], fine[0])
    expected = np.zeros((60, 80), "uint16")
    reproject(coarse[1], expected, src_transform=utm_grid(20), src_crs=UTM,
              dst_transform=utm_grid(), dst_crs=UTM, resampling=Resampling[resampling])  # fmt: skip
    np.testing.assert_array_equal(pixels[0], expected)
    np.testing.assert_array_equal(part, pixels[:, 7:29, 13:44])
    assert valid is None


def test_only_the_overlap_of_a_shifted_band_is_valid(tmp_path):
    here, there = numbers((1, 20, 30), "float32"), numbers((1, 20, 30), "float32", seed=1)
    paths = [
        write_raster(tmp_path / "B02.tif", here),
        write_raster(tmp_path / "B03.tif", there, utm_grid(10, col=4, row=-3)),
    ]
    with opened(paths, ("B02", "B03")) as scene:
        pixels, valid = scene.read(scene.grid.window)
    expected = np.zeros((20, 30), bool)
    expected[:17, 4:] = True
    np.testing.assert_array_equal(valid, expected)
    np.testing.assert_array_equal(pixels[1, :17, 4:], there[0, 3:, :26])


@pytest.mark.parametrize("bands_in_file", [1, 2])
@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_nodata_of_a_warped_band_is_that_of_the_nearest_pixel(tmp_path, bands_in_file, dtype):
    coarse = np.abs(numbers((2, 15, 20), dtype, low=100)) + 1
    coarse[0, 3:6, 4:9] = 0
    coarse[1, 10, 10] = 0
    names = ["B11", "B12"][:bands_in_file]
    paths = [
        write_raster(tmp_path / "fine.tif", numbers((1, 30, 40), dtype), names=["B02"]),
        write_raster(tmp_path / "coarse.tif", coarse[:bands_in_file], utm_grid(20), names=names,
                     nodata=0),
    ]  # fmt: skip
    with opened(paths, ("B02", *names)) as scene:
        pixels, _ = scene.read(scene.grid.window)
    assert scene.nodata == (None, *([0.0] * bands_in_file))
    nearest = np.kron(coarse[:bands_in_file] == 0, np.ones((1, 2, 2))) > 0
    np.testing.assert_array_equal(pixels[1:] == 0, nearest)
    assert pixels[1:][~nearest].min() >= 1


@pytest.mark.parametrize("nodata", [None, 0])
def test_masks_of_warped_bands_are_those_of_the_nearest_pixel(tmp_path, nodata):
    mask = np.ones((15, 20), bool)
    mask[4:7, 5:9] = False
    coarse = numbers((1, 15, 20), low=500)
    coarse[0, ~mask] = 60_000
    paths = [
        write_raster(tmp_path / "fine.tif", numbers((1, 30, 40)), names=["B02"]),
        write_raster(tmp_path / "coarse.tif", coarse, utm_grid(20), names=["B11"], mask=mask,
                     nodata=nodata),
    ]  # fmt: skip
    with opened(paths, ("B02", "B11")) as scene:
        pixels, valid = scene.read(scene.grid.window)
    np.testing.assert_array_equal(valid, np.kron(mask, np.ones((2, 2))) > 0)
    if nodata is None:
        assert pixels[1][valid].max() < 10_000, "masked pixels were blended in"


def test_another_crs_is_reprojected_and_said(tmp_path):
    coarse = numbers((1, 120, 120), seed=3, low=1)
    size = calculate_default_transform(UTM, "EPSG:32632", 60, 60, 500000, 4999400, 500600, 5000000)
    left, top = size[0].c - 300, size[0].f + 300
    transform = Affine(20, 0, left, 0, -20, top)
    paths = [
        write_raster(tmp_path / "fine.tif", numbers((1, 60, 60)), names=["B02"]),
        write_raster(tmp_path / "other.tif", coarse, transform, "EPSG:32632", names=["B11"]),
    ]
    said = []
    with opened(paths, ("B02", "B11"), said=said) as scene:
        pixels, valid = scene.read(scene.grid.window)
    assert "other.tif is reprojected from EPSG:32632 to EPSG:32633" in texts(said)
    expected = np.zeros((60, 60), "uint16")
    reproject(coarse[0], expected, src_transform=transform, src_crs="EPSG:32632",
              dst_transform=utm_grid(), dst_crs=UTM, resampling=Resampling.bilinear)  # fmt: skip
    np.testing.assert_array_equal(pixels[1] > 0, valid)
    close = np.abs(pixels[1].astype(int) - expected) <= 2000  # an eighth of a coarse pixel apart
    assert valid.all() and close.mean() > 0.99


@pytest.mark.parametrize("where", ["another CRS", "six times coarser", "turned"])
def test_warped_numbers_do_not_depend_on_the_window(tmp_path, where):
    """To the bit: else a map would depend on its chunks."""
    left, _, _, top = transform_bounds(UTM, "EPSG:32632", 5e5, 4.993e6, 5.07e5, 5e6)
    turned = Affine.translation(497000.0, 5003000.0) * Affine.rotation(7) * Affine.scale(20, -20)
    transform, crs = {
        "another CRS": (Affine(20, 0, left - 300, 0, -20, top + 300), "EPSG:32632"),
        "six times coarser": (utm_grid(60), UTM),
        "turned": (turned, UTM),
    }[where]
    paths = [
        write_raster(tmp_path / "fine.tif", numbers((1, 700, 700), "uint8"), names=["B02"]),
        write_raster(tmp_path / "b.tif", numbers((1, 700, 700), "float32"), transform, crs,
                     names=["B11"]),
    ]  # fmt: skip
    with opened(paths, ("B02", "B11")) as scene:
        whole, _ = scene.read(scene.grid.window)
    rng = np.random.default_rng(0)
    with opened(paths, ("B02", "B11")) as scene:
        for _ in range(12):
            col, row = (int(n) for n in rng.integers(0, 600, 2))
            width, height = (int(n) for n in rng.integers(60, 700 - max(col, row) + 1, 2))
            window = Window(col, row, width, height)
            part, _ = scene.read(window)
            np.testing.assert_array_equal(part, whole[(slice(None), *window.slices)])
    assert len(np.unique(whole[1])) > 1000
