# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Dask workers of which one is killed, and everything on an object store."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import SchedulerUnreachable, StoreOutage, UnwritablePath
from coverloom.engine.core.units import run_units
from coverloom.engine.datasets.patch import Layout
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.datasets.shards import ShardPlan, ShardTask, write_shard
from coverloom.engine.patches.index import rows_table, write_index
from coverloom.tests.data.fault_proxy import FaultProxy


def crcs(folder):
    return {file.path: file.crc32c for file in open_dataset(folder).card.files}


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes that know nothing of Coverloom."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=40
    ) as cluster:
        yield cluster


def kill_one_worker(cluster, folder, killed):
    """Kill a worker when the first shard is there."""
    while not list(Path(folder).glob("*.tfrecord")):
        time.sleep(0.005)
    nanny = next(iter(cluster.workers.values()))
    killed.append(nanny.process.pid)
    os.kill(nanny.process.pid, signal.SIGKILL)


def test_a_killed_worker_loses_no_patch(tmp_path, archive, run_job, cluster):
    fields = {"index": archive.index, "shard_size": 1, "bands": ["s2"]}
    run_job("exportdataset", output=str(tmp_path / "alone"), **fields)
    out, killed = tmp_path / "two", []
    # If no shard ever comes, the export fails, and nobody waits for the thread.
    thread = threading.Thread(target=kill_one_worker, args=(cluster, out, killed), daemon=True)
    thread.start()
    result = run_job(
        "exportdataset", output=str(out), scheduler=cluster.scheduler_address, workers=2, **fields
    )  # fmt: skip
    thread.join()
    assert killed
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    assert crcs(out) == crcs(tmp_path / "alone")
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    assert sorted(entry["id"] for entry in log) == sorted(row.patch_id for row in archive.rows)
    assert open_dataset(out).verify() == []


_CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


killers = {}


@pytest.fixture
def far_cluster(tmp_path):
    """The address of a scheduler that is a process of its own, as a user's is."""
    script = tmp_path / "cluster.py"
    script.write_text(_CLUSTER)
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    with subprocess.Popen(
        [sys.executable, "-I", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environ, cwd=tmp_path,
    ) as process:  # fmt: skip
        address = process.stdout.readline().strip()
        killers[address] = process.kill
        yield address
        process.stdin.close()


def test_a_scheduler_that_cannot_import_coverloom(tmp_path, archive, run_job, far_cluster):
    """A scheduler unpacks what it is sent; one in this process would know every class."""
    fields = {"index": archive.index, "shard_size": 5, "bands": ["six"]}
    run_job("exportdataset", output=str(tmp_path / "alone"), **fields)
    out = tmp_path / "far"
    result = run_job("exportdataset", output=str(out), scheduler=far_cluster, **fields)
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    assert crcs(out) == crcs(tmp_path / "alone")
    shutil.rmtree(out)
    with pytest.raises(UnwritablePath, match="cannot be written"):  # raised on a worker
        list(run_units(write_shard, [("a", _shard_into(tmp_path / "no"))], 2, far_cluster))


def _shard_into(folder):
    layout = Layout({"s1_data": ("VV",)}, "float32", (2, 2), False, (), "")
    return ShardTask(ShardPlan("a", "train", ()), str(folder), "tfrecord", layout, (), abs)


def double(number):
    return 2 * number


def die_of_thirteen(number):
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_units_come_back_once_each_on_local_processes():
    outcomes = list(run_units(abs, ((f"u{i}", -i) for i in range(40)), workers=2))
    assert sorted((o.key, o.value) for o in outcomes) == sorted((f"u{i}", i) for i in range(40))


@pytest.mark.parametrize("how", ["asserts", "hangs"])
def test_local_processes_that_end_badly_cost_no_unit(monkeypatch, how):
    distributed = pytest.importorskip("distributed")
    close = distributed.LocalCluster._close

    async def badly(cluster):
        await close(cluster)
        assert how != "asserts", "a worker is still closing"
        await asyncio.sleep(600)

    monkeypatch.setattr(distributed.LocalCluster, "_close", badly)
    monkeypatch.setattr("coverloom.engine.core.units._WAIT_S", 5)
    outcomes = list(run_units(abs, ((f"u{i}", -i) for i in range(4)), workers=2))
    assert sorted(o.value for o in outcomes) == [0, 1, 2, 3]


def test_a_poison_unit_is_one_lost_unit(tmp_path, cluster):
    import cloudpickle

    cloudpickle.register_pickle_by_value(__import__("sys").modules[__name__])
    units = ((f"u{i}", i) for i in range(10, 20))
    outcomes = {o.key: o for o in run_units(die_of_thirteen, units, 2, cluster.scheduler_address)}
    assert set(outcomes) == {f"u{i}" for i in range(10, 20)}
    assert "ended" in outcomes["u13"].lost and outcomes["u13"].value is None
    assert all(outcomes[f"u{i}"].value == i for i in range(10, 20) if i != 13)


def test_a_scheduler_that_is_not_there_is_said(monkeypatch):
    from coverloom.engine.core import units

    monkeypatch.setattr(units, "_WAIT_S", 1)
    with pytest.raises(SchedulerUnreachable, match=r"127\.0\.0\.1:9"):
        list(run_units(double, [("a", 1)], 1, "tcp://127.0.0.1:9"))


def test_a_scheduler_that_is_lost_in_the_middle_is_said(far_cluster):
    outcomes = run_units(abs, ((f"u{i}", -i) for i in range(1000)), 2, far_cluster)
    assert next(outcomes).value is not None
    killers[far_cluster]()
    with pytest.raises(SchedulerUnreachable) as told:
        list(outcomes)
    assert str(told.value) == (
        f"The Dask scheduler at {far_cluster} was lost in the middle of the work. "
        "See why it ended, start it again, and run the same request again."
    )


def test_local_processes_do_not_mind_a_port_in_use():
    """Dask's own page would be at 8787, and warned where somebody else's was there already."""
    with socket.socket() as taken, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with contextlib.suppress(OSError):  # it is in use already
            taken.bind(("127.0.0.1", 8787))
            taken.listen()
        assert sum(o.value for o in run_units(abs, [("a", -1), ("b", -2)], workers=2)) == 3
    assert not [str(warning.message) for warning in said if "8787" in str(warning.message)]


@pytest.fixture(scope="module")
def store():
    """A local S3 server with an empty bucket."""
    moto = pytest.importorskip("moto.server")
    fsspec = pytest.importorskip("fsspec")
    pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
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
    tmp_path, archive, store, remote_archive, run_job, same, form
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


def test_two_workers_write_to_s3(archive, remote_archive, run_job):
    """Workers of a local cluster get the store's address from the environment."""
    fields = {"index": remote_archive, "bands": ["VH"], "shard_size": 5}
    run_job("exportdataset", output="s3://earth/one", **fields)
    run_job("exportdataset", output="s3://earth/two", **{**fields, "workers": 2})
    assert crcs("s3://earth/one") == crcs("s3://earth/two")


@pytest.mark.parametrize("answer", [503, 403])
def test_a_store_that_goes_out_stops_the_job(
    tmp_path, monkeypatch, store, archive, remote_archive, run_job, answer
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
