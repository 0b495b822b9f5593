# SPDX-License-Identifier: GPL-3.0-or-later
"""Chips where rasters or labels have gaps, and what classes and splits are called."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.jobs.exportchips import ExportChips
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs.exportchips import run

from .conftest import export, position, write


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
