# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole trainings, very small: what they leave behind, and what stops them."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import (
    Cancelled,
    OtherSettings,
    TrainingDiverged,
    UnreadableModel,
    UnwritablePath,
)
from coverloom.engine.contract.events import Message, Progress
from coverloom.engine.contract.jobs.trainmodel import ARCHITECTURES as CHOICES
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs import trainmodel
from coverloom.engine.jobs.training_inputs import Inputs
from coverloom.engine.model_file import read_card
from coverloom.engine.training.checkpoint import load_state
from coverloom.engine.training.keras_file import card_inside, read_keras
from coverloom.models import ARCHITECTURES

from .runs import QUICK, request_of, train

ROOT = Path(__file__).resolve().parents[3]
ENTRY = ROOT / "engine" / "__main__.py"


def texts(events):
    return [event.text for event in events if isinstance(event, Message)]


def weights(run):
    """Everything that a checkpoint holds but what the clock says."""
    with np.load(Path(run) / "checkpoint.npz") as stored:
        return {name: stored[name] for name in stored.files if name != "state"}


def history(run):
    """Epochs without their speed."""
    rows = load_state(Path(run) / "checkpoint.npz").history
    return [{k: v for k, v in row.items() if k != "images_s"} for row in rows]


@pytest.fixture(scope="module")
def whole(dataset, tmp_path_factory):
    """An uninterrupted training, which others are compared with: (run, outputs, events)."""
    folder = tmp_path_factory.mktemp("whole")
    paths = {"model": str(folder / "my.onnx"), "keras": str(folder / "my.keras")}
    outputs, events = train(dataset, folder / "run", **paths)
    return folder / "run", outputs, events


def test_the_choices_are_the_registry():
    assert list(ARCHITECTURES) == list(CHOICES)


def test_it_learns_and_says_how_it_goes(whole):
    run, outputs, events = whole
    losses = [row["loss"] for row in history(run)]
    assert len(losses) == QUICK["epochs"] and losses[-1] < losses[0]
    assert outputs["BEST_METRIC"] == max(row["miou"] for row in history(run)) > 0.5
    said = [e for e in events if isinstance(e, Progress)]
    assert said[-1].fraction == 1.0 and said[-1].eta_s == 0.0
    assert all("images/s" in e.text and "loss" in e.text and e.eta_s is not None for e in said)
    assert sum("validation accuracy" in text for text in texts(events)) == 3


def test_the_run_s_folder_holds_all(whole, dataset):
    run, outputs, _ = whole
    assert {p.name for p in run.iterdir()} == {
        "settings.json", "history.csv", "checkpoint.npz", "best.keras", "best.onnx",
        "report.html", "tensorboard",
    }  # fmt: skip
    settings = json.loads((run / "settings.json").read_text())
    assert settings["dataset"] == f"sha256:{open_dataset(dataset).digest}"
    assert settings["request"]["loss"] == "cross_entropy"
    rows = list(csv.DictReader((run / "history.csv").open()))
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    assert float(rows[1]["miou"]) == history(run)[1]["miou"]
    page = Path(outputs["REPORT"]).read_text()
    assert page.count("<svg") >= 4 and page.count("data:image/png") == 9  # three patches
    assert "Confusion matrix" in page and "Forest" in page and settings["dataset"] in page


