# SPDX-License-Identifier: GPL-3.0-or-later
"""Where chips lie, what their bands are called and stored as, and how they are dealt to splits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import EmptyIntersection, InvalidRequest, MissingCRS
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from coverloom.engine.datasets.chips import (
    chip_windows,
    find_bands,
    read_grid,
    split_chips,
    to_grid,
)
from coverloom.engine.datasets.reader import open_dataset
from hypothesis import given
from hypothesis import strategies as st

from .conftest import PLACE, export, position, write

PIXEL = Grid(90, 70, Affine(10, 0, 1000, 0, -10, 5000), "")


@given(
    st.integers(1, 30), st.integers(1, 30),
    st.integers(-5, 85), st.integers(-5, 65), st.integers(1, 95), st.integers(1, 75),
)  # fmt: skip
def test_chips_are_all_that_lie_in_the_extent(size, stride, col, row, width, height):
    """Each window of the grid's own steps is tried."""
    right, bottom = min(col + width, 90), min(row + height, 70)
    box = (1000 + 10 * col, 5000 - 10 * (row + height), 1000 + 10 * (col + width), 5000 - 10 * row)
    expected = {
        (x, y)
        for y in range(0, 70, stride)
        for x in range(0, 90, stride)
        if max(col, 0) <= x and x + size <= right and max(row, 0) <= y and y + size <= bottom
    }
    try:
        found = chip_windows(PIXEL, size, stride, box)
    except EmptyIntersection:
        assert not expected
        return
    assert all((window.width, window.height) == (size, size) for window in found)
    assert sorted((window.col, window.row) for window in found) == sorted(expected)


def test_an_extent_beside_the_raster_is_said():
    with pytest.raises(EmptyIntersection, match="does not touch the first raster"):
        chip_windows(PIXEL, 5, 5, (5000, 4000, 6000, 5000))


def test_an_extent_in_another_crs():
    utm = rasterio.CRS.from_epsg(32633)
    grid, box = Grid(10, 10, PLACE, utm.to_wkt()), (13.6, 48.7, 13.7, 48.8)
    expected = rasterio.warp.transform_bounds("EPSG:4326", utm, *box)
    assert to_grid(box, "EPSG:4326", grid) == pytest.approx(expected)
    assert to_grid(box, "", grid) == box
    assert to_grid(None, "EPSG:4326", grid) is None
    with pytest.raises(MissingCRS):
        to_grid(box, "EPSG:4326", PIXEL)


def raster(path, dtype, count=1, names=(), value=7):
    return write(path, np.full((count, 20, 20), value, dtype), names)


def test_bands_without_names_are_numbered_through_all_rasters(tmp_path):
    paths = [raster(tmp_path / f"{i}.tif", "u1", 2) for i in range(2)]
    bands, places, _ = find_bands(paths, ())
    assert [band.name for band in bands] == ["band1", "band2", "band3", "band4"]
    assert places == ((0, 1), (0, 2), (1, 1), (1, 2))


def test_bands_of_one_array_come_one_after_the_other(tmp_path):
    path = tmp_path / "mixed.tif"
    pixels = np.stack([np.full((20, 20), i, np.uint16) for i in (1, 2, 3)])
    bands, places, _ = find_bands([write(path, pixels, ("VV", "B02", "VH"))], ())
    assert [(band.name, band.array) for band in bands] == [
        ("VV", "s1_data"), ("VH", "s1_data"), ("B02", "s2_data"),
    ]  # fmt: skip
    assert places == ((0, 1), (0, 3), (0, 2))
    out = tmp_path / "out"
    labels = raster(tmp_path / "labels.tif", "u1")
    export(rasters=[str(path)], labels=labels, output=str(out), chip_size=20, splits="none")
    dataset = open_dataset(out)
    assert dataset.image(0, ["VV", "B02", "VH"])[0, 0].tolist() == [1, 2, 3]
    assert [dataset.card.band(name).mean for name in ("VV", "B02", "VH")] == [1, 2, 3]


@pytest.mark.parametrize("names", [["B02"], ["B02", "B02"], ["B02", "B03", "B04"]])
def test_names_must_be_one_a_band_and_each_once(tmp_path, names):
    path = raster(tmp_path / "two.tif", "u1", 2)
    with pytest.raises(InvalidRequest, match="The rasters have 2 bands; their names are B02"):
        find_bands([path], names)
    assert [band.name for band in find_bands([path], ["B02", "B8A"])[0]] == ["B02", "B8A"]


