# SPDX-License-Identifier: GPL-3.0-or-later
"""Chips of any raster, against whole-raster slices and one whole-raster burn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    EmptySelection,
    InvalidRequest,
    OtherSettings,
)
from coverloom.engine.core.window import Window
from coverloom.engine.datasets.chips import split_chips
from coverloom.engine.datasets.reader import open_dataset
from hypothesis import given
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import from_origin

from .conftest import PLACE, export, position, square, write


@pytest.mark.parametrize("form", ["tfrecord", "hdf5", "npz"])
def test_chips_hold_the_rasters_pixels_and_labels(tmp_path, scene, label_raster, form):
    out = tmp_path / "out"
    path, pixels = scene
    result = export(
        rasters=[path], labels=label_raster[0], output=str(out), chip_size=64, stride=32,
        format=form, splits="none", shard_size=7,
    )  # fmt: skip
    dataset = open_dataset(out)
    rows, cols = range(0, 200 - 63, 32), range(0, 260 - 63, 32)
    assert result["WRITTEN"] == len(dataset) == len(rows) * len(cols)
    assert dataset.card.dtype == "uint16" and dataset.card.resolution == 10
    seen = set()
    for number, patch in enumerate(dataset):
        row, col = position(patch)
        seen.add((row, col))
        cut = pixels[:, row : row + 64, col : col + 64]
        image = dataset.image(number, ["B02", "B04", "VV"])
        assert np.array_equal(image, cut.transpose(1, 2, 0))
        values = label_raster[1][row : row + 64, col : col + 64]
        expected = np.where(values == 3, 255, values - 4)
        assert np.array_equal(patch.label, expected)
        assert patch.transform == (10, 0, 400000 + 10 * col, 0, -10, 5400000 - 10 * row)
        assert patch.epsg == 32633
    assert seen == {(r, c) for r in rows for c in cols}
    assert dataset.card.classes.names == ["4", "5", "6"]
    assert dataset.card.arrays == {"s2_data": ("B02", "B04"), "s1_data": ("VV",)}


def test_its_croissant_file_names_no_origin_that_nobody_told(tmp_path, scene, label_raster):
    croissant = pytest.importorskip("mlcroissant")
    out = tmp_path / "out"
    export(rasters=[scene[0]], labels=label_raster[0], output=str(out), chip_size=64)
    assert "bigearth" not in (out / "croissant.json").read_text().lower()
    rows = croissant.Dataset(jsonld=str(out / "croissant.json")).records("classes")
    assert [row["classes/name"] for row in rows] == ["4", "5", "6"]


def test_polygons_are_burnt_as_in_one_piece(tmp_path, scene, polygons):
    out = tmp_path / "out"
    export(
        rasters=[scene[0]], labels=polygons[0], field="kind", output=str(out), chip_size=40,
        splits="none",
    )  # fmt: skip
    names = ["water", "wood"]
    shapes = [
        (f["geometry"], names.index(f["properties"]["kind"]))
        for f in polygons[1]
        if f["properties"]["kind"]
    ]
    whole = rasterize(shapes, (200, 260), fill=255, transform=PLACE, dtype="uint8")
    dataset = open_dataset(out)
    assert dataset.card.classes.names == names
    labelled = 0
    for patch in dataset:
        row, col = position(patch)
        assert np.array_equal(patch.label, whole[row : row + 40, col : col + 40])
        labelled += int((patch.label != 255).sum())
    assert labelled == (whole[:200, :240] != 255).sum() > 0
    counts = dataset.card.histogram["train"]
    assert counts[0] == (whole[:200, :240] == 0).sum()


def test_polygons_in_another_crs_land_on_the_same_pixels(tmp_path, scene, polygons):
    from rasterio.warp import transform_geom

    content = json.loads(Path(polygons[0]).read_text())
    for feature in content["features"]:
        feature["geometry"] = transform_geom("EPSG:32633", "OGC:CRS84", feature["geometry"])
    del content["crs"]  # plain GeoJSON is in longitude and latitude
    moved = tmp_path / "lonlat.geojson"
    moved.write_text(json.dumps(content))
    labels = []
    for i, path in enumerate((polygons[0], str(moved))):
        out = tmp_path / f"out{i}"
        export(rasters=[scene[0]], labels=path, field="kind", output=str(out), chip_size=40)
        labels.append({p.patch_id: p.label for p in open_dataset(out)})
    assert labels[0].keys() == labels[1].keys()
    # The corners are rounded to centimetres on the way: at most a pixel at an edge may differ.
    assert sum((labels[0][k] != labels[1][k]).sum() for k in labels[0]) <= 4


def test_a_coarser_raster_comes_onto_the_grid(tmp_path, scene, label_raster):
    coarse = np.arange(100 * 130, dtype=np.uint16).reshape(1, 100, 130)
    other = write(
        tmp_path / "b11.tif", coarse, ("B11",), transform=from_origin(400000, 5400000, 20, 20)
    )
    out = tmp_path / "out"
    export(
        rasters=[scene[0], other], labels=label_raster[0], output=str(out), chip_size=50,
        splits="none", resampling="nearest",
    )  # fmt: skip
    dataset = open_dataset(out)
    whole = np.kron(coarse[0], np.ones((2, 2), int))
    for number, patch in enumerate(dataset):
        row, col = position(patch)
        expected = whole[row : row + 50, col : col + 50]
        assert np.array_equal(dataset.image(number, ["B11"])[..., 0], expected)


@given(
    st.integers(8, 64),
    st.integers(1, 64),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 9),
)
def test_chips_of_different_splits_never_overlap(size, stride, rows, cols, seed):
    windows = [Window(c * stride, r * stride, size, size) for r in range(rows) for c in range(cols)]
    splits = split_chips(windows, "blocks", np.random.default_rng(seed))
    owner = {}
    for window, split in zip(windows, splits):
        if not split:
            continue
        corners = {
            (x, y) for x in (window.col, window.right - 1) for y in (window.row, window.bottom - 1)
        }
        block = {(x // (4 * size), y // (4 * size)) for x, y in corners}
        assert len(block) == 1
        assert owner.setdefault(block.pop(), split) == split


def test_bad_requests_say_what_is_wrong(tmp_path, scene, label_raster, polygons):
    base = {"rasters": [scene[0]], "output": str(tmp_path / "out")}
    with pytest.raises(InvalidRequest, match="kind"):
        export(**base, labels=polygons[0], field="class")
    with pytest.raises(InvalidRequest, match="FIELD is empty"):
        export(**base, labels=polygons[0])
    with pytest.raises(EmptyIntersection, match="does not touch the first raster"):
        export(**base, labels=label_raster[0], extent=[0, 0, 10, 10])
    with pytest.raises(EmptyIntersection, match="512 px"):
        export(**base, labels=label_raster[0], chip_size=512)
    with pytest.raises(InvalidRequest, match="3 bands"):
        export(**base, labels=label_raster[0], bands=["B02"])
    far = tmp_path / "far.geojson"
    content = {"type": "FeatureCollection", "features": [square(10.0, 60.0, 0.1, "wood")]}
    far.write_text(json.dumps(content))
    with pytest.raises(EmptySelection, match="labels"):
        export(**base, labels=str(far), field="kind")
    assert not (tmp_path / "out" / "dataset.json").exists()


def test_other_settings_are_refused_by_name(tmp_path, scene, label_raster):
    out = str(tmp_path / "out")
    export(rasters=[scene[0]], labels=label_raster[0], output=out, chip_size=64)
    with pytest.raises(OtherSettings, match="STRIDE was 0, is 32"):
        export(rasters=[scene[0]], labels=label_raster[0], output=out, chip_size=64, stride=32)
