# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenes of raster files against rasterio's own reading and GDAL's own warp."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    GridMismatch,
    MissingBand,
    MissingCRS,
    MissingInput,
    UnreadableRaster,
)
from coverloom.engine.core.band import Band
from coverloom.engine.core.window import Window
from coverloom.engine.scenes.scene import open_scene
from coverloom.tests.data.make_models import card_for
from coverloom.tests.data.make_rasters import UTM, numbers, utm_grid, write_raster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.enums import Resampling
from rasterio.warp import calculate_default_transform, reproject, transform_bounds

DTYPES = [f"{sign}int{bits}" for sign in ("u", "") for bits in (8, 16, 32, 64)]
DTYPES += ["float32", "float64"]
BANDS = ("B02", "B03", "B04")


def opened(paths, bands=BANDS, band_map="", said=None, **fields):
    said = [] if said is None else said
    paths = [paths] if isinstance(paths, str) else paths
    return open_scene(paths, card_for(bands, **fields), band_map, said.append)


def texts(events):
    return " ".join(event.text for event in events)


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


def test_no_crs(tmp_path):
    path = write_raster(tmp_path / "s.tif", numbers((3, 5, 5)), crs=None, names=BANDS)
    with pytest.raises(MissingCRS, match=r"s\.tif states no CRS\. Assign its CRS"):
        opened(path)


def test_rasters_of_different_places(tmp_path):
    paths = [
        write_raster(tmp_path / "B02.tif", numbers((1, 8, 8))),
        write_raster(tmp_path / "B03.tif", numbers((1, 8, 8)), utm_grid(10, col=500)),
    ]
    with pytest.raises(EmptyIntersection, match=r"B03\.tif does not overlap"):
        opened(paths, ("B02", "B03"))


def test_a_crs_without_a_way_to_the_other(tmp_path):
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    paths = [
        write_raster(tmp_path / "B02.tif", numbers((1, 8, 8))),
        write_raster(tmp_path / "B03.tif", numbers((1, 8, 8)), crs=local),
    ]
    with pytest.raises(GridMismatch, match=r"B03\.tif.*Reproject it first"):
        opened(paths, ("B02", "B03"))


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


def test_a_missing_file():
    with pytest.raises(MissingInput, match=r"There is no file /nowhere/s\.tif"):
        opened("/nowhere/s.tif")


def test_a_file_that_is_no_raster(tmp_path):
    (tmp_path / "s.tif").write_text("no raster")
    with pytest.raises(UnreadableRaster, match=r"s\.tif cannot be opened"):
        opened(str(tmp_path / "s.tif"))


def test_complex_numbers(tmp_path):
    path = write_raster(tmp_path / "s.tif", np.zeros((3, 5, 5), "complex64"), names=BANDS)
    with pytest.raises(UnreadableRaster, match="complex64"):
        opened(path)


@pytest.mark.parametrize("warped", [False, True])
def test_a_truncated_file_is_named_where_it_breaks(tmp_path, warped):
    # Without descriptions GDAL leaves the directory in front, so that the cut file opens.
    whole = write_raster(tmp_path / "whole.tif", numbers((3, 300, 300)), utm_grid(20),
                         compress="deflate", tiled=True, blockxsize=64, blockysize=64)  # fmt: skip
    cut = tmp_path / "cut.tif"
    cut.write_bytes(Path(whole).read_bytes()[:120_000])
    fine = write_raster(tmp_path / "fine.tif", numbers((1, 600, 600)), names=["VV"])
    paths = [str(cut), fine] if warped else [str(cut)]
    bands = (*BANDS, "VV") if warped else BANDS
    with (
        opened(paths, bands, "B02=1,B03=2,B04=3") as scene,
        pytest.raises(UnreadableRaster, match=r"cut\.tif is damaged near"),
    ):
        scene.read(scene.grid.window)


def test_a_file_cut_before_its_directory(tmp_path):
    whole = write_raster(tmp_path / "whole.tif", numbers((3, 99, 99)), names=BANDS, compress="lzw")
    cut = tmp_path / "cut.tif"
    cut.write_bytes(Path(whole).read_bytes()[:20_000])
    with pytest.raises(UnreadableRaster, match=r"cut\.tif cannot be opened"):
        opened(str(cut))


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
