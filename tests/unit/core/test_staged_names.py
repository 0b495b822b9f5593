# SPDX-License-Identifier: GPL-3.0-or-later
"""The temporary names of staged files and folders, and what an older run left under them."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import UnwritablePath
from coverloom.engine.core.files import StagedFolder, Staging
from coverloom.engine.core.storage import Storage


def test_a_folder_is_no_file_to_replace(tmp_path):
    with pytest.raises(UnwritablePath, match="is a folder"):
        Staging().path(tmp_path)


def test_a_lasting_name_is_the_same_in_the_next_run_which_begins_it_anew(tmp_path):
    killed = Staging(lasting=True).path(tmp_path / "map.tif")
    killed.write_text("half")
    killed.with_name(killed.name + ".aux.xml").write_text("its legend")
    with Staging(lasting=True) as staging:
        again = staging.path(tmp_path / "map.tif")
        assert again == killed and again.read_text() == ""
        assert [path.name for path in tmp_path.iterdir()] == [killed.name]
        assert staging.path(tmp_path / "gap.tif") != killed


def test_other_names_are_new_in_each_run(tmp_path):
    with Staging() as one, Staging() as two:
        first, second = (staging.path(tmp_path / "map.tif") for staging in (one, two))
        assert first != second
        assert {first.suffix, second.suffix} == {".tif"}


def test_an_older_files_legend_does_not_stay_with_the_newer_one(tmp_path):
    final = tmp_path / "map.tif"
    final.write_text("older")
    (tmp_path / "map.tif.aux.xml").write_text("older legend")
    with Staging() as staging:
        staging.path(final).write_text("newer")
        staging.publish()
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]
    assert final.read_text() == "newer"


def test_what_was_published_is_not_published_again(tmp_path):
    with Staging() as staging:
        staging.path(tmp_path / "a.txt").write_text("1")
        staging.path("memory://bucket/b.txt").write_text("2")
        staging.publish()
        (tmp_path / "a.txt").write_text("changed since")
        Storage().write_bytes("memory://bucket/b.txt", b"changed since")
        staging.publish()
    assert (tmp_path / "a.txt").read_text() == "changed since"
    assert Storage().read_bytes("memory://bucket/b.txt") == b"changed since"


def test_a_staged_folder_may_lie_in_one_that_is_to_be_made(tmp_path):
    with StagedFolder(tmp_path / "not" / "there" / "yet") as staged:
        (staged.path / "x").write_text("1")
        staged.publish()
    assert (tmp_path / "not" / "there" / "yet" / "x").read_text() == "1"
