# SPDX-License-Identifier: GPL-3.0-or-later
"""Chips of any raster, against whole-raster slices and one whole-raster burn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    EmptySelection,
    InvalidRequest,
    OtherSettings,
)
from coverloom.engine.contract.jobs.exportchips import ExportChips
from coverloom.engine.core.window import Window
from coverloom.engine.datasets.chips import split_chips
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs.exportchips import run
from hypothesis import given
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import from_origin

PLACE = from_origin(400000, 5400000, 10, 10)


def write(path, bands, names=(), nodata=None, transform=PLACE, crs="EPSG:32633", **extra):
    profile = {"driver": "GTiff", "count": len(bands), "dtype": bands.dtype, "crs": crs}
    height, width = bands.shape[1:]
    profile.update(height=height, width=width, transform=transform, nodata=nodata, **extra)
    with rasterio.open(path, "w", **profile) as target:
        target.write(bands)
        for i, name in enumerate(names, 1):
            target.set_band_description(i, name)
    return str(path)


@pytest.fixture
def scene(tmp_path):
    rng = np.random.default_rng(1)
    pixels = rng.integers(1, 5000, (3, 200, 260)).astype(np.uint16)
    return write(tmp_path / "scene.tif", pixels, ("B02", "B04", "VV")), pixels


@pytest.fixture
def label_raster(tmp_path):
    values = np.kron(np.random.default_rng(2).integers(3, 7, (10, 13)), np.ones((20, 20), int))
    return write(tmp_path / "labels.tif", values[None].astype(np.uint8), nodata=3), values


def square(x, y, side, kind):
    ring = [[x, y], [x + side, y], [x + side, y - side], [x, y - side], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}


@pytest.fixture
def polygons(tmp_path):
    features = [
        square(400100, 5399900, 605, "wood"),
        square(400500, 5399500, 700, "water"),
        square(401603, 5399807, 333, None),
    ]
    # As QGIS writes it: with the old crs member.
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return str(path), features


def position(patch):
    return int(patch.patch_id.split("_")[-2]), int(patch.patch_id.split("_")[-1])


def export(**fields):
    fields.setdefault("workers", 1)
    job = ExportChips.from_fields(fields)
    job.validate()
    return run(job, lambda event: None)


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


def test_nodata_becomes_ignored_and_empty_chips_are_left_out(tmp_path, label_raster):
    pixels = np.random.default_rng(3).uniform(-20, 0, (1, 200, 260)).astype(np.float32)
    pixels[0, :, :64] = np.nan
    pixels[0, 100:110, 70:90] = -9999
    path = write(tmp_path / "s1.tif", pixels, ("VV",), nodata=-9999)
    out = tmp_path / "out"
    result = export(
        rasters=[path], labels=label_raster[0], output=str(out), chip_size=64, splits="none"
    )
    dataset = open_dataset(out)
    assert all(position(patch)[1] > 0 for patch in dataset)
    assert result["WRITTEN"] == len(dataset) == 9
    for number, patch in enumerate(dataset):
        row, col = position(patch)
        gap = pixels[0, row : row + 64, col : col + 64] == -9999
        assert (patch.label[gap] == 255).all()
        assert np.isfinite(dataset.image(number)).all()
    good = pixels[0, :192, 64:256]
    good = good[good != -9999].astype(np.float64)
    band = dataset.card.band("VV")
    assert band.mean == pytest.approx(good.mean(), rel=1e-5)
    assert band.std == pytest.approx(good.std(), rel=1e-4)
    assert band.minimum == good.min()
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert sum(not entry["ok"] for entry in log) == 3


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


@pytest.mark.parametrize("nodata", [None, 0])
def test_what_labels_do_not_cover_has_no_label(tmp_path, scene, label_raster, nodata):
    """Without a nodata value GDAL fills the rest with zeros, which would be a class."""
    labels = write(tmp_path / "half.tif", label_raster[1][None, :, :130].astype(np.uint8), nodata=0)
    if nodata is None:
        labels = write(tmp_path / "half.tif", label_raster[1][None, :, :130].astype(np.uint8))
    out = tmp_path / "out"
    export(rasters=[scene[0]], labels=labels, output=str(out), chip_size=40, splits="none")
    dataset = open_dataset(out)
    assert dataset.card.classes.names == ["3", "4", "5", "6"]
    for patch in dataset:
        row, col = position(patch)
        expected = np.full((40, 40), 255)
        cut = label_raster[1][row : row + 40, col : min(col + 40, 130)] - 3
        expected[:, : cut.shape[1]] = cut
        assert np.array_equal(patch.label, expected)
    assert len(dataset) == 5 * 4


def test_what_a_further_raster_does_not_cover_is_not_measured(tmp_path, scene, label_raster):
    other = write(tmp_path / "b11.tif", np.full((1, 100, 260), 7, np.uint16), ("B11",))
    out = tmp_path / "out"
    export(
        rasters=[scene[0], other], labels=label_raster[0], output=str(out), chip_size=40,
        splits="none",
    )  # fmt: skip
    dataset = open_dataset(out)
    assert dataset.card.band("B11").minimum == 7
    assert {position(patch)[0] for patch in dataset} == {0, 40, 80}
    for patch in dataset:
        assert (patch.label[max(0, 100 - position(patch)[0]) :] == 255).all()


def test_opacity_is_no_measurement(tmp_path, label_raster):
    from rasterio.enums import ColorInterp

    pixels = np.random.default_rng(4).integers(1, 256, (4, 200, 260)).astype(np.uint8)
    pixels[3] = 255
    pixels[3, :, :60] = 0
    path = write(tmp_path / "photo.tif", pixels, photometric="RGB")
    with rasterio.open(path, "r+") as photo:
        photo.colorinterp = [*photo.colorinterp[:3], ColorInterp.alpha]
    out = tmp_path / "out"
    export(rasters=[path], labels=label_raster[0], output=str(out), chip_size=50, splits="none")
    dataset = open_dataset(out)
    assert [band.name for band in dataset.card.bands] == ["band1", "band2", "band3"]
    for number, patch in enumerate(dataset):
        row, col = position(patch)
        clear = pixels[3, row : row + 50, col : col + 50] == 255
        assert (patch.label[~clear] == 255).all()
        cut = pixels[:3, row : row + 50, col : col + 50]
        assert np.array_equal(dataset.image(number)[clear], cut.transpose(1, 2, 0)[clear])


def test_classes_have_the_names_that_lie_beside_the_raster(tmp_path, scene, label_raster):
    from coverloom.engine.core.classes import ClassScheme
    from coverloom.engine.inference.legend import write_side_file

    names = ["none", "rock", "ice", "sand", "wood & <meadow>", "water", "town"]
    write_side_file(Path(label_raster[0]), ClassScheme.of_names(names))
    out = tmp_path / "out"
    export(rasters=[scene[0]], labels=label_raster[0], output=str(out), chip_size=64)
    assert open_dataset(out).card.classes.names == names[4:]


def test_a_split_without_chips_is_told(tmp_path, scene, label_raster):
    said = []
    job = ExportChips((scene[0],), label_raster[0], str(tmp_path / "out"), workers=1)
    run(job, said.append)
    warnings = [e.text for e in said if getattr(e, "level", "") == "warning"]
    assert len(warnings) == 1 and warnings[0].startswith("There is no chip for validation and test")


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
