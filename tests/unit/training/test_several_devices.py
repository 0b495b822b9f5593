# SPDX-License-Identifier: GPL-3.0-or-later
"""A batch shared among devices, or processes, trains as on one: virtual devices of a processor."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.jobs.trainmodel import TrainModel
from coverloom.engine.jobs import trainmodel
from coverloom.engine.training.checkpoint import load_state

SCRIPT = Path(__file__).resolve().parent / "several_devices.py"
JAX = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
pytestmark = pytest.mark.timeout(900)  # several processes, each of which loads a backend
needs_jax = pytest.mark.skipif(
    not importlib.util.find_spec("jax"), reason="JAX is not installed here"
)


@pytest.fixture(scope="module")
def uneven(make_dataset, tmp_path_factory):
    """Patches of which the upper half, or all of some, is unlabelled: replicas count unequally."""

    def spoil(split, number, pixels, label):
        if number % 3 == 0:
            label[: 24 if number % 2 else 12] = 255

    folder = tmp_path_factory.mktemp("uneven") / "dataset"
    return make_dataset(folder, spoil=spoil, counts={"train": 12, "validation": 2})


def request_of(dataset, run, devices=1, **fields):
    quick = {
        "width": 0.05, "epochs": 2, "batch_size": 4, "learning_rate": 3e-4, "seed": 7,
        "device": "cpu", "gpus": devices,
    }  # fmt: skip
    return TrainModel(str(dataset), str(run), **{**quick, **fields})


def start(request, folder, devices, **environ):
    job = folder / "job.json"
    job.write_text(request.to_json())
    command = [sys.executable, "-W", "ignore", str(SCRIPT), str(job), str(devices)]
    return subprocess.Popen(
        command, env={**os.environ, **environ}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finish(process):
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err[-3000:]
    return out


def history(run):
    return load_state(Path(run) / "checkpoint.npz").history


def check_alike(ours, theirs):
    assert len(ours) == len(theirs) == 2
    for key in ("loss", "train_accuracy"):
        values = [[row[key] for row in rows] for rows in (ours, theirs)]
        np.testing.assert_allclose(*values, rtol=2e-3)
    for a, b in zip(ours, theirs):
        assert abs(a["accuracy"] - b["accuracy"]) < 0.02


def test_two_devices_of_tensorflow_train_as_one_killed_or_not(uneven, tmp_path):
    trainmodel.run(request_of(uneven, tmp_path / "one"), lambda event: None)
    run = tmp_path / "two"
    request = request_of(uneven, run, 2)
    killed = start(request, tmp_path, 2, COVERLOOM_FAULT="after:checkpoint")
    killed.communicate(timeout=600)
    assert killed.returncode == -signal.SIGKILL and load_state(run / "checkpoint.npz").epoch == 1
    out = finish(start(request, tmp_path, 2))
    assert "Training on 2 CPUs, TensorFlow" in out and "Going on after epoch 1." in out
    check_alike(history(run), history(tmp_path / "one"))
    one, two = (np.load(tmp_path / name / "checkpoint.npz") for name in ("one", "two"))
    # Batch statistics and all: each device saw the whole batch.
    assert set(one.files) == set(two.files)


@needs_jax
def test_two_devices_of_jax_train_as_one(uneven, tmp_path):
    finish(start(request_of(uneven, tmp_path / "one"), tmp_path, 1, **JAX))
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
    out = finish(start(request_of(uneven, tmp_path / "two", 2), tmp_path, 2, **JAX, **flags))
    assert "Training on 2 CPUs, JAX" in out
    check_alike(history(tmp_path / "two"), history(tmp_path / "one"))


@needs_jax
def test_two_processes_of_jax_train_as_one(uneven, tmp_path):
    """JAX's own multi-host start: each process gets the same job, one writes the run."""
    finish(start(request_of(uneven, tmp_path / "one"), tmp_path, 1, **JAX))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    request = request_of(uneven, tmp_path / "two")
    both = [
        start(
            request, tmp_path, 1, **JAX,
            COVERLOOM_COORDINATOR=address, COVERLOOM_PROCESS=f"{number}/2",
        )
        for number in range(2)
    ]  # fmt: skip
    first, second = (finish(process) for process in both)
    assert "2 CPUs of 2 processes" in first and "2 CPUs of 2 processes" in second
    assert '"MODEL"' in first and '"MODEL"' not in second
    assert (tmp_path / "two" / "best.onnx").is_file()
    check_alike(history(tmp_path / "two"), history(tmp_path / "one"))
