# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes of a label raster: its values, their colours, and what is no class."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import InvalidRequest, UnreadableRaster
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from coverloom.engine.datasets.chip_labels import open_labels
from rasterio.crs import CRS
from rasterio.transform import from_origin

from .conftest import PLACE, write

UTM = CRS.from_epsg(32633).to_wkt()
GRID = Grid(30, 20, PLACE, UTM)


def test_values_are_classes_in_their_order_wherever_they_stand(tmp_path):
    """Also one that is only in the last rows of a raster too tall for one look."""
    values = np.full((1, 2500, 30), 40, np.int16)
    values[0, :5], values[0, 1024, 3], values[0, 2499, 29] = -3, 7, 300
    labels = open_labels(write(tmp_path / "l.tif", values), "", Grid(30, 2500, PLACE, UTM))
    assert labels.scheme.names == ["-3", "7", "40", "300"]
    window = Window(3, 1020, 20, 9)
    expected = np.searchsorted([-3, 7, 40, 300], values[0, 1020:1029, 3:23])
    assert np.array_equal(labels.read(window), expected)


@pytest.mark.parametrize("nodata", [None, -9999.0, float("nan")])
def test_numbers_with_a_point_are_classes_if_they_are_whole(tmp_path, nodata):
    values = np.random.default_rng(1).integers(1, 4, (1, 20, 30)).astype(np.float32)
    values[0, 3:5] = np.nan
    if nodata == -9999:
        values[0, 8] = nodata
    path = write(tmp_path / "l.tif", values, nodata=nodata)
    labels = open_labels(path, "", GRID)
    assert labels.scheme.names == ["1", "2", "3"]
    gaps = np.isnan(values[0]) | (values[0] == -9999)
    expected = np.where(gaps, 255, values[0] - 1)
    assert np.array_equal(labels.read(Window(0, 0, 30, 20)), expected)


def test_others_are_no_classes(tmp_path):
    values = np.ones((1, 20, 30), np.float32)
    values[0, 4, 4] = 2.5
    with pytest.raises(InvalidRequest, match=r"holds 2\.5\. Class values must be whole numbers"):
        open_labels(write(tmp_path / "l.tif", values), "", GRID)


def test_a_palette_gives_the_colours(tmp_path):
    values = np.random.default_rng(2).integers(3, 6, (1, 20, 30)).astype(np.uint8)
    path = write(tmp_path / "l.tif", values, nodata=5)
    with rasterio.open(path, "r+") as target:
        target.write_colormap(1, {3: (10, 20, 30, 255), 4: (200, 100, 0, 255)})
    told = [item["colour"] for item in open_labels(path, "", GRID).scheme.to_list()]
    assert told == ["#0a141e", "#c86400"]
    plain = write(tmp_path / "plain.tif", values, nodata=5)
    told = [item["colour"] for item in open_labels(plain, "", GRID).scheme.to_list()]
    assert len(set(told)) == 2 and told != ["#0a141e", "#c86400"]


def test_labels_that_lie_partly_beside_have_none_there(tmp_path):
    values = np.random.default_rng(3).integers(0, 9, (1, 20, 30)).astype(np.uint8)  # 0 is one
    place = from_origin(400050, 5399930, 10, 10)  # 5 px right, 7 px down
    labels = open_labels(write(tmp_path / "l.tif", values, transform=place), "", GRID)
    seen = values[0, :13, :25]
    expected = np.full((20, 30), 255)
    expected[7:, 5:] = np.searchsorted(np.unique(seen), seen)
    assert np.array_equal(labels.read(Window(0, 0, 30, 20)), expected)
    assert np.array_equal(labels.read(Window(2, 5, 9, 4)), expected[5:9, 2:11])


def test_too_many_values_are_refused_and_so_are_none(tmp_path):
    values = (np.arange(600) % 255).reshape(1, 20, 30).astype(np.uint8)
    with pytest.raises(InvalidRequest, match="255 classes, such as 0, 1, 2"):
        open_labels(write(tmp_path / "l.tif", values), "", GRID)
    most = np.where(values == 254, 0, values)
    assert len(open_labels(write(tmp_path / "l.tif", most), "", GRID).scheme) == 254
    with pytest.raises(InvalidRequest, match="has no class"):
        open_labels(write(tmp_path / "l.tif", np.zeros_like(values), nodata=0), "", GRID)
    with pytest.raises(InvalidRequest, match="FIELD is 'kind', but"):
        open_labels(str(tmp_path / "l.tif"), "kind", GRID)


def test_pixels_that_cannot_be_read_are_said(tmp_path):
    values = np.random.default_rng(4).integers(0, 9, (1, 20, 30)).astype(np.uint8)
    path = write(tmp_path / "l.tif", values, compress="deflate")
    content = bytearray((tmp_path / "l.tif").read_bytes())
    with rasterio.open(path) as source:
        place = int(source.tags(ns="TIFF", bidx=1).get("BLOCK_OFFSET_0_0", 0))
    (tmp_path / "l.tif").write_bytes(content[: max(place, len(content) // 2)])
    with pytest.raises(UnreadableRaster):
        open_labels(path, "", GRID)
