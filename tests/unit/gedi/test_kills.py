# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker or the whole job killed in the middle: run again, the files are those of a quiet run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from coverloom.engine.contract.jobs import JOBS
from coverloom.engine.sample.gedi_granule import write_gedi_sample

ENTRY = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"
PATIENCE_S = 120


def start(folder, name, fault="", **fields):
    """Start a job as its own process, to be killed at a named point if asked.

    Its log goes to a file: a pipe's end would be with its Dask processes, too, and stay open for
    as long as one of them outlives it.
    """
    path = folder / f"{name}.json"
    path.write_text(JOBS.load(name).from_fields(fields).to_json())
    environ = {**os.environ, "COVERLOOM_FAULT": fault} if fault else dict(os.environ)
    with log_of(folder, name).open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-I", str(ENTRY), str(path)], env=environ,
            stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip


def log_of(folder, name):
    return folder / f"{name}.log"


def finish(folder, name, **fields):
    """Run a job as its own process to a good end."""
    status = start(folder, name, **fields).wait(PATIENCE_S)
    assert status == 0, log_of(folder, name).read_text()[-2000:]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory, run_job):
    """What runs that nothing disturbs write: a build of 4 batches, an extraction of many."""
    folder = tmp_path_factory.mktemp("quiet")
    write_gedi_sample(np.random.default_rng(2), folder, "small")
    catalogue, table = str(folder / "catalogue"), str(folder / "t.csv")
    run_job("combinegedi", input=[str(folder / "granules")], train=table, seed=3)
    run_job("subsetgedi", input=table, output=str(folder / "s.csv"), size=60)
    build = {"train_subset": str(folder / "s.csv"), "catalog": catalogue, "workers": 1,
             "validation_share": 0.0, "plots": False, "batch_size": 15}  # fmt: skip
    finish(folder, "buildgedidataset", **build, output=str(folder / "d"))
    extract = {"footprints": table, "catalog": catalogue, "batch_size": 5}
    run_job("extractgedi", **extract, output=str(folder / "b"), workers=1)
    return SimpleNamespace(
        build=build, train=(folder / "d" / "train.h5").read_bytes(), extract=extract,
        batches=files(folder / "b"),
    )  # fmt: skip


def files(folder):
    """Every batch's bytes, and the log's."""
    paths = [*folder.glob("*.h5"), folder / "log.jsonl"]
    return {path.name: path.read_bytes() for path in paths}


def leftovers(folder):
    return [path for path in folder.rglob("*") if ".part" in path.name]


def wait_for(folder, count, patience_s=PATIENCE_S):
    """Wait until so many batches are there; returns how many are."""
    end = time.monotonic() + patience_s
    while (there := len(list(folder.glob("*.h5")))) < count:
        assert time.monotonic() < end, f"{there} of {count} batches after {patience_s} s"
        time.sleep(0.002)
    return there


@pytest.mark.parametrize("fault", ["before:batch", "during:batch", "after:batch", "before:replace",
                                   "after:replace", "before:fuse"])  # fmt: skip
def test_a_kill_at_any_step_and_a_second_run_give_the_same_file(quiet, tmp_path, fault):
    fields = {**quiet.build, "output": str(tmp_path / "d")}
    killed = start(tmp_path, "buildgedidataset", fault, **fields)
    assert killed.wait(PATIENCE_S) == -9
    assert not (tmp_path / "d" / "dataset.json").exists()
    finish(tmp_path, "buildgedidataset", **fields)
    assert (tmp_path / "d" / "train.h5").read_bytes() == quiet.train
    assert leftovers(tmp_path / "d") == []


def test_kills_of_the_whole_job_one_after_the_other(quiet, tmp_path):
    out, done = tmp_path / "b", []
    fields = {**quiet.extract, "output": str(out), "workers": 2}
    for count in (1, 4, 11, 19):
        process = start(tmp_path, "extractgedi", **fields)
        done.append(wait_for(out, count))
        process.kill()
        assert process.wait(PATIENCE_S) == -9
    assert len(quiet.batches) - 1 > done[-1] >= 19
    finish(tmp_path, "extractgedi", **fields)
    assert files(out) == quiet.batches
    assert leftovers(out) == []


def test_a_killed_worker_of_a_cluster_costs_no_footprint(quiet, run_job, tmp_path):
    distributed = pytest.importorskip("distributed")
    out, at = tmp_path / "b", []

    def kill_one(cluster):
        at.append(wait_for(out, 3))
        os.kill(next(iter(cluster.workers.values())).process.pid, signal.SIGKILL)

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=40
    ) as cluster:
        thread = threading.Thread(target=kill_one, args=(cluster,), daemon=True)
        thread.start()
        run_job("extractgedi", **quiet.extract, output=str(out),
                scheduler=cluster.scheduler_address)  # fmt: skip
        thread.join()
    assert at[0] < len(quiet.batches) - 1
    assert files(out) == quiet.batches
    assert leftovers(out) == []
