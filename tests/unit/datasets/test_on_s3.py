# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs, index and outputs on an object store, and one that goes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import StoreOutage
from coverloom.engine.core.storage import Storage
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.index import rows_table, write_index
from coverloom.tests.data.fault_proxy import FaultProxy

WORKER = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"


@pytest.fixture(scope="module")
def store():
    """A local S3 server with an empty bucket."""
    moto = pytest.importorskip("moto.server")
    fsspec = pytest.importorskip("fsspec")
    pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # All servers of a process have the same buckets.
    urllib.request.urlopen(f"http://{host}:{port}/moto-api/reset", data=b"").close()
    names = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in names.items():
            patch.setenv(name, value)
        system = fsspec.filesystem("s3", endpoint_url=names["AWS_ENDPOINT_URL"])
        system.mkdir("earth")
        yield system
    server.stop()


@pytest.fixture(scope="module")
def remote_archive(store, archive):
    """The archive copied to the store, with an index that points there."""
    import dataclasses

    for path in archive.root.rglob("*.tif"):
        store.pipe_file(f"earth/{path.relative_to(archive.root)}", path.read_bytes())
    root = str(archive.root)
    moved = [
        dataclasses.replace(
            row,
            s2_path=row.s2_path.replace(root, "s3://earth"),
            s1_path=row.s1_path.replace(root, "s3://earth"),
            map_path=row.map_path.replace(root, "s3://earth"),
        )
        for row in archive.rows
    ]
    roots = {"s2": "s3://earth/BigEarthNet-S2", "s1": "", "maps": ""}
    write_index("s3://earth/index.parquet", [rows_table(moved)], roots, {"by": "metadata"})
    return "s3://earth/index.parquet"


@pytest.mark.parametrize("form", ["tfrecord", "hdf5", "npz"])
def test_inputs_index_and_output_on_s3(
    tmp_path, archive, store, remote_archive, run_job, same, form, crcs
):
    fields = {"format": form, "shard_size": 7, "bands": ["rgb"], "labels": "both"}
    out = f"s3://earth/out-{form}"
    result = run_job("exportdataset", index=remote_archive, output=out, **fields)
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "local"), **fields)
    assert crcs(out) == crcs(tmp_path / "local")
    near = open_dataset(tmp_path / "local")
    with open_dataset(out) as far:
        assert far.verify() == []
        assert all(same(far[i], near[i]) for i in (0, 7, 12, 19))
    log = store.cat_file(f"earth/out-{form}/log.jsonl").decode().splitlines()
    assert len(log) == 20
    # Altered in the store, the shard is written again; the others are kept.
    name = next(
        n for n in store.find(f"earth/out-{form}") if "train-00001" in n and "journal" not in n
    )
    content = bytearray(store.cat_file(name))
    content[len(content) // 2] ^= 1
    store.pipe_file(name, bytes(content))
    with open_dataset(out) as far:
        assert len(far.verify()) == 1
    run_job("exportdataset", index=remote_archive, output=out, **fields)
    with open_dataset(out) as far:
        assert far.verify() == []


def test_a_dataset_on_s3_can_be_converted_and_described(tmp_path, store, remote_archive, run_job):
    out = "s3://earth/again"
    run_job("exportdataset", index=remote_archive, output=out, bands=["VV"], shard_size=9)
    run_job("convertdataset", input=out, output=str(tmp_path / "npz"), format="npz")
    near = open_dataset(tmp_path / "npz")
    with open_dataset(out) as far:
        assert np.array_equal(far[3].arrays["s1_data"], near[3].arrays["s1_data"])
    names = {"output": "page.html", "footprints": "places.geojson", "statistics": "s.json"}
    run_job("describedataset", input=out, **{k: f"s3://earth/d/{n}" for k, n in names.items()})
    local = {key: str(tmp_path / name) for key, name in names.items()}
    run_job("describedataset", input=out, **local)
    for name in names.values():
        assert store.cat_file(f"earth/d/{name}") == (tmp_path / name).read_bytes()
    assert json.loads((tmp_path / "s.json").read_text())["splits"] == near.card.splits


def test_nothing_that_was_fetched_stays_on_this_disk(tmp_path, remote_archive, run_job):
    """The last shard of a converted dataset did, however large."""
    out, scratch, job = "s3://earth/fetched", tmp_path / "scratch", tmp_path / "job.json"
    run_job("exportdataset", index=remote_archive, output=out, bands=["VV"], shard_size=9)
    scratch.mkdir()
    request = {"input": out, "output": str(tmp_path / "hdf5"), "format": "hdf5", "workers": 1}
    job.write_text(json.dumps({"schema": 1, "job": "convertdataset", "request": request}))
    surroundings = {**os.environ, "TMPDIR": str(scratch)}
    done = subprocess.run([sys.executable, "-I", str(WORKER), str(job)], env=surroundings)
    assert done.returncode == 0 and len(open_dataset(tmp_path / "hdf5")) == 20
    assert list(scratch.iterdir()) == []


def test_a_large_file_goes_both_ways_in_parts(tmp_path, store):
    """Whole it would take as much memory as there is map."""
    source, copy = tmp_path / "one.bin", tmp_path / "two.bin"
    source.write_bytes(np.random.default_rng(1).bytes(1 << 20) * 101)
    Storage().upload(source, "s3://earth/large.bin")
    assert store.info("earth/large.bin")["ETag"].strip('"').endswith("-3")  # so many parts
    Storage().download("s3://earth/large.bin", copy, source.stat().st_size)
    assert copy.read_bytes() == source.read_bytes()


def test_two_workers_write_to_s3(archive, remote_archive, run_job, crcs):
    """Workers of a local cluster get the store's address from the environment."""
    fields = {"index": remote_archive, "bands": ["VH"], "shard_size": 5}
    run_job("exportdataset", output="s3://earth/one", **fields)
    run_job("exportdataset", output="s3://earth/two", **{**fields, "workers": 2})
    assert crcs("s3://earth/one") == crcs("s3://earth/two")


@pytest.mark.parametrize("answer", [503, 403])
def test_a_store_that_goes_out_stops_the_job(
    tmp_path, monkeypatch, store, archive, remote_archive, run_job, answer, crcs
):
    """Its patches are not bad ones: of 500,000 each would be asked for, and logged, in vain."""
    fields = {"index": remote_archive, "bands": ["rgb"], "shard_size": 7, "scaling": "zscore"}
    whole = run_job("exportdataset", output=str(tmp_path / "whole"), **fields)
    read, out = [], str(tmp_path / "out")

    def fail(method, path, count):
        read.append(path)
        return answer if ".tif" in path and len(read) > limit else None

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr("coverloom.engine.core.attempts.time.sleep", lambda seconds: None)
    with FaultProxy(int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2]), fail) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        for limit in (15, 80):  # while measuring, while writing
            read.clear()
            store.clear_instance_cache()
            with pytest.raises(StoreOutage, match="Nor could the 4 files of s3://earth before it"):
                run_job("exportdataset", output=out, **fields)
            assert len(read) < limit + 25
            assert not Path(out, "dataset.json").exists()
            assert Path(out, "statistics.json").exists() == (limit == 80)
        limit = 10**6
        assert run_job("exportdataset", output=out, **fields)["WRITTEN"] == whole["WRITTEN"] == 20
    store.clear_instance_cache()
    assert crcs(out) == crcs(tmp_path / "whole")
