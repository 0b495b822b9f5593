# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells a file from the one that was there before."""

from __future__ import annotations

import hashlib
import os
import zipfile

import pytest
from coverloom.engine.core.stamps import stamp_of, stamps_under

# 2026-11-22 02:08:09 UTC
TIME_NS = 1_795_313_289 * 1_000_000_000


@pytest.fixture
def file(tmp_path):
    """``file(name, content, ns)``: the path of a file changed that many nanoseconds after."""

    def file(name, content=b"12345", ns=0):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, ns=(0, TIME_NS + ns))
        return str(path)

    return file


def test_size_and_time_to_the_nanosecond(file):
    assert stamp_of(file("a.tif")) == "5 bytes of 2026-11-22T02:08:09.000000000Z"
    assert stamp_of(file("a.tif", b"123456")) == "6 bytes of 2026-11-22T02:08:09.000000000Z"
    # To the second alone a map and what replaced it in that second would be one.
    assert stamp_of(file("a.tif", ns=100)) == "5 bytes of 2026-11-22T02:08:09.000000100Z"
    assert stamp_of(file("a.tif", ns=-1)) == "5 bytes of 2026-11-22T02:08:08.999999999Z"


def test_a_layer_in_a_file_and_a_file_in_an_archive_are_those_files(file, tmp_path):
    path = file("a.gpkg")
    assert stamp_of(f"{path}|layername=x|subset=a") == stamp_of(path)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("in/c.tif", b"c")
    inside = stamp_of(f"/vsizip/{tmp_path}/b.zip/in/c.tif")
    assert inside == stamp_of(str(tmp_path / "b.zip")) is not None
    assert stamp_of(f"/vsizip/{{{tmp_path}/b.zip}}/in/c.tif") == inside


def test_what_is_no_file_has_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("", str(tmp_path), str(tmp_path / "no"), "WMS:https://a.b/c", "|layername=a"):
        assert stamp_of(name) is None


def test_a_copy_is_told_by_what_it_holds(file):
    one = file("coverloom-job-a1b2/mask.gpkg", b"mask", ns=5)
    two = file("coverloom-job-c3d4/mask.gpkg", b"mask", ns=9)
    digest = hashlib.sha256(b"mask").hexdigest()
    assert stamp_of(one) == stamp_of(two) == f"4 bytes, content {digest[:16]}"
    assert stamp_of(file("coverloom-job-c3d4/mask.gpkg", b"MASK")) != stamp_of(one)
    assert stamps_under(one) == {"mask.gpkg": stamp_of(one)}  # another folder in each run


def test_all_files_under_a_folder_and_one_by_itself(file, tmp_path):
    names = ["t/a.tif", "t/deep/er/b.tif", "t/deep/c.xml"]
    paths = [file(name, bytes(i + 1)) for i, name in enumerate(names)]
    file("beside.tif")
    (tmp_path / "t" / "empty").mkdir()
    assert stamps_under(str(tmp_path / "t")) == {path: stamp_of(path) for path in paths}
    assert stamps_under(paths[0]) == {paths[0]: stamp_of(paths[0])}
    assert stamps_under(str(tmp_path / "nothing")) == {}