@pytest.mark.parametrize(
    ("dtypes", "stored"),
    [
        (["u1"], "uint8"), (["u1", "u2"], "uint16"), (["u2"], "uint16"), (["i2"], "float32"),
        (["u1", "i2"], "float32"), (["f4", "u1"], "float32"), (["u4"], "float32"),
    ],
)  # fmt: skip
def test_the_stored_type_holds_all_bands(tmp_path, dtypes, stored):
    paths = [raster(tmp_path / f"{i}.tif", dtype) for i, dtype in enumerate(dtypes)]
    assert find_bands(paths, ())[2] == stored


def test_scale_and_offset_of_a_raster_are_its_meaning(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 10000, (2, 40, 40)).astype(np.int16)
    path = write(tmp_path / "scaled.tif", pixels, ("B02", "height"))
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.0001, 1.0), (-0.1, 0.0)
    out = tmp_path / "out"
    labels = write(tmp_path / "labels.tif", np.full((1, 40, 40), 2, np.uint8))
    export(rasters=[path], labels=labels, output=str(out), chip_size=20, splits="none")
    dataset = open_dataset(out)
    truth = pixels[0] * 0.0001 - 0.1
    band = dataset.card.band("B02")
    assert band.mean == pytest.approx(truth.mean(), abs=1e-6)
    assert band.std == pytest.approx(truth.std(), abs=1e-6)
    assert (band.unit, dataset.card.band("height").unit) == ("", "DN")
    for number, patch in enumerate(dataset):
        row, col = position(patch)
        image = dataset.image(number, ["B02", "height"])
        cut = truth[row : row + 20, col : col + 20]
        assert np.allclose(image[..., 0], cut, atol=1e-6)
        assert np.array_equal(image[..., 1], pixels[1, row : row + 20, col : col + 20])


def test_infinite_pixels_are_gaps(tmp_path):
    pixels = np.ones((1, 20, 20), np.float32)
    pixels[0, 0, :3] = np.inf, -np.inf, np.nan
    path, labels = write(tmp_path / "s.tif", pixels, ("VV",)), raster(tmp_path / "l.tif", "u1")
    export(rasters=[path], labels=labels, output=str(tmp_path / "out"), chip_size=20, splits="none")
    dataset = open_dataset(tmp_path / "out")
    patch = dataset[0]
    assert patch.label[0].tolist() == [255] * 3 + [0] * 17
    assert dataset.image(0)[0, :4, 0].tolist() == [0, 0, 0, 1]
    assert (dataset.card.band("VV").mean, dataset.card.band("VV").maximum) == (1, 1)


def test_a_crs_of_no_authority_has_no_number(tmp_path):
    own = "+proj=laea +lat_0=47.123 +lon_0=13.4 +ellps=GRS80 +units=m"
    path = write(tmp_path / "own.tif", np.ones((1, 5, 5), np.uint8), crs=own)
    grid, epsg = read_grid(path)
    assert epsg == 0 and rasterio.CRS.from_wkt(grid.crs) == rasterio.CRS.from_string(own)
    assert read_grid(write(tmp_path / "bare.tif", np.ones((1, 5, 5), np.uint8), crs=None))[1] == 0
    assert read_grid(write(tmp_path / "utm.tif", np.ones((1, 5, 5), np.uint8)))[1] == 32633


@pytest.mark.parametrize("seed", range(5))
def test_splits_have_their_shares(seed):
    windows = [Window(16 * i, 16 * j, 16, 16) for j in range(40) for i in range(40)]
    dealt = Counter(split_chips(windows, "random", np.random.default_rng(seed)))
    assert dealt == {"train": 1120, "validation": 240, "test": 240}
    dealt = Counter(split_chips(windows, "blocks", np.random.default_rng(seed)))
    assert dealt == {"train": 1120, "validation": 240, "test": 240}  # of 100 blocks of 16
    assert set(split_chips(windows, "none", np.random.default_rng(seed))) == {"train"}


@pytest.mark.parametrize("seed", range(5))
def test_blocks_of_any_size_come_as_near_as_one_block(seed):
    windows = [Window(16 * i, 16 * j, 16, 16) for j in range(33) for i in range(41)]
    found = Counter(split_chips(windows, "blocks", np.random.default_rng(seed)))
    for name, share in (("train", 0.7), ("validation", 0.15), ("test", 0.15)):
        assert abs(found[name] - share * len(windows)) <= 16


def test_a_chip_that_ends_where_its_block_ends_is_in_it():
    windows = [Window(x, 0, 10, 10) for x in range(0, 71, 5)]
    splits = split_chips(windows, "blocks", np.random.default_rng(0))
    across = [window.col for window, split in zip(windows, splits) if not split]
    assert across == [35]  # 35 to 45 lies over 40, where the next block begins
