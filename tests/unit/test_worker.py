# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's border: whatever a job raises, one failure in words comes out."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from coverloom.engine.jobs import describemodel
from coverloom.engine.worker import FAILED, EventWriter, run_job


def full_device():
    with Path("/dev/full").open("w") as file:
        file.write("x")


def full_database():
    with sqlite3.connect(":memory:") as database:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE patches (id)")
        database.execute("CREATE TABLE more (id)")


@pytest.mark.parametrize("work", [full_device, full_database])
def test_a_full_disk_is_no_unexpected_error(tmp_path, monkeypatch, work):
    """The errors are those of the system and of SQLite themselves."""
    if work is full_device and not Path("/dev/full").exists():
        pytest.skip("There is no /dev/full on this system.")
    monkeypatch.setattr(describemodel, "run", lambda job, emit: work())
    job = tmp_path / "job.json"
    request = {"model": "m.onnx", "report": "r.html"}
    job.write_text(json.dumps({"schema": 1, "job": "describemodel", "request": request}))
    said = io.StringIO()
    assert run_job(job, EventWriter(said)) == FAILED
    failure = json.loads(said.getvalue().splitlines()[-1])
    assert failure["kind"] == "NotEnoughDisk", failure
    assert "full" in failure["what"] and "Make room" in failure["remedy"]


# The worker itself, with one job replaced by what leaves something behind.
LEAVING = """
import atexit, os, runpy, sys, threading, time, types

class Crash:
    def __del__(self):
        os.abort()

def thread(request, emit):
    threading.Thread(target=time.sleep, args=(600,)).start()
    return {"OUTPUT": request.output}

def crash(request, emit):
    globals()["held"] = Crash()
    return {"OUTPUT": request.output}

def clean_up(request, emit):
    atexit.register(os.rmdir, request.output)
    return {"OUTPUT": request.output}

entry, left = sys.argv.pop(1), sys.argv.pop(1)
runpy.run_path(entry)["register_package"]()
job = types.ModuleType("coverloom.engine.jobs.createsampledata")
job.run = globals()[left]
sys.modules[job.__name__] = job
runpy.run_path(entry, run_name="__main__")
"""


@pytest.mark.parametrize("left", ["thread", "crash", "clean_up"])
def test_what_a_library_leaves_behind_costs_no_result(tmp_path, left):
    """A thread that nobody ends, a crash while Python ends; what was to be done then is done."""
    entry = Path(__file__).resolve().parents[2] / "engine" / "__main__.py"
    output, job = tmp_path / "output", tmp_path / "job.json"
    output.mkdir()
    request = {"output": str(output)}
    job.write_text(json.dumps({"schema": 1, "job": "createsampledata", "request": request}))
    command = [sys.executable, "-I", "-c", LEAVING, str(entry), left, str(job)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["outputs"] == {"OUTPUT": str(output)}
    assert output.exists() == (left != "clean_up")