def test_the_model_file_is_the_best_network(whole, dataset):
    """Its card is right, and raw measurements normalised by it score what was reported."""
    _, outputs, _ = whole
    card = read_card(outputs["MODEL"])
    assert card.band_names == ["B02", "B03", "B8A"] and card.classes.names[1] == "Forest"
    assert (card.task, card.activation, card.stride, card.resolution) == ("pixel", "softmax", 8, 10)
    assert card.receptive_field == 103 and card.dynamic_space
    assert [(b.scale, b.mean, b.std) for b in card.bands] == [(1.0, 1200.0, 800.0)] * 3
    assert card.provenance["metrics"]["miou"] == outputs["BEST_METRIC"]
    session, data = onnxruntime.InferenceSession(outputs["MODEL"]), open_dataset(dataset)
    right = total = 0
    for number in data.split("validation"):
        fed = (data.image(number) - 1200) / 800
        (logits,) = session.run(None, {"input": fed.astype("f4").transpose(2, 0, 1)[None]})
        right += (logits[0].argmax(0) == data[number].label).sum()
        total += data[number].label.size
    assert right / total == pytest.approx(card.provenance["metrics"]["accuracy"], abs=1e-3)
    network = read_keras(outputs["KERAS"])
    assert card_inside(outputs["KERAS"]) == card
    assert not network.compiled  # anybody's Keras can load it
    fed = np.random.default_rng(0).normal(size=(1, 40, 24, 3)).astype("f4")
    (logits,) = session.run(None, {"input": fed.transpose(0, 3, 1, 2)})
    expected = np.asarray(network(fed, training=False))
    assert np.abs(logits.transpose(0, 2, 3, 1) - expected).max() <= 1e-4


def worker(request, folder, **environ):
    """Run the job as a process of its own; returns its exit status."""
    job = folder / "job.json"
    job.write_text(request.to_json())
    command = [sys.executable, "-I", str(ENTRY), str(job)]
    env = {**os.environ, **environ}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_killed_and_resumed_it_ends_like_the_uninterrupted(whole, dataset, tmp_path):
    """Two processes, one killed after its first epoch; which also shows that seeds decide all."""
    run = tmp_path / "run"
    killed = worker(request_of(dataset, run), tmp_path, COVERLOOM_FAULT="after:checkpoint")
    assert killed.returncode == -signal.SIGKILL
    assert load_state(run / "checkpoint.npz").epoch == 1
    outputs, events = train(dataset, run)
    assert "Going on after epoch 1." in texts(events)
    assert history(run) == history(whole[0])
    ours, theirs = weights(run), weights(whole[0])
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)
    assert outputs["BEST_METRIC"] == whole[1]["BEST_METRIC"]
    logs = list((run / "tensorboard").iterdir())
    assert len(logs) == 1
    again, events = train(dataset, run)  # finished: nothing is left to do
    assert again["BEST_METRIC"] == outputs["BEST_METRIC"]
    assert not any(isinstance(event, Progress) for event in events)


@pytest.mark.parametrize(
    ("fields", "activation"),
    [
        ({"loss": "auto", "class_weights": "balanced"}, "sigmoid"),
        ({"loss": "cross_entropy", "mixed_precision": True, "schedule": "constant"}, "softmax"),
    ],
)
def test_patches_labelled_as_a_whole(make_dataset, tmp_path, fields, activation):
    folder = make_dataset(tmp_path / "d", size=32, labels="scene", form="hdf5")
    outputs, _ = train(
        folder, tmp_path / "run", architecture="vgg16", width=0.05, epochs=1, **fields
    )
    card = read_card(outputs["MODEL"])
    assert (card.task, card.activation) == ("patch", activation)
    assert set(card.provenance["metrics"]) >= {"ap_macro", "ap_micro", "accuracy"}
    assert outputs["BEST_METRIC"] == card.provenance["metrics"]["ap_macro"]
    (logits,) = onnxruntime.InferenceSession(outputs["MODEL"]).run(
        None, {"input": np.zeros((2, 3, 32, 32), "f4")}
    )
    assert logits.shape == (2, 3)
    assert "AP" in Path(outputs["REPORT"]).read_text()


def test_patience_ends_it_and_the_rate_falls(dataset, tmp_path):
    """At a rate of nothing, no validation is better than the first."""
    fields = {"epochs": 9, "patience": 3, "schedule": "plateau", "learning_rate": 1e-12}
    _, events = train(dataset, tmp_path / "run", architecture="unet_baseline", width=0.1, **fields)
    state = load_state(tmp_path / "run" / "checkpoint.npz")
    assert (state.epoch, state.stopped, state.rate) == (4, True, 0.5)
    assert any("stopping early" in text for text in texts(events))


