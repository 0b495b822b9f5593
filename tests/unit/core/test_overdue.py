# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that hang: the units they have are told, and done by others once Dask gives them up."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import cloudpickle
import pytest
from coverloom.engine.contract.events import Message
from coverloom.engine.core import overdue
from coverloom.engine.core.overdue import Overdue
from coverloom.engine.core.units import run_units

distributed = pytest.importorskip("distributed")
needs_stop = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal")


def slow(number):
    time.sleep(0.1)
    return number


def stop_once(payload):
    """Stops its worker as a power cut of its network would: it neither ends nor answers."""
    number, mark = payload
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGSTOP)
    return slow(number)


def wait_for(path):
    """Hangs as a read from a disk that is gone, while its worker goes on to be heard of."""
    while path and not Path(path).exists():
        time.sleep(0.05)
    return path


@pytest.fixture(autouse=True)
def sent_as_code():
    """Workers cannot import this module."""
    module = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(overdue, "_LOOK_S", 0.2)
    monkeypatch.setattr(overdue, "_SILENT_S", 2.0)
    monkeypatch.setattr(overdue, "_IDLE_S", 600.0)


@needs_stop
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("local", [False, True])
def test_units_of_a_worker_that_was_stopped_are_told_and_done_by_others(tmp_path, local):
    import dask

    told = []
    units = [(f"u{i}", (i, str(tmp_path / "stopped"))) for i in range(20)]
    with dask.config.set({"distributed.scheduler.worker-ttl": "5s"}):
        if local:
            outcomes = list(run_units(stop_once, units, 2, emit=told.append))
        else:
            with distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=40
            ) as cluster:
                address = cluster.scheduler_address
                outcomes = list(run_units(stop_once, units, 2, address, emit=told.append))
    assert sorted((o.key, o.value) for o in outcomes) == sorted((f"u{i}", i) for i in range(20))
    who = "process " if local else "worker "
    assert told and told[0].level == "warning"
    assert told[0].text.startswith("Waiting for u") and f"heard of {who}" in told[0].text
    assert "worker-ttl" in told[0].text


def test_a_unit_that_hangs_in_a_worker_that_does_not_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(overdue, "_LOOK_S", 0.2)
    monkeypatch.setattr(overdue, "_IDLE_S", 1.0)
    monkeypatch.setattr(overdue, "_BUSY_S", 1.0)
    gate, told = tmp_path / "gate", []

    def hear(event):
        told.append(event.text)
        gate.touch()

    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=40
    ) as cluster:
        units = [("stuck", str(gate)), *((f"u{i}", "") for i in range(10))]
        outcomes = list(run_units(wait_for, units, 2, cluster.scheduler_address, emit=hear))
    assert len(outcomes) == 11
    assert told[0].startswith("Waiting for stuck for ")
    assert " is there and uses " in told[0]


class Scene:
    """Two workers, of which ``a`` has two units and ``b`` one; a clock that is set by hand."""

    def __init__(self, monkeypatch):
        self.now, self.told = 1000.0, []
        monkeypatch.setattr(overdue.time, "monotonic", lambda: self.now)
        keys = {"a": ["k1", "k2", "another's"], "b": ["k3"]}
        self.overdue = Overdue(lambda: keys, self.told.append, dict)
        for key in ("k1", "k2", "k3"):
            self.overdue.sent(key, f"unit {key}")
            self.now += 1
        self.cpu = {"a": 99.0, "b": 99.0}

    def pass_by(self, seconds):
        for _ in range(seconds):
            self.now += 1
            self.overdue.look(
                {
                    name: {"last_seen": self.now, "name": name, "metrics": {"cpu": cpu}}
                    for name, cpu in self.cpu.items()
                }
            )
        told, self.told[:] = list(self.told), []
        return told


def test_an_idle_worker_is_told_sooner_and_then_ever_more_seldom(monkeypatch):
    scene = Scene(monkeypatch)
    scene.cpu["a"] = 1.0
    assert scene.pass_by(110) == []
    told = scene.pass_by(20)
    assert told == [
        Message(
            "Waiting for unit k1 for 2 minutes: worker a is there and uses 1 % of a core. "
            "If it hangs, end it, and another one does the work.",
            "warning",
        )
    ]
    assert scene.pass_by(100) == []
    assert len(scene.pass_by(30)) == 1
    assert [message.level for message in scene.pass_by(600)].count("info") == 1  # b, at ten minutes


def test_units_that_take_long_by_nature_are_not_told(monkeypatch):
    scene = Scene(monkeypatch)
    scene.overdue.sent("k0", "unit k0")
    scene.overdue.back("k0", 400.0)
    assert scene.pass_by(1900) == []
    assert len(scene.pass_by(200)) == 1
    for key in ("k1", "k2", "k3"):
        scene.overdue.back(key, 1.0)
    assert scene.pass_by(10_000) == []
