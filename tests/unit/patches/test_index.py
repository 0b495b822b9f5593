# SPDX-License-Identifier: GPL-3.0-or-later
"""The index file: round trips, its cards, and files that are none."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from coverloom.engine.contract.errors import InvalidCard, MissingInput, UnreadableTable
from coverloom.engine.patches.index import IndexWriter, read_index, rows_table, write_index
from coverloom.engine.patches.row import PatchRow

ROWS = [
    PatchRow("a", labels=("Pastures",), split="train", h=1, v=2, date_s2=dt.date(2017, 6, 13)),
    PatchRow("b", version=1, labels43=("Sea and ocean",), contains_seasonal_snow=True, ulx=1.5),
    PatchRow("c", status="unpaired", reason="there is no Sentinel-1 patch at its place"),
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "index.parquet"
    write_index(
        str(path), [rows_table(ROWS[:1]), rows_table(ROWS[1:])], {"s2": "/x"}, {"by": "test"}
    )
    return path


def test_rows_come_back(path):
    index = read_index(str(path))
    assert list(index.rows()) == ROWS
    assert index.row(2) == ROWS[2]
    assert [row.patch_id for row in index.rows([2, 0])] == ["c", "a"]
    assert len(index.paired()) == 2
    assert index.select(np.array([False, True, False])).row(0) == ROWS[1]
    assert index.card == {
        "schema": 1,
        "counts": {"patches": 3, "paired": 2, "unpaired": 1, "ambiguous": 0},
        "roots": {"s2": "/x"},
        "made": {"by": "test"},
    }


def test_only_some_columns(path):
    index = read_index(str(path), ["patch_id", "split"])
    assert index.table.column_names == ["patch_id", "split"]
    assert index.column("split").tolist() == ["train", "", ""]


def test_it_is_geoparquet(path):
    geo = json.loads(pq.read_metadata(path).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"]["encoding"] == "WKB"


def test_altered_bytes_are_seen(path):
    whole = path.read_bytes()
    at = whole.index(b"there is no") if b"there is no" in whole else 300
    path.write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    with pytest.raises(UnreadableTable, match="cannot be read"):
        read_index(str(path))


def test_cut_short(path):
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnreadableTable, match="cannot be read"):
        read_index(str(path))


def test_no_file(tmp_path):
    with pytest.raises(MissingInput):
        read_index(str(tmp_path / "none.parquet"))


def test_another_parquet_file(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "x.parquet")
    with pytest.raises(UnreadableTable, match="no patch index"):
        read_index(str(tmp_path / "x.parquet"))


@pytest.mark.parametrize(
    ("card", "error"),
    [("{", "no JSON"), ('{"schema": 2}', "schema 2"), ('{"schema": 1, "x": 0}', "fields")],
)
def test_another_card(tmp_path, card, error):
    table = rows_table(ROWS).replace_schema_metadata({"coverloom": card})
    pq.write_table(table, tmp_path / "x.parquet")
    with pytest.raises(InvalidCard, match=error):
        read_index(str(tmp_path / "x.parquet"))


def test_a_column_is_missing(tmp_path):
    card = {"schema": 1, "counts": {"patches": 3}, "roots": {}, "made": {}}
    table = rows_table(ROWS).drop_columns(["tile"])
    pq.write_table(
        table.replace_schema_metadata({"coverloom": json.dumps(card)}), tmp_path / "x.parquet"
    )
    with pytest.raises(UnreadableTable, match="lacks the columns tile"):
        read_index(str(tmp_path / "x.parquet"))


def test_an_interrupted_writer_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), IndexWriter(str(tmp_path / "index.parquet")) as writer:
        writer.write(rows_table(ROWS))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_another_program_saved_is_told_how_to_choose_instead(tmp_path):
    path = str(tmp_path / "index.parquet")
    write_index(path, [rows_table([])], {}, {})
    pq.write_table(pq.read_table(path).replace_schema_metadata(None), path)
    with pytest.raises(UnreadableTable, match="QGIS too, is none"):
        read_index(path)
