# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives in an object store: a moto server behind a proxy that counts and spoils."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import socket
import sqlite3
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
    UnwritablePath,
)
from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet
from coverloom.engine.contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from coverloom.engine.contract.jobs.validatepatches import ValidatePatches
from coverloom.engine.core.storage import Storage
from coverloom.engine.jobs import indexbigearthnet, relabelbigearthnet, validatepatches
from coverloom.engine.patches.index import read_index
from coverloom.engine.patches.pixels import read_patch
from coverloom.engine.patches.row import FILES
from coverloom.tests.data import make_archive
from coverloom.tests.data.fault_proxy import FaultProxy
from moto.server import ThreadedMotoServer

from .conftest import S1, S2
from .runs import V1_LABELS

PLACES = [(h, v) for h in (4, 5, 6, 7, 8) for v in (10, 11, 12, 13, 14)]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A running server with 25 patches of one scene in ``s3://archive/ben``; (port, folder)."""
    root = tmp_path_factory.mktemp("store")
    make_archive.v2_archive(root, [(f"{S2}{h:02d}_{v:02d}", f"{S1}{h}_{v}") for h, v in PLACES])
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        _environment(patch, f"http://127.0.0.1:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="archive")
        client.create_bucket(Bucket="results")
        for path in root.rglob("*"):
            if path.is_file():
                client.upload_file(str(path), "archive", f"ben/{path.relative_to(root).as_posix()}")
    yield port, root
    server.stop()


def _environment(patch, endpoint):
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        patch.setenv(name, value)


@pytest.fixture
def proxy(store, monkeypatch):
    """The proxy in front of the store; no file system of another test is used again."""
    with FaultProxy(store[0]) as proxy:
        _environment(monkeypatch, proxy.url)
        fsspec.filesystem("s3").__class__.clear_instance_cache()
        yield proxy


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
        _environment(monkeypatch, f"http://127.0.0.1:{mute.getsockname()[1]}")
        monkeypatch.setattr("coverloom.engine.core.storage._SILENCE_S", 1)
        monkeypatch.setattr("coverloom.engine.core.attempts._PATIENCE_S", 0)
        fsspec.filesystem("s3").__class__.clear_instance_cache()
        with pytest.raises(UnreachableStorage, match="in 1 attempt: Read timeout"):
            Storage().read_bytes("s3://archive/a.tif")
    assert len(calls) == 1


def test_a_bucket_to_write_to_that_is_not_there(proxy, tmp_path):
    with pytest.raises(UnwritablePath) as told:
        Storage().write_bytes("s3://nowhere/a b.json", b"{}")
    assert str(told.value) == (
        "s3://nowhere/a b.json cannot be written: there is no s3://nowhere. "
        "Make the bucket first, or give another."
    )


@pytest.fixture
def wrong_places(proxy):
    """Address to what is said of it; the bucket of results may be read only."""
    proxy.spoil = lambda method, path, count: (
        403 if method in ("PUT", "POST") and path.startswith("/results/") else None
    )
    return {
        "s3://nowhere/a.json": "s3://nowhere/a.json cannot be written: there is no s3://nowhere.",
        "s3://results/a.json": "Access to s3://results/a.json was refused: ",
        "https://host/a.json": "https://host/a.json cannot be written: of addresses only s3:// can",
    }


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(proxy, wrong_places):
    for address, said in wrong_places.items():
        for job, request in (
            (indexbigearthnet, IndexBigEarthNet("s3://archive/ben", address)),
            (validatepatches, ValidatePatches("s3://archive/index.parquet", address)),
        ):
            with pytest.raises((UnwritablePath, UnreachableStorage)) as told:
                job.run(request, quiet)
            assert str(told.value).startswith(said)
    assert all("archive" not in path for _, path in proxy.seen)


def test_labels_for_a_bucket_that_may_be_read_only(labelled, proxy, wrong_places):
    request = RelabelBigEarthNet("s3://labels", output="s3://results/new")
    with pytest.raises(UnreachableStorage, match="Access to s3://results/new/labels was refused"):
        relabelbigearthnet.run(request, quiet)
    assert not [path for method, path in proxy.seen if method == "GET" and "json" in path]


def test_a_trial_leaves_nothing_behind(proxy):
    Storage().try_upload("s3://results/tried/a.json")
    client = boto3.client("s3")
    assert "Uploads" not in client.list_multipart_uploads(Bucket="results")
    assert client.list_objects_v2(Bucket="results", Prefix="tried")["KeyCount"] == 0


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


def test_footprints_go_to_the_bucket_whole(store, proxy, tmp_path):
    request = IndexBigEarthNet(
        "s3://archive/ben", str(tmp_path / "i.parquet"), footprints="s3://results/places.gpkg"
    )
    indexbigearthnet.run(request, quiet)
    (tmp_path / "copy.gpkg").write_bytes(Storage().read_bytes("s3://results/places.gpkg"))
    with sqlite3.connect(tmp_path / "copy.gpkg") as database:
        assert database.execute("SELECT count(*) FROM patches").fetchone() == (25,)


@pytest.fixture
def labelled(proxy, v1_real):
    """The JSON files of the six real pairs in a bucket of their own; name to bytes."""
    client = boto3.client("s3")
    client.create_bucket(Bucket="labels")
    content = {}
    for path in v1_real.rglob("*_labels_metadata.json"):
        part = "BigEarthNet-v1.0" if path.name.startswith("S2") else "BigEarthNet-S1-v1.0"
        key = f"{part}/{path.parent.name}/{path.name}"
        content[key] = path.read_bytes()
        client.put_object(Bucket="labels", Key=key, Body=content[key])
    yield content
    there = boto3.resource("s3").Bucket("labels")
    there.objects.all().delete()
    there.delete()


def _all(bucket):
    found = boto3.resource("s3").Bucket(bucket).objects.all()
    return {item.key: item.get()["Body"].read() for item in found}


def test_labels_in_a_bucket(labelled, tmp_path):
    def relabel(**fields):
        outputs = relabelbigearthnet.run(RelabelBigEarthNet(**fields), quiet)
        return outputs["OUTPUT"], outputs["UPDATED"]

    assert relabel(root="s3://labels") == ("s3://labels", 12)
    assert relabel(root="s3://labels/") == ("s3://labels", 0)
    beside = {key: body for key, body in _all("labels").items() if key not in labelled}
    assert len(beside) == 12
    assert {key: body for key, body in _all("labels").items() if key in labelled} == labelled
    for name, labels in V1_LABELS.items():
        sidecar = beside[f"BigEarthNet-v1.0/{name}/{name}_labels_metadata_19.json"]
        assert json.loads(sidecar)["labels"] == labels
    # Elsewhere: a folder of this machine, or another prefix.
    assert relabel(root="s3://labels", output=str(tmp_path / "out")) == (str(tmp_path / "out"), 12)
    near = {p.relative_to(tmp_path / "out").as_posix(): p for p in tmp_path.rglob("*_19.json")}
    assert {key: path.read_bytes() for key, path in near.items()} == beside
    assert relabel(root="s3://labels", output="s3://results/new") == ("s3://results/new", 12)
    far = {k[4:]: body for k, body in _all("results").items() if k.startswith("new/")}
    assert far == beside


def test_labels_in_a_bucket_rewritten_keep_their_original(labelled):
    request = RelabelBigEarthNet("s3://labels", in_place=True)
    assert relabelbigearthnet.run(request, quiet)["UPDATED"] == 12
    found = _all("labels")
    assert {key: found[f"{key}.orig"] for key in labelled} == labelled
    for name, labels in V1_LABELS.items():
        key = f"BigEarthNet-v1.0/{name}/{name}_labels_metadata.json"
        assert json.loads(found[key])["labels"] == labels
    assert relabelbigearthnet.run(request, quiet)["UPDATED"] == 0
    assert _all("labels") == found
