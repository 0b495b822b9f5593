# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's border: whatever a job raises, one failure in words comes out."""

from __future__ import annotations

import io
import json
import sqlite3
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
