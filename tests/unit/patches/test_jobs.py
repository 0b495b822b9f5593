# SPDX-License-Identifier: GPL-3.0-or-later
"""The three jobs: official counts, discovery of both versions, bad archives, validation, labels."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    InvalidRequest,
    MissingInput,
    NotAnArchive,
    UnknownClass,
    UnreadableTable,
)
from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet
from coverloom.engine.contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from coverloom.engine.contract.jobs.validatepatches import DEPTHS, ValidatePatches
from coverloom.engine.jobs import indexbigearthnet, relabelbigearthnet, validatepatches
from coverloom.engine.patches.index import read_index
from coverloom.tests.data import make_archive

from .conftest import S1, S2

V1_LABELS = {
    "S2A_MSIL2A_20170613T101031_87_48": [
        "Arable land",
        "Land principally occupied by agriculture, with significant areas of natural vegetation",
    ],
    "S2A_MSIL2A_20170617T113321_36_85": ["Arable land", "Pastures"],
    "S2A_MSIL2A_20170617T113321_4_55": ["Pastures"],
    "S2A_MSIL2A_20171221T112501_56_35": [
        "Broad-leaved forest",
        "Complex cultivation patterns",
        "Land principally occupied by agriculture, with significant areas of natural vegetation",
        "Transitional woodland, shrub",
    ],
    "S2B_MSIL2A_20170924T93020_69_24": [
        "Coniferous forest",
        "Inland waters",
        "Inland wetlands",
        "Mixed forest",
        "Transitional woodland, shrub",
    ],
    "S2B_MSIL2A_20180204T94161_57_38": ["Arable land", "Coniferous forest", "Mixed forest"],
}


def index_of(root, tmp_path, emit=lambda event: None, **options):
    """Index ``root``; returns the outputs and the index."""
    request = IndexBigEarthNet(str(root), str(tmp_path / "index.parquet"), **options)
    request.validate()
    outputs = indexbigearthnet.run(request, emit)
    return outputs, read_index(outputs["OUTPUT"])


def validated(tmp_path, **options):
    """Validate the index of ``tmp_path``; returns the outputs and the report."""
    request = ValidatePatches(
        str(tmp_path / "index.parquet"), str(tmp_path / "report.json"), workers=1, **options
    )
    request.validate()
    outputs = validatepatches.run(request, lambda event: None)
    return outputs, json.loads(Path(outputs["OUTPUT"]).read_text())


# --- indexing ---


def test_all_official_rows(real_data, official, tmp_path):
    folder = real_data / "bigearthnet_v2"
    outputs, index = index_of(folder, tmp_path, metadata=str(folder))
    assert (outputs["PATCHES"], outputs["PAIRS"], outputs["UNPAIRED"]) == (549_488, 549_488, 0)
    table = index.table
    for name in ("patch_id", "s1_name", "s2v1_name", "country", "split", "labels"):
        assert table.column(name).combine_chunks().equals(official.column(name).combine_chunks())
    assert pc.max(table.column("days_apart")).as_py() <= 6
    assert len(index.card["made"]["metadata"]) == 2
    first = index.row(0)
    assert first.map_path.endswith(f"/Reference_Maps/{first.patch_id[:-6]}/{first.patch_id}")
    assert first.s1_path.endswith(f"/BigEarthNet-S1/{first.s1_name[:-12]}/{first.s1_name}")
    assert Path(first.map_path).is_dir()
    assert not (pa.compute.equal(table.column("epsg"), 0)).to_numpy().any()


def test_the_real_patches_of_version_2_are_found_and_are_no_pair(real_data, tmp_path):
    outputs, index = index_of(real_data / "bigearthnet_v2", tmp_path)
    assert (outputs["PATCHES"], outputs["PAIRS"], outputs["UNPAIRED"]) == (3, 0, 3)
    rows = list(index.rows())
    assert [bool(r.s2_path) + 2 * bool(r.s1_path) + 4 * bool(r.map_path) for r in rows] == [1, 2, 4]
    assert rows[2].labels == ("Arable land", "Broad-leaved forest", "Mixed forest", "Pastures")
    assert all(row.reason and row.country == "Austria" for row in rows)


def test_the_six_real_pairs_of_version_1(v1_real, tmp_path):
    outputs, index = index_of(v1_real, tmp_path)
    assert (outputs["PATCHES"], outputs["PAIRS"]) == (6, 6)
    rows = {row.patch_id: row for row in index.rows()}
    assert {name: list(row.labels) for name, row in rows.items()} == V1_LABELS
    row = rows["S2B_MSIL2A_20170924T93020_69_24"]
    assert row.s1_name == "S1A_IW_GRDH_1SDV_20170925T043256_35VPK_69_24"
    assert (row.version, row.epsg, row.ulx, row.uly) == (1, 32635, 682800, 6971220)
    assert (row.country, row.days_apart) == ("Finland", 1)


def test_metadata_and_discovery_agree(archive, tmp_path):
    _, by_metadata = index_of(archive, tmp_path, metadata=str(archive))
    _, discovered = index_of(archive, tmp_path)
    told = {row.patch_id: row for row in by_metadata.rows()}
    found = {row.patch_id: row for row in discovered.rows()}
    assert set(told) == set(found)
    assert len(told) == 3
    for name in told:
        for field in ("s1_name", "s2_path", "s1_path", "map_path", "ulx", "uly", "labels", "tile"):
            assert getattr(told[name], field) == getattr(found[name], field)


def test_dates_decide_between_two_seasons(tmp_path):
    """Two dates at one place: each gets its own Sentinel-1 patch, and the third none."""
    later = S2.replace("20170613", "20171018")
    alone = S2.replace("20170613", "20180301")
    make_archive.v2_archive(
        tmp_path / "a",
        [
            (f"{S2}07_05", f"{S1}7_5"),
            (f"{later}07_05", f"{S1.replace('20170612', '20171020')}7_5"),
            (f"{alone}07_05", ""),
        ],
    )
    outputs, index = index_of(tmp_path / "a", tmp_path)
    assert (outputs["PAIRS"], outputs["UNPAIRED"]) == (2, 1)
    rows = {row.patch_id: row for row in index.rows()}
    assert rows[f"{S2}07_05"].days_apart == 1
    assert rows[f"{later}07_05"].days_apart == 2
    assert "more than 6 days apart" in rows[f"{alone}07_05"].reason
    strict, _ = index_of(tmp_path / "a", tmp_path, max_days=1)
    assert strict["PAIRS"] == 1


def test_two_equally_near_are_ambiguous(tmp_path):
    twin = S1.replace("20170612T165809", "20170614T032253")  # as long after as the other is before
    make_archive.v2_archive(tmp_path / "a", [(f"{S2}07_05", f"{S1}7_5")])
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    make_archive.v2_patch(tmp_path / "b", f"{S2}07_05", f"{twin}7_5")
    _, index = index_of(tmp_path / "b", tmp_path)
    row = next(row for row in index.rows() if row.s2_path)
    assert (row.status, row.s1_path) == ("ambiguous", "")
    assert len(index) == 3


def test_only_what_is_there(archive, tmp_path, events):
    shutil.rmtree(next((archive / "BigEarthNet-S2").rglob("*_07_05")))
    outputs, _ = index_of(archive, tmp_path, events, metadata=str(archive))
    assert outputs["PATCHES"] == 3
    assert "1 of 3 folders looked for are not there" in events.warnings()[0]
    outputs, _ = index_of(archive, tmp_path, metadata=str(archive), present_only=True)
    assert outputs["PATCHES"] == 2


def test_version_1_without_json_is_paired_by_its_tile(tmp_path):
    root = tmp_path / "v1"
    s2 = "S2A_MSIL2A_20170613T101031_7_5"
    make_archive.v1_patch(root, s2, "33UUP", labels=["Water bodies"])
    folder = make_archive.v1_patch(root, f"{S1}7_5", "33UUP", s2)
    (folder / f"{S1}7_5_labels_metadata.json").unlink()
    outputs, index = index_of(root, tmp_path)
    assert outputs["PAIRS"] == 1
    assert index.row(0).labels == ("Inland waters",)


def test_what_metadata_say_wrongly_is_not_paired(archive, tmp_path):
    rows = pq.read_table(archive / "metadata.parquet").to_pylist()
    rows[0]["s1_name"] = rows[1]["s1_name"]
    rows[2]["s1_name"] = rows[2]["s1_name"].replace("20170612", "20170712")
    make_archive.write_metadata(tmp_path / "m.parquet", rows)
    outputs, index = index_of(archive, tmp_path, metadata=str(tmp_path / "m.parquet"))
    assert (outputs["PAIRS"], outputs["UNPAIRED"]) == (0, 3)
    states = [(row.status, row.reason) for row in index.rows()]
    assert states[0] == ("ambiguous", "the metadata name a Sentinel-1 patch of another place")
    assert "several patches" in states[1][1]
    assert "more than 6 days apart" in states[2][1]


def test_a_map_with_an_unknown_code_is_told_and_stops_nothing(archive, tmp_path):
    path = next((archive / "Reference_Maps").rglob("*_45_45_reference_map.tif"))
    codes = np.full((120, 120), 300, np.uint16)
    make_archive.write_band(path.parent, "reference_map", codes, "33UUP", (45, 45), nodata=0)
    outputs, index = index_of(archive, tmp_path)
    assert outputs["PAIRS"] == 3
    reasons = {row.patch_id: row.reason for row in index.rows()}
    assert "holds 300, which is no CORINE code" in reasons[f"{S2}45_45"]


def test_footprints_for_a_qgis_without_parquet(archive, tmp_path):
    outputs, _ = index_of(archive, tmp_path, footprints=str(tmp_path / "patches.gpkg"))
    with sqlite3.connect(tmp_path / "patches.gpkg") as database:
        count = database.execute("SELECT count(*) FROM patches WHERE status = 'paired'").fetchone()
    assert count == (outputs["PAIRS"],)


@pytest.mark.parametrize("layout", ["empty", "other"])
def test_a_folder_that_is_no_archive(layout, tmp_path):
    root = tmp_path / "root"
    (root / ("photos" if layout == "other" else "BigEarthNet-S2")).mkdir(parents=True)
    with pytest.raises(NotAnArchive):
        index_of(root, tmp_path)
    assert not (tmp_path / "index.parquet").exists()


def test_no_folder(tmp_path):
    with pytest.raises(MissingInput):
        index_of(tmp_path / "none", tmp_path)


def test_metadata_of_another_schema(archive, tmp_path):
    bad = tmp_path / "m.parquet"
    pq.write_table(pa.table({"patch_id": ["a"], "label": ["b"]}), bad)
    with pytest.raises(UnreadableTable, match="lacks labels, split, country"):
        index_of(archive, tmp_path, metadata=str(bad))
    bad.write_bytes(b"no parquet")
    with pytest.raises(UnreadableTable, match="no readable parquet"):
        index_of(archive, tmp_path, metadata=str(bad))
    with pytest.raises(MissingInput, match="names no parquet file"):
        index_of(archive, tmp_path, metadata=str(archive / "BigEarthNet-S2"))
    both = f"{archive / 'metadata.parquet'},{archive / 'metadata.parquet'}"
    with pytest.raises(UnreadableTable, match="in the metadata twice"):
        index_of(archive, tmp_path, metadata=both)
    assert not (tmp_path / "index.parquet").exists()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("patch_id", "S2A_26_57", UnreadableTable),
        ("labels", ["Meadows"], UnknownClass),
        ("split", "holdout", UnreadableTable),
    ],
)
def test_metadata_with_a_value_that_cannot_be(archive, tmp_path, field, value, error):
    rows = pq.read_table(archive / "metadata.parquet").to_pylist()
    rows[1][field] = value
    make_archive.write_metadata(tmp_path / "m.parquet", rows)
    with pytest.raises(error, match=str(value[0] if isinstance(value, list) else value)):
        index_of(archive, tmp_path, metadata=str(tmp_path / "m.parquet"))
    assert not (tmp_path / "index.parquet").exists()


# --- validation ---


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


# --- labels of version 1 ---


def _records(root):
    return {path: path.read_bytes() for path in root.rglob("*_labels_metadata.json")}


def test_sidecars_leave_the_archive_as_it_is(v1_real, tmp_path):
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    before = _records(root)
    outputs = relabelbigearthnet.run(RelabelBigEarthNet(str(root)), lambda event: None)
    assert outputs == {"OUTPUT": str(root), "UPDATED": 12}
    assert _records(root) == before
    for name, labels in V1_LABELS.items():
        sidecar = json.loads(next(root.rglob(f"{name}_labels_metadata_19.json")).read_text())
        assert sidecar["labels"] == labels
        old = json.loads(next(root.rglob(f"{name}_labels_metadata.json")).read_text())
        assert sidecar["original_labels"] == old["labels"]
        assert sidecar["coordinates"] == old["coordinates"]
    again = relabelbigearthnet.run(RelabelBigEarthNet(str(root)), lambda event: None)
    assert again["UPDATED"] == 0


def test_sidecars_in_another_folder(v1_real, tmp_path):
    request = RelabelBigEarthNet(str(v1_real), str(tmp_path / "labels"))
    outputs = relabelbigearthnet.run(request, lambda event: None)
    assert outputs == {"OUTPUT": str(tmp_path / "labels"), "UPDATED": 12}
    assert len(list((tmp_path / "labels").rglob("*_labels_metadata_19.json"))) == 12
    assert not list(v1_real.rglob("*_19.json"))


def test_json_edited_in_place_keeps_its_original(v1_real, tmp_path):
    """The old tool edited the archive's JSON without a backup."""
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    before = _records(root)
    request = RelabelBigEarthNet(str(root), in_place=True)
    assert relabelbigearthnet.run(request, lambda event: None)["UPDATED"] == 12
    for path, content in before.items():
        assert path.with_name(path.name + ".orig").read_bytes() == content
    after = _records(root)
    assert relabelbigearthnet.run(request, lambda event: None)["UPDATED"] == 0
    assert _records(root) == after
    _, index = index_of(root, tmp_path)
    rows = {row.patch_id: row for row in index.rows()}
    assert {name: list(row.labels) for name, row in rows.items()} == V1_LABELS
    assert rows["S2A_MSIL2A_20170613T101031_87_48"].labels43[0] == "Non-irrigated arable land"


