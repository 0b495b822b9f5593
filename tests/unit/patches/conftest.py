# SPDX-License-Identifier: GPL-3.0-or-later
"""The official tables, small archives, and one in an object store behind a proxy."""

from __future__ import annotations

import tarfile

import boto3
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from coverloom.tests.data import make_archive
from coverloom.tests.data.fault_proxy import FaultProxy
from moto.server import ThreadedMotoServer

S2 = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_"
S1 = "S1B_IW_GRDH_1SDV_20170612T165809_33UUP_"
PLACES = [(h, v) for h in (4, 5, 6, 7, 8) for v in (10, 11, 12, 13, 14)]
TABLES = ("metadata.parquet", "metadata_for_patches_with_snow_cloud_or_shadow.parquet")


@pytest.fixture(scope="session")
def official(real_data):
    """All 549,488 rows of the official metadata."""
    folder = real_data / "bigearthnet_v2"
    return pa.concat_tables([pq.read_table(folder / name) for name in TABLES]).combine_chunks()


@pytest.fixture(scope="session")
def v1_real(real_data, tmp_path_factory):
    """The six real version 1 pairs, unpacked."""
    folder = tmp_path_factory.mktemp("v1")
    for path in sorted((real_data / "bigearthnet_v1").glob("*.tar.bz2")):
        with tarfile.open(path) as archive:
            archive.extractall(folder)
    return folder


@pytest.fixture
def archive(tmp_path):
    """Three version 2 patches with metadata."""
    root = tmp_path / "archive"
    make_archive.v2_archive(
        root,
        [(f"{S2}07_05", f"{S1}7_5"), (f"{S2}45_45", f"{S1}45_45"), (f"{S2}20_60", f"{S1}20_60")],
    )
    return root


@pytest.fixture
def events():
    """Collects what a job says; call it, then look at ``events.seen``."""

    class Events:
        def __init__(self):
            self.seen = []

        def __call__(self, event):
            self.seen.append(event)

        def warnings(self):
            return [e.text for e in self.seen if getattr(e, "level", "") == "warning"]

    return Events()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A running server with 25 patches of one scene in ``s3://archive/ben``; (port, folder)."""
    root = tmp_path_factory.mktemp("store")
    make_archive.v2_archive(root, [(f"{S2}{h:02d}_{v:02d}", f"{S1}{h}_{v}") for h, v in PLACES])
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        name_store(patch, f"http://127.0.0.1:{port}")
        client = boto3.client("s3")
        client.create_bucket(Bucket="archive")
        client.create_bucket(Bucket="results")
        for path in root.rglob("*"):
            if path.is_file():
                client.upload_file(str(path), "archive", f"ben/{path.relative_to(root).as_posix()}")
    yield port, root
    server.stop()


def name_store(patch, endpoint):
    """Point the variables of S3 at a server."""
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
        name_store(monkeypatch, proxy.url)
        fsspec.filesystem("s3").__class__.clear_instance_cache()
        yield proxy
