# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexing: official counts, discovery of both versions, archives and metadata that are none."""

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
    InvalidRequest,
    MissingInput,
    NotAnArchive,
    UnknownClass,
    UnreadableTable,
)
from coverloom.engine.patches import metadata as official_tables
from coverloom.tests.data import make_archive
from rasterio.warp import transform

from .conftest import S1, S2
from .runs import V1_LABELS, index_of


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


def test_a_map_with_an_unknown_code_is_told_and_stops_nothing(archive, tmp_path, events):
    path = next((archive / "Reference_Maps").rglob("*_45_45_reference_map.tif"))
    codes = np.full((120, 120), 300, np.uint16)
    make_archive.write_band(path.parent, "reference_map", codes, "33UUP", (45, 45), nodata=0)
    outputs, index = index_of(archive, tmp_path, events)
    assert outputs["PAIRS"] == 3
    assert len(events.warnings()) == 1
    assert events.warnings()[0].startswith("1 pairs have labels that cannot be read")
    reasons = {row.patch_id: row.reason for row in index.rows()}
    assert "holds 300, which is no CORINE code" in reasons[f"{S2}45_45"]


def test_footprints_for_a_qgis_without_parquet(archive, tmp_path):
    outputs, _ = index_of(archive, tmp_path, footprints=str(tmp_path / "patches.gpkg"))
    with sqlite3.connect(tmp_path / "patches.gpkg") as database:
        count = database.execute("SELECT count(*) FROM patches WHERE status = 'paired'").fetchone()
    assert count == (outputs["PAIRS"],)
    with pytest.raises(InvalidRequest, match=r"FOOTPRINTS is .*\.shp"):
        index_of(archive, tmp_path, footprints=str(tmp_path / "patches.shp"))


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
    with pytest.raises(MissingInput, match=r"notes\.txt is no folder"):
        (tmp_path / "notes.txt").write_text("no table")
        index_of(archive, tmp_path, metadata=str(tmp_path / "notes.txt"))
    both = f"{archive / 'metadata.parquet'},{archive / 'metadata.parquet'}"
    with pytest.raises(UnreadableTable, match="in the metadata twice"):
        index_of(archive, tmp_path, metadata=both)
    assert not (tmp_path / "index.parquet").exists()


def test_metadata_without_a_row_for_this_archive(archive, tmp_path, events):
    official = pq.read_table(archive / "metadata.parquet")
    pq.write_table(official.slice(0, 0), tmp_path / "none.parquet")
    with pytest.raises(UnreadableTable, match="has no rows"):
        index_of(archive, tmp_path, metadata=str(tmp_path / "none.parquet"))
    elsewhere = [
        name.replace("T33UUP", "T33UVP") for name in official.column("patch_id").to_pylist()
    ]
    pq.write_table(
        official.set_column(0, "patch_id", pa.array(elsewhere)), tmp_path / "other.parquet"
    )
    outputs, _ = index_of(
        archive, tmp_path, events, metadata=str(tmp_path / "other.parquet"), present_only=True
    )
    assert outputs["PATCHES"] == 0
    assert any("The index is empty" in text for text in events.warnings())


def test_an_index_is_no_official_metadata(archive, tmp_path):
    """It has their columns; found pairs would then pass as official, and be deleted after use."""
    index_of(archive, tmp_path)
    found = (tmp_path / "index.parquet").rename(tmp_path / "found.parquet")
    with pytest.raises(UnreadableTable, match="is a patch index, not the official metadata"):
        index_of(archive, tmp_path, metadata=str(found))
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


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("labels", ["Pastures", "Arable land", "Pastures"]),
        ("labels", [1, 2, 3]),
        ("country", [1, 2, 3]),
    ],
)
def test_metadata_with_a_column_of_another_type(archive, tmp_path, column, values):
    table = pq.read_table(archive / "metadata.parquet")
    place = table.column_names.index(column)
    path = tmp_path / "m.parquet"
    pq.write_table(table.set_column(place, column, pa.array(values)), path)
    with pytest.raises(UnreadableTable, match=f"columns of another type: {column}"):
        index_of(archive, tmp_path, metadata=str(path))


@pytest.mark.parametrize("rows", [1, 2, 65536])
def test_a_stretch_without_a_patch_that_is_there_leaves_no_trace(
    archive, tmp_path, monkeypatch, rows
):
    shutil.rmtree(next((archive / "BigEarthNet-S2").glob("*/*_45_45")))
    monkeypatch.setattr(official_tables, "_ROWS", rows)
    _, index = index_of(archive, tmp_path, metadata=str(archive), present_only=True)
    assert sorted(row.patch_id[-5:] for row in index.rows()) == ["07_05", "20_60"]
    file = pq.ParquetFile(tmp_path / "index.parquet")
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sum(sizes) == 2 and 0 not in sizes
    corners = []
    for row in index.rows():
        xs, ys = [row.ulx, row.ulx + 1200] * 2, [row.uly] * 2 + [row.uly - 1200] * 2
        corners += zip(*transform(f"EPSG:{row.epsg}", "OGC:CRS84", xs, ys))
    expected = [*np.min(corners, axis=0), *np.max(corners, axis=0)]
    told = json.loads(file.metadata.metadata[b"geo"])["columns"]["geometry"]["bbox"]
    assert told == pytest.approx(expected, abs=1e-6)


def test_official_metadata_speak_of_version_1_too(v1_real, real_data, tmp_path):
    outputs, index = index_of(
        v1_real, tmp_path, metadata=str(real_data / "bigearthnet_v2"), present_only=True
    )
    rows = {row.patch_id: row for row in index.rows()}
    assert outputs["PAIRS"] == len(rows) >= 4
    assert set(rows) <= set(V1_LABELS)
    for row in rows.values():
        assert Path(row.s2_path).is_dir()
        assert Path(row.s1_path).is_dir()
        assert (row.version, row.map_path) == (1, "")
        assert row.contains_seasonal_snow is not None


@pytest.mark.parametrize("kind", ["large", "view", "dictionary"])
def test_rows_of_the_metadata_that_pandas_or_polars_wrote_again(archive, tmp_path, kind):
    """pandas 3 and polars write text as large strings: some rows of the official table are such."""
    expected = index_of(archive, tmp_path, metadata=str(archive / "metadata.parquet"))[1]
    text = {"large": pa.large_string(), "view": pa.string_view()}.get(kind, pa.string())
    table = pq.read_table(archive / "metadata.parquet")
    for i, field in enumerate(table.schema):
        column = table.column(i)
        if field.name == "labels":
            column = column.cast(pa.large_list(text) if kind == "large" else pa.list_(text))
        elif pa.types.is_string(field.type):
            column = column.cast(text)
            column = column.dictionary_encode() if kind == "dictionary" else column
        table = table.set_column(i, field.name, column)
    pq.write_table(table, tmp_path / "m.parquet")
    found = index_of(archive, tmp_path, metadata=str(tmp_path / "m.parquet"))[1]
    assert list(found.rows()) == list(expected.rows())
    assert len(found) > 0
