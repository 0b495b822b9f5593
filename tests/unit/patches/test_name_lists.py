# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of names as published: snow and cloud of version 1 in the index, splits of either."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput, UnreadableTable
from coverloom.engine.core.storage import Storage
from coverloom.engine.patches.name_lists import read_names
from coverloom.engine.patches.selection import Criteria, select_patches

from .conftest import S2
from .runs import V1_LABELS, index_of

SNOWY, CLOUDY = "patches_with_seasonal_snow.csv", "patches_with_cloud_and_shadow.csv"
NAMES = sorted(V1_LABELS)
ELSEWHERE = "S2A_MSIL2A_20170613T101031_0_1"


def lists(folder, snowy, cloudy):
    folder.mkdir()
    for name, patches in ((SNOWY, snowy), (CLOUDY, cloudy)):
        (folder / name).write_text("".join(f"{patch}\r\n" for patch in patches))
    (folder / "train.csv").write_text("no list of this kind\n")
    return folder


def chosen(index, **wanted):
    """Names that an export would take."""
    no = {"exclude_snow": False, "exclude_cloud": False}
    split = select_patches(
        index, Criteria(True, True, False, "official", (), (), 1.0, **{**no, **wanted}, seed=1)
    )
    return {row.patch_id for row, name in zip(index.rows(), split.split) if name}, split.left_out


def test_published_lists_exclude_real_version_1_patches(v1_real, tmp_path, events):
    folder = lists(tmp_path / "lists", [NAMES[0], NAMES[3], ELSEWHERE], [NAMES[3], NAMES[5]])
    outputs, index = index_of(v1_real, tmp_path, events, metadata=str(folder))
    assert outputs["PAIRS"] == 6  # the pairs are still those of the patches' own JSON
    assert index.card["made"]["by"] == "discovery"
    flags = {
        r.patch_id: (r.contains_seasonal_snow, r.contains_cloud_or_shadow) for r in index.rows()
    }
    assert [n for n in NAMES if flags[n][0]] == [NAMES[0], NAMES[3]]
    assert [n for n in NAMES if flags[n][1]] == [NAMES[3], NAMES[5]]
    assert any("4 of 5 patches listed" in getattr(event, "text", "") for event in events.seen)
    assert chosen(index)[0] == set(NAMES)
    assert chosen(index, exclude_snow=True)[0] == set(NAMES) - {NAMES[0], NAMES[3]}
    kept, left_out = chosen(index, exclude_snow=True, exclude_cloud=True)
    assert kept == {NAMES[1], NAMES[2], NAMES[4]}
    assert left_out == {"with snow": 2, "with cloud or shadow": 1}


def test_lists_add_to_the_flags_of_the_tables(archive, tmp_path):
    """A version 2 archive: its rows hold the version 1 names, under which the lists speak."""
    folder = lists(tmp_path / "lists", ["S2A_MSIL2A_20170613T101031_7_5"], [])
    (folder / CLOUDY).write_text(f"{S2}45_45\n")
    given = f"{archive / 'metadata.parquet'},{folder / SNOWY},{folder / CLOUDY}"
    _, index = index_of(archive, tmp_path, metadata=given)
    assert index.card["made"]["by"] == "metadata"
    flags = [(r.contains_seasonal_snow, r.contains_cloud_or_shadow) for r in index.rows()]
    assert flags == [(True, False), (False, True), (False, False)]


def test_excluding_what_is_not_known_is_refused(v1_real, tmp_path):
    _, index = index_of(v1_real, tmp_path)
    with pytest.raises(InvalidRequest, match="EXCLUDE_SNOW is set, but the index has no contains"):
        chosen(index, exclude_snow=True)
    folder = lists(tmp_path / "lists", NAMES[:1], NAMES[:1])
    _, index = index_of(v1_real, tmp_path, metadata=str(folder / SNOWY))
    assert len(chosen(index, exclude_snow=True)[0]) == 5
    with pytest.raises(InvalidRequest, match="EXCLUDE_CLOUD"):
        chosen(index, exclude_cloud=True)


def test_metadata_that_are_no_such_list(v1_real, tmp_path):
    folder = lists(tmp_path / "lists", NAMES[:1], [])
    with pytest.raises(InvalidRequest, match="says neither snow nor cloud"):
        index_of(v1_real, tmp_path, metadata=str(folder / "train.csv"))
    with pytest.raises(UnreadableTable, match=f"{CLOUDY} is no list of BigEarthNet patches"):
        index_of(v1_real, tmp_path, metadata=str(folder))
    (folder / CLOUDY).write_bytes(b"\xff\xfe\x00\x00")
    with pytest.raises(UnreadableTable, match="is no CSV file"):
        index_of(v1_real, tmp_path, metadata=str(folder))
    with pytest.raises(MissingInput):
        index_of(v1_real, tmp_path, metadata=str(folder / "snow.csv"))
    assert not (tmp_path / "index.parquet").exists()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"{S2}07_05\n{S2}45_45\n", [(f"{S2}07_05",), (f"{S2}45_45",)]),
        (f"\ufeff{S2}07_05\r\n\r\n", [(f"{S2}07_05",)]),
        (f"patch_id,s1_name\n{S2}07_05, S1B_x ,more\n", [(f"{S2}07_05", "S1B_x")]),
        (f"{S2}07_05,\n{S2}45_45,\n", [(f"{S2}07_05",), (f"{S2}45_45",)]),
    ],
)
def test_rows_of_a_list(tmp_path, text, rows):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    assert read_names(str(path), Storage()) == rows
