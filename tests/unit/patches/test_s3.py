# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives in an object store: a moto server behind a proxy that counts and spoils."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import threading
from pathlib import Path

import boto3
import fsspec
import numpy as np
import pytest
from coverloom.engine.contract.errors import (
    MissingInput,
    StoreOutage,
    UnreachableStorage,
)
from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet
from coverloom.engine.contract.jobs.validatepatches import ValidatePatches
from coverloom.engine.core.storage import Storage
from coverloom.engine.jobs import indexbigearthnet, validatepatches
from coverloom.engine.patches.index import read_index
from coverloom.engine.patches.pixels import read_patch
from coverloom.engine.patches.row import FILES

from .conftest import name_store


def quiet(event):
    """Drop a job's events."""


def test_an_archive_in_a_bucket_is_indexed_and_checked_like_one_on_the_disk(store, proxy, tmp_path):
    outputs = indexbigearthnet.run(
        IndexBigEarthNet("s3://archive/ben", "s3://results/index.parquet"), quiet
    )
    assert (outputs["PATCHES"], outputs["PAIRS"]) == (25, 25)
    indexbigearthnet.run(IndexBigEarthNet(str(store[1]), str(tmp_path / "local.parquet")), quiet)
    there = {row.patch_id: row for row in read_index(outputs["OUTPUT"]).rows()}
    here = {row.patch_id: row for row in read_index(str(tmp_path / "local.parquet")).rows()}
    nothing = {"s2_path": "", "s1_path": "", "map_path": ""}
    for name, row in there.items():
        assert row.s2_path.startswith("s3://archive/ben/BigEarthNet-S2/")
        expected = dataclasses.replace(here[name], **nothing)
        assert dataclasses.replace(row, **nothing) == expected

    proxy.seen.clear()
    request = ValidatePatches(outputs["OUTPUT"], "s3://results/report.json", workers=1)
    assert validatepatches.run(request, quiet)["FAULTY"] == 0
    listings = [path for method, path in proxy.seen if "list-type=2" in path]
    assert len(listings) <= 6  # three scenes, not 25 patches and not 375 files
    assert len(proxy.seen) < 25
    report = json.loads(Storage().read_bytes("s3://results/report.json"))
    assert report["all_files_found"] is True
    assert Storage().size(report["table"]) > 0


def test_metadata_in_the_bucket(proxy):
    request = IndexBigEarthNet(
        "s3://archive/ben", "s3://results/m.parquet", metadata="s3://archive/ben"
    )
    assert indexbigearthnet.run(request, quiet)["PAIRS"] == 25


def test_pixels_from_the_bucket_equal_those_on_the_disk(store, proxy, tmp_path):
    for root, path in (("s3://archive/ben", "r"), (str(store[1]), "l")):
        indexbigearthnet.run(IndexBigEarthNet(root, str(tmp_path / path)), quiet)
    remote, local = (read_index(str(tmp_path / path)).row(3) for path in "rl")
    assert remote.patch_id == local.patch_id
    proxy.seen.clear()
    far, near = (read_patch(row, FILES) for row in (remote, local))
    assert len(proxy.seen) == len(FILES), "a request a file, none for its length"
    for band in FILES:
        np.testing.assert_array_equal(far[band], near[band])


def _first_tif(root):
    path = next(Path(root).rglob("*_B02.tif"))
    return path, f"s3://archive/ben/{path.relative_to(root).as_posix()}"


@pytest.mark.parametrize("fault", [503, 500, "short"])
def test_a_fault_that_passes_is_survived(store, proxy, fault):
    path, url = _first_tif(store[1])
    proxy.spoil = lambda method, where, count: (
        fault if method == "GET" and where.endswith("_B02.tif") and count == 1 else None
    )
    assert Storage(wait_s=0.01).read_bytes(url) == path.read_bytes()


def test_a_fault_that_stays_ends_after_a_limit(store, proxy):
    _, url = _first_tif(store[1])
    proxy.spoil = lambda method, where, count: 403 if where.endswith(".tif") else None
    with pytest.raises((UnreachableStorage, MissingInput)):
        Storage(attempts=2, wait_s=0.01).read_bytes(url)
    assert len(proxy.seen) < 50


def test_a_store_that_goes_out_says_nothing_of_its_files(store, proxy, tmp_path, monkeypatch):
    """Its patches would stand in the index without labels, and in the report as faulty."""
    monkeypatch.setattr("coverloom.engine.core.attempts.time.sleep", lambda seconds: None)
    index = str(tmp_path / "index.parquet")
    indexbigearthnet.run(IndexBigEarthNet("s3://archive/ben", index), quiet)
    read = []

    def fail(method, path, count):
        read.append(path)
        return 503 if path.endswith(".tif") and len(read) > 10 else None

    proxy.spoil = fail
    with pytest.raises(StoreOutage, match=r"in 4 attempts.* files of s3://archive before it"):
        indexbigearthnet.run(
            IndexBigEarthNet("s3://archive/ben", str(tmp_path / "other.parquet")), quiet
        )
    read.clear()
    request = ValidatePatches(index, str(tmp_path / "report.json"), depth="header", workers=1)
    with pytest.raises(StoreOutage, match=r"in 4 attempts.* files of s3://archive before it"):
        validatepatches.run(request, quiet)
    assert {path.name for path in tmp_path.iterdir()} == {"index.parquet"}


def test_a_store_that_never_answers_is_given_up(monkeypatch):
    """Not after four times five times five silences, an hour and a half."""
    calls = []
    with socket.create_server(("127.0.0.1", 0)) as mute:

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    calls.append(mute.accept())

        threading.Thread(target=accept, daemon=True).start()
        name_store(monkeypatch, f"http://127.0.0.1:{mute.getsockname()[1]}")
        monkeypatch.setattr("coverloom.engine.core.storage._SILENCE_S", 1)
        monkeypatch.setattr("coverloom.engine.core.attempts._PATIENCE_S", 0)
        fsspec.filesystem("s3").__class__.clear_instance_cache()
        with pytest.raises(UnreachableStorage, match="in 1 attempt: Read timeout"):
            Storage().read_bytes("s3://archive/a.tif")
    assert len(calls) == 1


def test_what_is_not_there(proxy):
    for call in ("read_bytes", "size", "list"):
        with pytest.raises(MissingInput):
            getattr(Storage(wait_s=0.01), call)("s3://archive/none/at/all")
    assert Storage().exists("s3://archive/none") is False
    with pytest.raises(MissingInput):
        list(Storage().files("s3://archive/none"))


def test_a_missing_object_is_told(store, proxy, tmp_path):
    index = str(tmp_path / "index.parquet")
    indexbigearthnet.run(IndexBigEarthNet("s3://archive/ben", index), quiet)
    path, _ = _first_tif(store[1])
    key = f"ben/{path.relative_to(store[1]).as_posix()}"
    client = boto3.client("s3")
    client.delete_object(Bucket="archive", Key=key)
    try:
        for depth in ("exists", "pixels"):
            request = ValidatePatches(index, str(tmp_path / "r.json"), depth=depth, workers=1)
            assert validatepatches.run(request, quiet)["FAULTY"] == 1
            fault = json.loads((tmp_path / "r.json").read_text())["faulty_patches"][0]["faults"]
            assert fault == [{"file": f"s3://archive/{key}", "why": "missing"}]
    finally:
        client.upload_file(str(path), "archive", key)
