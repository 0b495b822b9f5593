# SPDX-License-Identifier: GPL-3.0-or-later
"""Pixels: every real file against rasterio, and files that are not as they should be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import (
    CoverloomError,
    GridMismatch,
    MissingBand,
    UnreadableRaster,
)
from coverloom.engine.patches import tiff
from coverloom.engine.patches.pixels import read_patch
from coverloom.engine.patches.row import FILES, S1_BANDS, S2_BANDS, PatchRow
from coverloom.engine.patches.tiff import decode
from coverloom.tests.data import make_archive
from hypothesis import example, given
from hypothesis import strategies as st

NAME = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57"
PLACE = {"epsg": 32633, "ulx": 331200.0, "uly": 5331600.0}


@pytest.fixture
def row(tmp_path):
    """A generated patch with all 15 files, and its row."""
    make_archive.v2_patch(tmp_path, NAME, "S1B_IW_GRDH_1SDV_20170612T165809_33UUP_26_57")
    folders = {path.parent.name: str(path.parent) for path in tmp_path.rglob("*.tif")}
    s2 = next((tmp_path / "BigEarthNet-S2").rglob("*_B02.tif")).parent
    maps = next((tmp_path / "Reference_Maps").rglob("*.tif")).parent
    s1 = next(path for name, path in folders.items() if name.startswith("S1"))
    return PatchRow(NAME, s2_path=str(s2), s1_path=s1, map_path=str(maps), **PLACE)


def test_every_real_file_equals_rasterio(real_data, v1_real, monkeypatch):
    def by_gdal(data, path):
        raise AssertionError(f"{path} was read by GDAL, as rasterio reads it.")

    monkeypatch.setattr(tiff, "_decode_with_gdal", by_gdal)
    files = [*(real_data / "bigearthnet_v2").rglob("*.tif"), *v1_real.rglob("*.tif")]
    assert len(files) == 15 + 6 * 14
    for path in (*files, *files):  # the second time through headers met before
        ours = decode(path.read_bytes(), str(path))
        with rasterio.open(path) as source:
            expected = source.read(1)
            assert ours.pixels.dtype == expected.dtype
            np.testing.assert_array_equal(ours.pixels, expected)
            corner = (source.transform.c, source.transform.f, source.transform.a)
            assert (ours.ulx, ours.uly, ours.pixel) == corner
            assert (ours.epsg, ours.nodata) == (source.crs.to_epsg(), source.nodata)


def test_the_real_map_has_its_known_codes(real_data):
    path = next((real_data / "bigearthnet_v2").rglob("*_reference_map.tif"))
    codes, counts = np.unique(decode(path.read_bytes(), "map").pixels, return_counts=True)
    known = {211: 7075, 231: 1154, 311: 4131, 313: 2040}
    assert dict(zip(codes.tolist(), counts.tolist())) == known


def test_a_patch_is_read_at_its_native_sizes(row):
    arrays = read_patch(row, FILES)
    assert list(arrays) == list(FILES)
    for band, pixels in arrays.items():
        with rasterio.open(row.file(band)) as source:
            np.testing.assert_array_equal(pixels, source.read(1))


def test_vh_is_not_vv(row):
    """An old tool read VH from VV's file."""
    arrays = read_patch(row, S1_BANDS)
    assert (arrays["VV"] != arrays["VH"]).any()
    assert row.file("VH").endswith("_VH.tif")


@pytest.mark.parametrize(
    "profile",
    [
        {"compress": "lzw"},
        {"compress": "deflate"},
        {"tiled": True, "blockxsize": 64, "blockysize": 64},
        {"BIGTIFF": "YES"},
        {"ENDIANNESS": "BIG"},
        {"compress": "zstd", "predictor": 2},
        {"blockysize": 1},
    ],
)
def test_other_forms_of_tiff_are_read_all_the_same(row, profile):
    pixels = np.arange(14400, dtype=np.uint16).reshape(120, 120) * 3
    make_archive.write_band(row.s2_path, "B02", pixels, "33UUP", (26, 57), nodata=0, **profile)
    np.testing.assert_array_equal(read_patch(row, ["B02"])["B02"], pixels)


def test_a_missing_file_is_named(row):
    path = row.file("B05")
    Path(path).unlink()
    with pytest.raises(MissingBand, match=r"lacks B05: there is no .*_B05.tif"):
        read_patch(row, S2_BANDS)


def test_a_patch_without_that_part(row):
    bare = dataclasses.replace(row, s1_path="")
    with pytest.raises(MissingBand, match="has no VV"):
        read_patch(bare, ["VV"])
    with pytest.raises(MissingBand, match="no band 'B10'"):
        read_patch(row, ["B10"])


@pytest.mark.parametrize("band", ["B02", "B01", "VV", "reference_map"])
def test_truncated_at_any_length(row, band):
    path = Path(row.file(band))
    whole = path.read_bytes()
    read_patch(row, [band])  # so that the header has been met
    for length in [*range(0, 420, 7), len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableRaster):
            read_patch(row, [band])


