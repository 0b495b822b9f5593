# SPDX-License-Identifier: GPL-3.0-or-later
"""Listings of folders on this machine's disk."""

from __future__ import annotations

import os

import pytest
from coverloom.engine.contract.errors import MissingInput
from coverloom.engine.core.storage import Storage


def test_a_link_to_nothing_hides_no_other_file(tmp_path):
    """An archive of links, some of whose files were not fetched yet, was "not there"."""
    (tmp_path / "a.tif").write_bytes(b"1234")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "b.tif").write_bytes(b"12")
    try:
        (tmp_path / "gone.tif").symlink_to(tmp_path / "elsewhere" / "gone.tif")
    except OSError:
        pytest.skip("This system makes no links.")
    storage = Storage()
    assert [(item.name, item.size) for item in storage.list(str(tmp_path))] == [
        ("a.tif", 4), ("deeper", 0),
    ]  # fmt: skip
    assert [item.name for item in storage.files(str(tmp_path))] == ["a.tif", "b.tif"]


def test_why_a_folder_cannot_be_listed_is_said(tmp_path):
    with pytest.raises(MissingInput, match="There is no "):
        Storage().list(str(tmp_path / "nowhere"))
    (tmp_path / "file").touch()
    with pytest.raises(MissingInput, match="is no folder"):
        Storage().list(str(tmp_path / "file"))
    reason = os.strerror(36) if os.name == "posix" else "."
    with pytest.raises(MissingInput, match=f"cannot be listed: {reason}"):
        Storage().list(str(tmp_path / ("x" * 300)))
