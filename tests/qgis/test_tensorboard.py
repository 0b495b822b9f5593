# SPDX-License-Identifier: GPL-3.0-or-later
"""TensorBoard beside the user's work: it answers, it is stopped, and it says why it cannot."""

from __future__ import annotations

import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QCoreApplication

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(qgis_app):
    """A server, with what it told and what it failed with."""
    from coverloom.plugin.tensorboard import TensorBoardServer

    told, failed = [], []
    made = TensorBoardServer(told.append, failed.append)
    made.told, made.failed = told, failed
    yield made
    made.stop()


def events():
    QCoreApplication.processEvents()


def test_it_answers_and_is_gone_when_stopped(server, python, tmp_path, wait_for):
    done = subprocess.run([str(python), "-c", "import tensorboard"], check=False)
    if done.returncode:
        pytest.skip(f"{python} has no TensorBoard; build the runtime with a train tier.")
    logs = tmp_path / "run" / "tensorboard"
    logs.mkdir(parents=True)
    (logs / "events.out.tfevents.1.machine").write_bytes(b"")
    server.start(python, str(tmp_path / "run"))
    assert server.running
    wait_for(lambda: server.told or server.failed, 90, events)
    assert not server.failed
    (address,) = server.told
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert b"TensorBoard" in answer.read()
    server.stop()
    assert not server.running and not server.failed
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=20)


def test_a_folder_without_logs_is_said_so(server, python, tmp_path, wait_for):
    server.start(python, str(tmp_path))
    wait_for(lambda: server.failed, 60, events)
    assert "holds no TensorBoard logs. Give the folder" in server.failed[0]
    assert not server.running and not server.told


def test_a_python_that_is_none_is_said_so(server, tmp_path, wait_for):
    server.start(tmp_path / "nothing", str(tmp_path))
    wait_for(lambda: server.failed, 30, events)
    assert "could not be started" in server.failed[0] and not server.running