def test_an_altered_map_does_not_inflate(row):
    path = Path(row.file("reference_map"))
    body = bytearray(path.read_bytes())
    body[-400:-300] = bytes(100)
    path.write_bytes(body)
    with pytest.raises(UnreadableRaster, match=r"damaged|cannot be read"):
        read_patch(row, ["reference_map"])


@pytest.mark.parametrize("predictor", [1, 2])
def test_maps_whose_headers_differ_in_the_strips_only(row, predictor):
    rng, form = np.random.default_rng(3), {"compress": "deflate", "predictor": predictor}
    for classes in (1, 2, 9, 40):
        codes = rng.choice(np.arange(311, 311 + classes), (120, 120)).astype(np.uint16)
        place = "33UUP", (26, 57)
        make_archive.write_band(row.map_path, "reference_map", codes, *place, nodata=0, **form)
        np.testing.assert_array_equal(read_patch(row, ["reference_map"])["reference_map"], codes)


@pytest.mark.parametrize("band", ["B02", "VH", "reference_map"])
def test_a_header_met_before_at_another_place(row, band):
    read_patch(row, [band])
    with pytest.raises(GridMismatch, match="lies at EPSG:32633"):
        read_patch(dataclasses.replace(row, ulx=row.ulx + 1200), [band])
    with pytest.raises(GridMismatch, match="lies at EPSG:32634"):
        read_patch(dataclasses.replace(row, epsg=32634), [band])


@pytest.mark.filterwarnings("ignore")
@given(st.integers(0, 460), st.integers(0, 255))
@example(134, 0)  # a tag without values
@example(12, 1)  # a width of bytes
@example(78, 206)  # strips of another count than rows ask for
@example(211, 87)  # a strip that ends behind the file
def test_an_altered_header_gives_an_error_or_the_same_pixels_or_another_shape(at, value):
    """Whatever a byte of the header becomes, nothing but a Coverloom error comes out."""
    body = bytearray(_plain())
    body[at] = value
    try:
        raster = decode(bytes(body), "altered.tif")
    except CoverloomError:
        return
    assert raster.pixels.ndim == 2


_cache = {}


def _plain():
    if "plain" not in _cache:
        with rasterio.MemoryFile() as file:
            with file.open(
                driver="GTiff", width=120, height=120, count=1, dtype="uint16", crs="EPSG:32633",
                transform=rasterio.transform.from_origin(331200, 5331600, 10, 10),
            ) as target:  # fmt: skip
                target.write(np.ones((120, 120), np.uint16), 1)
            _cache["plain"] = file.read()
    return _cache["plain"]


def test_wrong_shape(row):
    make_archive.write_band(row.s2_path, "B05", np.ones((120, 120), np.uint16), "33UUP", (26, 57))
    with pytest.raises(UnreadableRaster, match=r"120 x 120 px; B05 must have 60 x 60"):
        read_patch(row, ["B05"])


def test_wrong_dtype(row):
    make_archive.write_band(row.s2_path, "B02", np.ones((120, 120), np.float32), "33UUP", (26, 57))
    with pytest.raises(UnreadableRaster, match="holds float32; B02 must hold uint16"):
        read_patch(row, ["B02"])


def test_sentinel_1_of_another_place(row):
    make_archive.write_band(row.s1_path, "VV", np.ones((120, 120), np.float32), "33UUP", (26, 58))
    with pytest.raises(GridMismatch, match=r"lies at EPSG:32633 \(331200.0, 5330400.0\)"):
        read_patch(row, S1_BANDS)


def test_another_zone(row):
    make_archive.write_band(row.s2_path, "B02", np.ones((120, 120), np.uint16), "32TMT", (26, 57))
    with pytest.raises(GridMismatch, match="EPSG:32632"):
        read_patch(row, ["B02"])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_several_bands_in_a_file(row):
    path = row.file("B02")
    with rasterio.open(
        path, "w", driver="GTiff", width=120, height=120, count=3, dtype="uint16"
    ) as target:
        target.write(np.ones((3, 120, 120), np.uint16))
    with pytest.raises(UnreadableRaster, match="has 3 bands"):
        read_patch(row, ["B02"])


@pytest.mark.parametrize("share", [0.001, 0.01, 1])
def test_a_file_whose_beginning_is_zeros_is_named_as_it_is(row, share):
    """GDAL reads a copy in memory; its name, which nobody knows, was in the sentence."""
    path = Path(row.file("B02"))
    data = path.read_bytes()
    zeros = max(8, round(share * len(data)))
    path.write_bytes(bytes(zeros) + data[zeros:])
    with pytest.raises(UnreadableRaster) as caught:
        read_patch(row, ["B02"])
    said = str(caught.value)
    assert "vsimem" not in said and said.startswith(f"{path} cannot be read: '{path.name}' not")
    assert ".." not in said


def test_no_tiff_at_all(row):
    Path(row.file("B02")).write_text("<html>not found</html>")
    with pytest.raises(UnreadableRaster, match="cannot be read"):
        read_patch(row, ["B02"])
