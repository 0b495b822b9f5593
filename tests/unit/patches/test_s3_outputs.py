# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs in an object store: written whole, and tried before anything is read."""

from __future__ import annotations

import json
import sqlite3

import boto3
import pytest
from coverloom.engine.contract.errors import (
    UnreachableStorage,
    UnwritablePath,
)
from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet
from coverloom.engine.contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from coverloom.engine.contract.jobs.validatepatches import ValidatePatches
from coverloom.engine.core.storage import Storage
from coverloom.engine.jobs import indexbigearthnet, relabelbigearthnet, validatepatches

from .runs import V1_LABELS


def quiet(event):
    """Drop a job's events."""


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


def test_footprints_go_to_the_bucket_whole(store, proxy, tmp_path):
    request = IndexBigEarthNet(
        "s3://archive/ben", str(tmp_path / "i.parquet"), footprints="s3://results/places.gpkg"
    )
    indexbigearthnet.run(request, quiet)
    (tmp_path / "copy.gpkg").write_bytes(Storage().read_bytes("s3://results/places.gpkg"))
    with sqlite3.connect(tmp_path / "copy.gpkg") as database:
        assert database.execute("SELECT count(*) FROM patches").fetchone() == (25,)


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
