# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation: each depth sees more, in one process or two."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    InvalidRequest,
)
from coverloom.engine.contract.jobs.validatepatches import DEPTHS, ValidatePatches
from coverloom.engine.jobs import validatepatches
from coverloom.tests.data import make_archive

from .conftest import S2
from .runs import index_of


def validated(tmp_path, **options):
    """Validate the index of ``tmp_path``; returns the outputs and the report."""
    request = ValidatePatches(
        str(tmp_path / "index.parquet"), str(tmp_path / "report.json"), workers=1, **options
    )
    request.validate()
    outputs = validatepatches.run(request, lambda event: None)
    return outputs, json.loads(Path(outputs["OUTPUT"]).read_text())


@pytest.mark.parametrize("depth", DEPTHS)
def test_a_sound_archive(archive, tmp_path, depth):
    index_of(archive, tmp_path)
    outputs, report = validated(tmp_path, depth=depth)
    assert (outputs["CHECKED"], outputs["FAULTY"]) == (3, 0)
    assert (report["all_files_found"], report["not_found"], report["total_checked"]) == (True, 0, 3)
    assert (report["missing_patches"], report["fraction_used"]) == ([], 1.0)


def test_a_missing_single_band_is_seen(archive, tmp_path):
    """The old pipeline's check looked at folders only."""
    index_of(archive, tmp_path)
    path = next(archive.rglob("*_20_60_B8A.tif"))
    path.unlink()
    outputs, report = validated(tmp_path)
    assert outputs["FAULTY"] == 1
    assert report["missing_patches"] == [
        {
            "patch_id": f"{S2}20_60",
            "all_exist": False,
            "s2_exists": False,
            "s1_exists": True,
            "ref_exists": True,
        }
    ]
    assert report["faulty_patches"][0]["faults"] == [{"file": str(path), "why": "missing"}]
    with sqlite3.connect(report["table"]) as database:
        rows = database.execute("SELECT patch_id, sound, why FROM patches WHERE sound = 0")
        assert rows.fetchall() == [(f"{S2}20_60", 0, f"{path.name}: missing")]


def _break(archive, how):
    if how == "truncated":
        path = next(archive.rglob("*_20_60_B02.tif"))
        path.write_bytes(path.read_bytes()[:20_000])
    elif how == "empty":
        path = next(archive.rglob("*_20_60_B02.tif"))
        path.write_bytes(b"")
    else:
        path = next(archive.rglob("*_20_60_VV.tif"))
        pixels = np.zeros((120, 120), np.float32)
        options = {"zero": {}, "nodata": {"nodata": -1}, "moved": {}, "nan": {}}[how]
        if how == "nan":
            pixels[3, 4] = np.nan
        if how == "nodata":
            pixels += 1
        place = (21, 60) if how == "moved" else (20, 60)
        make_archive.write_band(path.parent, "VV", pixels, "33UUP", place, **options)
    return path


@pytest.mark.parametrize(
    ("how", "depth", "why"),
    [
        ("empty", "exists", "empty"),
        ("truncated", "header", "cut short"),
        ("moved", "header", "the patch lies at"),
        ("nodata", "header", "nodata is -1"),
        ("zero", "pixels", "all pixels are zero"),
        ("nan", "pixels", "1 pixels are not finite"),
    ],
)
def test_each_depth_sees_more(archive, tmp_path, how, depth, why):
    index_of(archive, tmp_path)
    path = _break(archive, how)
    shallower = DEPTHS[: DEPTHS.index(depth)]
    for earlier in shallower:
        assert validated(tmp_path, depth=earlier)[0]["FAULTY"] == 0
    outputs, report = validated(tmp_path, depth=depth)
    assert outputs["FAULTY"] == 1
    fault = report["faulty_patches"][0]["faults"][0]
    assert fault["file"] == str(path)
    assert why in fault["why"]
    assert str(path.parent) not in fault["why"]  # the field beside it has the path
    with sqlite3.connect(report["table"]) as database:
        (said,) = database.execute("SELECT why FROM patches WHERE sound = 0").fetchone()
    assert said.startswith(f"{path.name}: {fault['why']}")


def test_two_processes_find_what_one_finds(archive, tmp_path):
    index_of(archive, tmp_path)
    _break(archive, "truncated")
    _, one = validated(tmp_path, depth="pixels")
    request = ValidatePatches(
        str(tmp_path / "index.parquet"), str(tmp_path / "two.json"), depth="pixels", workers=2
    )
    validatepatches.run(request, lambda event: None)
    two = json.loads((tmp_path / "two.json").read_text())
    assert {**one, "table": ""} == {**two, "table": ""}


def test_a_fraction_of_the_official_metadata_is_checked(real_data, tmp_path):
    clean = str(real_data / "bigearthnet_v2" / "metadata.parquet")
    index_of(real_data / "bigearthnet_v2", tmp_path, metadata=clean)
    outputs, report = validated(tmp_path, fraction=0.001)
    assert outputs["CHECKED"] == 480
    assert report["checked_per_split"] == {"test": 120, "train": 238, "validation": 122}
    assert report["all_files_found"] is False


def test_a_fraction_of_nothing(archive, tmp_path):
    index_of(archive, tmp_path)
    with pytest.raises(EmptyIntersection, match="is none"):
        validated(tmp_path, fraction=0.01)
    with pytest.raises(InvalidRequest, match="FRACTION"):
        ValidatePatches("a", "b", fraction=0).validate()


def test_an_archive_that_is_not_there_is_told_by_its_folder(archive, tmp_path):
    index_of(archive, tmp_path)
    archive.rename(tmp_path / "unplugged")
    events = []
    request = ValidatePatches(
        str(tmp_path / "index.parquet"), str(tmp_path / "report.json"), workers=1
    )
    assert validatepatches.run(request, events.append)["FAULTY"] == 3
    told = [event.text for event in events if getattr(event, "level", "") == "warning"]
    assert str(archive / "BigEarthNet-S2") in told[0]
    assert "index the archive where it lies now" in told[0]