def test_cancel_keeps_the_best_so_far(dataset, tmp_path):
    def emit(event):
        if isinstance(event, Message) and event.text.startswith("Epoch 1"):
            raise Cancelled

    with pytest.raises(Cancelled):
        narrow = {"architecture": "unet_baseline", "width": 0.1}
        trainmodel.run(request_of(dataset, tmp_path / "run", **narrow), emit)
    assert read_card(tmp_path / "run" / "best.onnx").provenance["metrics"]["epoch"] == 1
    assert read_keras(tmp_path / "run" / "best.keras").count_params()
    assert not list((tmp_path / "run").glob(".*"))


def test_a_loss_that_is_no_number_stops_it(make_dataset, tmp_path):
    def spoil(split, number, pixels, label):
        if split == "train":
            pixels[:] = 3e38

    folder = make_dataset(tmp_path / "d", spoil=spoil)
    with pytest.raises(TrainingDiverged, match=r"became (nan|inf) in epoch 1, step \d+"):
        train(folder, tmp_path / "run", architecture="unet_baseline", width=0.1)


def test_out_of_memory_halves_the_batch_once(dataset, tmp_path, monkeypatch):
    """TensorFlow's allocator really fails, in a step: the loss of a large batch takes 128 TiB."""
    tf = pytest.importorskip("tensorflow")
    plain = Inputs.loss_function

    def hungry(inputs, weights):
        def loss(labels, logits):
            large = tf.shape(logits)[0] > limit
            count = tf.where(large, tf.constant(1 << 45, tf.int64), tf.constant(1, tf.int64))
            count *= tf.cast(tf.reduce_max(labels) < 255, tf.int64)  # known only when it runs
            return plain(inputs, weights)(labels, logits) + tf.reduce_sum(tf.fill([count], 0.0))

        return loss

    monkeypatch.setattr(Inputs, "loss_function", hungry)
    limit = 2
    fields = {"epochs": 1, "architecture": "unet_baseline", "width": 0.1, "batch_size": 4}
    _, events = train(dataset, tmp_path / "run", **fields)
    state = load_state(tmp_path / "run" / "checkpoint.npz")
    assert (state.batch, state.halved, state.epoch) == (2, True, 1)
    assert any("batches of 2" in text for text in texts(events))
    limit = 1
    with pytest.raises(tf.errors.ResourceExhaustedError):
        train(dataset, tmp_path / "other", **fields)


def test_a_run_of_other_settings_is_not_gone_on_with(whole, dataset, make_dataset, tmp_path):
    run = whole[0]
    before = weights(run)
    with pytest.raises(OtherSettings, match=r"other settings: EPOCHS was 3, is 4\."):
        train(dataset, run, epochs=4)
    with pytest.raises(OtherSettings, match="DATASET was"):
        train(make_dataset(tmp_path / "d", seed=1), run)
    with pytest.raises(UnwritablePath, match="holds a run already"):
        train(dataset, run, resume=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").touch()
    with pytest.raises(UnwritablePath, match="not empty"):
        train(dataset, tmp_path / "mine")
    assert all((weights(run)[name] == before[name]).all() for name in before)


def test_a_truncated_keras_file_is_refused(whole, tmp_path):
    whole_file = Path(whole[1]["KERAS"]).read_bytes()
    (tmp_path / "cut.keras").write_bytes(whole_file[: len(whole_file) // 2])
    with pytest.raises(UnreadableModel, match=r"cut\.keras"):
        read_keras(tmp_path / "cut.keras")


@pytest.mark.skipif(not importlib.util.find_spec("jax"), reason="JAX is not installed.")
def test_the_same_run_trains_under_jax(dataset, tmp_path):
    """In a process of its own, in which nothing imports TensorFlow; killed and resumed as well."""
    request = request_of(dataset, tmp_path / "run", epochs=2)
    environ = {"KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    killed = worker(request, tmp_path, COVERLOOM_FAULT="after:checkpoint", **environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    done = worker(request, tmp_path, **environ)
    assert done.returncode == 0, done.stderr
    settings = json.loads((tmp_path / "run" / "settings.json").read_text())
    assert settings["backend"] == "jax"
    assert "Training on CPU, JAX" in done.stdout
    losses = [row["loss"] for row in history(tmp_path / "run")]
    assert losses[1] < losses[0]
    assert read_card(tmp_path / "run" / "best.onnx").receptive_field == 103
