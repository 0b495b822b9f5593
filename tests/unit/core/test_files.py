# SPDX-License-Identifier: GPL-3.0-or-later
"""Staged files: all or none, and never a folder that is called after an address."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverloom.engine.contract.errors import UnwritablePath
from coverloom.engine.core.files import StagedFolder, Staging, on_disk
from coverloom.engine.core.storage import Storage, is_remote


def test_all_files_appear_or_none(tmp_path):
    with pytest.raises(ZeroDivisionError), Staging() as staging:
        staging.path(tmp_path / "a" / "one.txt").write_text("1")
        staging.path("memory://bucket/none.txt").write_text("2")
        raise ZeroDivisionError
    assert list((tmp_path / "a").iterdir()) == []
    assert not Storage().exists("memory://bucket/none.txt")
    with Staging() as staging:
        staging.path(tmp_path / "one.txt").write_text("1")
        staging.path("memory://bucket/two.tif").write_text("2")
        staging.publish()
    assert (tmp_path / "one.txt").read_text() == "1"
    assert Storage().read_bytes("memory://bucket/two.tif") == b"2"


def test_what_gdal_keeps_beside_a_file_goes_with_it():
    with Staging() as staging:
        path = staging.path("memory://bucket/map.tif")
        path.write_text("map")
        path.with_name("map.tif.aux.xml").write_text("legend")
        staging.publish()
    assert Storage().read_bytes("memory://bucket/map.tif.aux.xml") == b"legend"
    assert not path.parent.exists()


@pytest.mark.parametrize("name", ["s3:/bucket/x.tif", "https:/host/x.tif", "s3://bucket/x"])
def test_no_folder_is_called_after_an_address(tmp_path, monkeypatch, name):
    """``Path("s3://b")`` is ``s3:/b``, which was made in the working folder without a word."""
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnwritablePath, match="is an address"):
        Staging().path(Path(name))
    with pytest.raises(UnwritablePath, match="is an address"):
        StagedFolder(name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_open_elsewhere_is_told_before_the_work(tmp_path, monkeypatch):
    """As Windows has it, where QGIS shows an older map that shall be replaced."""
    shown, other = tmp_path / "map.tif", tmp_path / "entropy.tif"
    shown.write_text("older")

    def replace(path, target):
        if target == shown and shown.exists():
            raise PermissionError(13, "The process cannot access the file", str(path), 32)
        return rename(path, target)

    rename = Path.rename
    monkeypatch.setattr(Path, "replace", replace)
    refused = pytest.raises(UnwritablePath, match=r"map.tif cannot be replaced: .*close it")
    with refused, Staging() as staging:
        staging.path(other).write_text("newer")
        staging.path(shown)
    assert [path.name for path in tmp_path.iterdir()] == ["map.tif"]
    assert shown.read_text() == "older"


def test_one_that_was_opened_during_the_work_is_told_in_words(tmp_path, monkeypatch):
    with Staging() as staging:
        staging.path(tmp_path / "map.tif")

        def replace(path, target):
            raise PermissionError(13, "The process cannot access the file", str(path), 32)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(UnwritablePath, match="close it there"):
            staging.publish()
    assert list(tmp_path.iterdir()) == []


def test_a_drive_is_no_scheme():
    assert is_remote("s3://bucket/in.tif") and not is_remote("C://data/in.tif")
    assert on_disk("C://data/in.tif").name == "in.tif"
