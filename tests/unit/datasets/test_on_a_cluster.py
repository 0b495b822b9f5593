# SPDX-License-Identifier: GPL-3.0-or-later
"""Dask workers, of which one is killed, and schedulers that are not there or are lost."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
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

import cloudpickle
import pytest
from coverloom.engine.contract.errors import SchedulerUnreachable, UnfitWorker, UnwritablePath
from coverloom.engine.core.units import run_units
from coverloom.engine.datasets import making
from coverloom.engine.datasets.patch import Layout
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.datasets.shards import ShardPlan, ShardTask, write_shard


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes that know nothing of Coverloom."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=40
    ) as cluster:
        cluster.adapt(minimum=2, maximum=2, interval="1s")  # start again whatever ends
        yield cluster


def kill_one_worker(cluster, folder, killed):
    """Kill a worker when the first shard is there."""
    while not list(Path(folder).glob("*.tfrecord")):
        time.sleep(0.005)
    nanny = next(iter(cluster.workers.values()))
    killed.append(nanny.process.pid)
    os.kill(nanny.process.pid, signal.SIGKILL)


def test_a_killed_worker_loses_no_patch(tmp_path, archive, run_job, cluster, crcs):
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


def leave_a_file_and_end(task):
    """The worker ends in the middle of the first shard that it was given, and of no other."""
    folder = Path(task.folder)
    with contextlib.suppress(FileExistsError):
        (folder.parent / "ended").touch(exist_ok=False)
        (folder / f".{task.plan.name}.0123abcd.part.tfrecord").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return write_shard(task)


def test_what_a_killed_worker_left_is_no_part_of_the_dataset(
    tmp_path, archive, run_job, cluster, monkeypatch
):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(making, "write_shard", leave_a_file_and_end)
    result = run_job(
        "exportdataset", index=archive.index, shard_size=5, bands=["rgb"],
        output=str(tmp_path / "out"), scheduler=cluster.scheduler_address,
    )  # fmt: skip
    assert (tmp_path / "ended").exists()
    assert result["WRITTEN"] == 20
    assert list((tmp_path / "out").glob(".*")) == []


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


def test_a_scheduler_that_cannot_import_coverloom(tmp_path, archive, run_job, far_cluster, crcs):
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


def test_relative_paths_on_workers_started_elsewhere(
    tmp_path, monkeypatch, archive, run_job, far_cluster, crcs
):
    fields = {"shard_size": 10, "bands": ["rgb"]}
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "alone"), **fields)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # the workers are one folder up
    run_job("exportdataset", index=archive.index, output="far", scheduler=far_cluster, **fields)
    run_job("convertdataset", input="far", output="npz", format="npz", scheduler=far_cluster)
    assert crcs(tmp_path / "here" / "far") == crcs(tmp_path / "alone")
    assert open_dataset(tmp_path / "here" / "npz").verify() == []
    assert not (tmp_path / "far").exists()


def make_with_a_package(item, room):
    """As a maker that imports only when it is called."""
    return importlib.import_module("not_on_this_worker")


def test_a_package_that_a_worker_lacks_is_no_fault_of_the_patch(tmp_path, far_cluster):
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    task = dataclasses.replace(
        _shard_into(tmp_path), items=(("a patch", 1),), make=make_with_a_package
    )
    with pytest.raises(UnfitWorker, match=r"The Dask worker tcp://.* 'not_on_this_worker' in "):
        list(run_units(write_shard, [("a", task)], 2, far_cluster))
    assert list(tmp_path.glob("*.tfrecord")) == []


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


def test_a_poison_unit_costs_no_other_on_local_processes():
    import cloudpickle

    cloudpickle.register_pickle_by_value(__import__("sys").modules[__name__])
    units = ((f"u{i}", i) for i in range(12, 20))
    outcomes = list(run_units(die_of_thirteen, units, 2, total=8))
    assert sorted(o.value for o in outcomes if o.key != "u13") == [12, 14, 15, 16, 17, 18, 19]
    assert [o.key for o in outcomes if o.lost] == ["u13"]


@pytest.mark.parametrize("how", ["asserts", "hangs"])
def test_local_processes_that_end_badly_cost_no_unit(monkeypatch, how):
    distributed = pytest.importorskip("distributed")
    close = distributed.LocalCluster._close

    async def badly(cluster):
        await close(cluster)
        assert how != "asserts", "a worker is still closing"
        await asyncio.sleep(600)

    monkeypatch.setattr(distributed.LocalCluster, "_close", badly)
    monkeypatch.setattr("coverloom.engine.core.cluster._WAIT_S", 5)
    outcomes = list(run_units(abs, ((f"u{i}", -i) for i in range(4)), workers=2))
    assert sorted(o.value for o in outcomes) == [0, 1, 2, 3]


def test_a_poison_unit_is_one_lost_unit(cluster):
    """Those that go along with it, being short and of known number, are not."""
    import cloudpickle

    cloudpickle.register_pickle_by_value(__import__("sys").modules[__name__])
    numbers = range(-10, 50)
    units, address = ((f"u{i}", i) for i in numbers), cluster.scheduler_address
    outcomes = [(o.key, o) for o in run_units(die_of_thirteen, units, 2, address, total=60)]
    assert sorted(key for key, _ in outcomes) == sorted(f"u{i}" for i in numbers)
    found = dict(outcomes)
    assert "ended" in found["u13"].lost and found["u13"].value is None
    assert all(found[f"u{i}"].value == i for i in numbers if i != 13)


def test_a_scheduler_that_is_not_there_is_said(monkeypatch):
    from coverloom.engine.core import cluster

    monkeypatch.setattr(cluster, "_WAIT_S", 1)
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
        "Start it again, and run the same request again once the old workers have ended."
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
