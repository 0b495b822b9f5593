# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorBoard is served on this machine alone, and ends with the one who started it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import MissingInput
from coverloom.engine.contract.jobs.tensorboard import TensorBoard
from coverloom.engine.jobs import tensorboard
from coverloom.engine.training.tensorboard import EventFile

ENTRY = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"


@pytest.fixture
def runs(tmp_path):
    """A folder with one run's logs."""
    log = EventFile(tmp_path / "runs" / "first" / "tensorboard")
    for step in (1, 2):
        log.write(step, {"loss": 1.0 / step})
    return tmp_path / "runs"


@pytest.fixture
def served(tmp_path, runs):
    """(process, address) of a worker that serves the logs."""
    pytest.importorskip("tensorboard")
    job = tmp_path / "job.json"
    job.write_text(TensorBoard(str(runs)).to_json(), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-I", str(ENTRY), str(job), "--watch-stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    events = (json.loads(line) for line in process.stdout)
    text = next(event["text"] for event in events if event["event"] == "message")
    yield process, re.search(r"http://\S+", text)[0]
    process.stdin.close()
    process.wait(20)


def fetched(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode("utf-8")


def test_the_runs_are_served_on_this_machine_alone(served):
    process, address = served
    assert address.startswith("http://127.0.0.1:")
    assert "TensorBoard" in fetched(address)
    deadline = time.monotonic() + 40
    while not (names := json.loads(fetched(address + "data/runs"))):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    assert names == ["first/tensorboard"]
    assert process.poll() is None


def test_it_ends_when_the_one_who_started_it_is_gone(served):
    process, address = served
    process.stdin.close()  # as when QGIS is killed
    process.wait(20)
    with pytest.raises(urllib.error.URLError):
        fetched(address)


def test_cancel_ends_it(served):
    process, address = served
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) != 0
    with pytest.raises(urllib.error.URLError):
        fetched(address)


def test_a_folder_without_logs_is_refused(tmp_path):
    with pytest.raises(MissingInput, match="holds no TensorBoard logs"):
        tensorboard.run(TensorBoard(str(tmp_path)), lambda event: None)
    with pytest.raises(MissingInput):
        tensorboard.run(TensorBoard(str(tmp_path / "none")), lambda event: None)
