# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of raster files against rasterio's own reading."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import (
    GridMismatch,
    MissingBand,
)
from coverloom.engine.core.band import Band
from coverloom.engine.core.window import Window
from coverloom.tests.data.make_rasters import UTM, numbers, utm_grid, write_raster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .raster_scenes import BANDS, opened, texts

DTYPES = [f"{sign}int{bits}" for sign in ("u", "") for bits in (8, 16, 32, 64)]
DTYPES += ["float32", "float64"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_stack_of_any_type_is_read_as_stored(tmp_path, dtype):
    stored = numbers((4, 37, 53), dtype)
    path = write_raster(tmp_path / "s.tif", stored, names=["B04", "SCL", "B02", "B03"])
    with opened(path) as scene:
        pixels, valid = scene.read(scene.grid.window)
    assert (scene.dtype, pixels.dtype) == (np.dtype(dtype), np.dtype(dtype))
    np.testing.assert_array_equal(pixels, stored[[2, 3, 0]])
    assert valid is None and not scene.has_mask
    assert scene.nodata == (None, None, None)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    stored = numbers((3, 61, 47))
    path = tmp_path_factory.mktemp("stack") / "stack.tif"
    blocks = {"tiled": True, "blockxsize": 16, "blockysize": 32}
    return write_raster(path, stored, names=BANDS, **blocks), stored


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_window_is_the_slice_of_the_whole(stack, data):
    path, stored = stack
    col, row = data.draw(st.integers(0, 46)), data.draw(st.integers(0, 60))
    width, height = data.draw(st.integers(1, 47 - col)), data.draw(st.integers(1, 61 - row))
    window = Window(col, row, width, height)
    with opened(path) as scene:
        assert scene.block == (32, 16)
        np.testing.assert_array_equal(scene.read(window)[0], stored[(slice(None), *window.slices)])


@pytest.mark.parametrize("window", [Window(-1, 0, 5, 5), Window(40, 0, 8, 8), Window(3, 3, 0, 2)])
def test_windows_outside_are_refused(stack, window):
    with opened(stack[0]) as scene, pytest.raises(GridMismatch):
        scene.read(window)


def test_reads_into_a_given_array_from_another_thread(stack):
    path, stored = stack
    with opened(path) as scene:
        out = np.empty((3, 61, 47), scene.dtype)
        reader = threading.Thread(target=scene.read, args=(scene.grid.window, out))
        reader.start()
        reader.join()
    np.testing.assert_array_equal(out, stored)


@pytest.mark.parametrize(
    ("transform", "crs"),
    [
        (Affine.translation(5e5, 5e6) * Affine.rotation(30) * Affine.scale(10, -10), UTM),
        (Affine(1e-4, 0, 15.0, 0, -1e-4, 45.0), "EPSG:4326"),
        (Affine(10, 0, 5e5, 0, 10, 5e6), UTM),
    ],
)
def test_rotated_geographic_and_south_up_grids(tmp_path, transform, crs):
    stored = numbers((3, 9, 14))
    path = write_raster(tmp_path / "s.tif", stored, transform, crs, names=BANDS)
    with opened(path) as scene:
        np.testing.assert_array_equal(scene.read(scene.grid.window)[0], stored)
        assert scene.grid.transform.almost_equals(transform)


def test_types_are_joined_without_loss(tmp_path):
    one, other = numbers((1, 8, 9), "uint16", high=65535), numbers((1, 8, 9), "int16")
    paths = [
        write_raster(tmp_path / "x_B02.tif", one),
        write_raster(tmp_path / "x_B03.tif", other),
    ]
    with opened(paths, ("B03", "B02")) as scene:
        pixels, _ = scene.read(scene.grid.window)
    assert scene.dtype == np.int32
    np.testing.assert_array_equal(pixels, np.concatenate([other, one]))


def test_the_cards_nodata_counts_where_the_file_is_silent(tmp_path):
    path = write_raster(tmp_path / "s.tif", numbers((2, 5, 5)), names=["B02", "VV"], nodata=7)
    with opened(path, (Band("B02", nodata=0), Band("VV"))) as scene:
        assert scene.nodata == (7.0, 7.0)
    path = write_raster(tmp_path / "t.tif", numbers((2, 5, 5)), names=["B02", "VV"])
    with opened(path, (Band("B02", nodata=0), Band("VV", nodata=-9999))) as scene:
        assert scene.nodata == (0.0, None)


@pytest.mark.parametrize("kind", ["mask", "alpha"])
def test_masks_inside_files(tmp_path, kind):
    stored, mask = numbers((3, 12, 10)), np.ones((12, 10), bool)
    mask[2:5, 3:9] = False
    if kind == "mask":
        path = write_raster(tmp_path / "s.tif", stored, names=BANDS, mask=mask)
    else:
        with_alpha = np.concatenate([stored, np.where(mask, 65535, 0)[None].astype("uint16")])
        path = write_raster(tmp_path / "s.tif", with_alpha, photometric="RGB", alpha="yes")
    with opened(path) as scene:
        pixels, valid = scene.read(scene.grid.window)
        part = scene.read(Window(2, 1, 5, 6))[1]
    assert scene.has_mask
    np.testing.assert_array_equal(pixels, stored)
    np.testing.assert_array_equal(valid, mask)
    np.testing.assert_array_equal(part, mask[1:7, 2:7])


def test_a_missing_band_names_band_and_inputs(tmp_path):
    path = write_raster(tmp_path / "s.tif", numbers((2, 5, 5)), names=["B02", "B03"])
    with pytest.raises(MissingBand, match="lacks band B04"):
        opened(path)


def test_bands_taken_by_order_are_said(tmp_path):
    said = []
    with opened(write_raster(tmp_path / "s.tif", numbers((3, 5, 5))), said=said):
        assert "taken in order: B02 = 1 (s.tif)" in texts(said)


@pytest.mark.parametrize(
    ("transform", "crs", "warned"),
    [
        (utm_grid(10), UTM, False),
        (utm_grid(10.9), UTM, False),
        (utm_grid(11.2), UTM, True),
        (utm_grid(10 / 0.3048), "EPSG:2263", False),  # in US feet
        (utm_grid(10), "EPSG:2263", True),
        (Affine(9e-5, 0, 15.0, 0, -9e-5, 0.2), "EPSG:4326", False),
        (Affine(9e-5, 0, 15.0, 0, -9e-5, 60.0), "EPSG:4326", True),
    ],
)
def test_pixels_of_another_size_than_the_models(tmp_path, transform, crs, warned):
    path = write_raster(tmp_path / "s.tif", numbers((3, 5, 5)), transform, crs, names=BANDS)
    said = []
    opened(path, said=said).close()
    assert ("trained on 10 m" in texts(said)) == warned


def test_gdal_names_are_opened(tmp_path):
    stored = numbers((3, 5, 5))
    path = write_raster(tmp_path / "s.tif", stored, names=BANDS)
    with opened(f"GTIFF_DIR:1:{path}") as scene:
        np.testing.assert_array_equal(scene.read(scene.grid.window)[0], stored)


def test_a_source_is_left_as_it_was(tmp_path):
    path = write_raster(tmp_path / "s.tif", numbers((3, 5, 5)), names=BANDS)
    before = (tmp_path / "s.tif").read_bytes()
    with opened(path) as scene:
        scene.read(scene.grid.window)
    assert (tmp_path / "s.tif").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["s.tif"]


def test_the_real_60_m_bands_as_a_scene(real_data):
    """JP2 files named as ESA names them, against rasterio's own reading."""
    names = ("B8A", "B02", "B11")
    files = sorted(real_data.glob("sentinel2_safe_60m/**/R60m/*.jp2"))
    paths = [str(p) for p in files if not p.name.endswith("SCL_60m.jp2")]
    window = Window(500, 700, 64, 48)
    said = []
    with opened(paths, names, resolution=60.0, said=said) as scene:
        pixels, valid = scene.read(window)
    assert (scene.grid.width, scene.grid.height, valid) == (1830, 1830, None)
    assert len(scene.sources) == 3 and "B03_60m.jp2 holds no band of the model" in texts(said)
    for name, got in zip(names, pixels):
        (path,) = (p for p in paths if f"_{name}_60m" in p)
        with rasterio.open(path) as raster:
            np.testing.assert_array_equal(got, raster.read(1, window=((700, 748), (500, 564))))