def test_one_bad_json_stops_nothing(v1_real, tmp_path, events):
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    bad, odd = sorted(root.rglob("*_labels_metadata.json"))[:2]
    bad.write_text("{")
    odd.write_text('{"labels": ["Meadow"]}')
    outputs = relabelbigearthnet.run(RelabelBigEarthNet(str(root), in_place=True), events)
    assert outputs["UPDATED"] == 10
    assert any("is no JSON" in text for text in events.warnings())
    assert any("'Meadow' is no class" in text for text in events.warnings())
    assert bad.read_text() == "{"


def test_a_patch_without_a_label_left_is_told(tmp_path, events):
    make_archive.v1_patch(
        tmp_path / "v1", "S2A_MSIL2A_20170613T101031_7_5", "33UUP", labels=["Bare rock"]
    )
    relabelbigearthnet.run(RelabelBigEarthNet(str(tmp_path / "v1")), events)
    assert events.warnings() == ["1 patches have no label left in the 19 classes."]


def test_version_2_has_no_such_labels(archive):
    with pytest.raises(NotAnArchive, match="no version 1 patch"):
        relabelbigearthnet.run(RelabelBigEarthNet(str(archive)), lambda event: None)
    with pytest.raises(InvalidRequest, match="IN_PLACE is set"):
        RelabelBigEarthNet(str(archive), "x", in_place=True).validate()
