# SPDX-License-Identifier: GPL-3.0-or-later
"""Trainings on a number: footprints whose biomass follows from how dark they are."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree
from pathlib import Path

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import InvalidRequest, TrainingDiverged
from coverloom.engine.contract.events import Message
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.model_file import read_card
from coverloom.engine.training.checkpoint import load_state
from coverloom.engine.training.feed import Feed
from coverloom.engine.training.keras_file import card_inside, read_keras
from coverloom.engine.training.losses import mean_error, value_loss
from coverloom.engine.training.source import SplitSource
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from . import runs

ROOT = Path(__file__).resolve().parents[3]
QUICK = {
    "bands": ("B02", "B04", "B08"), "width": 0.3, "epochs": 8, "batch_size": 8,
    "learning_rate": 0.01, "seed": 7,
}  # fmt: skip


@pytest.fixture(scope="module")
def footprints(make_footprints, tmp_path_factory):
    return make_footprints(tmp_path_factory.mktemp("footprints") / "dataset")


def request_of(dataset, run, **fields):
    return runs.request_of(dataset, run, **{**QUICK, **fields})


def train(dataset, run, **fields):
    outputs, events = runs.train(dataset, run, **{**QUICK, **fields})
    return outputs, [event.text for event in events if isinstance(event, Message)]


def history(run):
    rows = load_state(Path(run) / "checkpoint.npz").history
    return [{k: v for k, v in row.items() if k != "images_s"} for row in rows]


@pytest.fixture(scope="module")
def whole(footprints, tmp_path_factory):
    """An uninterrupted training per pixel: (run, outputs, messages)."""
    run = tmp_path_factory.mktemp("whole") / "run"
    return (run, *train(footprints, run))


def observed_and_predicted(model, dataset, split):
    """By ONNX Runtime alone, from measurements normalised by the card's numbers."""
    card, data = read_card(model), open_dataset(dataset)
    session = onnxruntime.InferenceSession(model)
    mean, std = ([getattr(b, n) for b in card.bands] for n in ("mean", "std"))
    truth, said = [], []
    for number in data.split(split):
        fed = ((data.image(number, card.band_names) - mean) / std).astype("f4")
        (values,) = session.run(None, {"input": fed.transpose(2, 0, 1)[None]})
        target = data[number].target
        known = target != -9999
        truth.append(target[known] if card.task == "pixel" else [data[number].value])
        said.append(values[0, 0][known] if card.task == "pixel" else values[0])
    return np.concatenate(truth).astype("f8"), np.concatenate(said).astype("f8")


def test_it_learns_in_megagrams(whole, footprints):
    """What the file gives is what was reported, in Mg/ha, by scikit-learn's reckoning."""
    run, outputs, texts = whole
    card = read_card(outputs["MODEL"])
    assert (card.task, card.output, card.activation, len(card.classes)) == (
        "pixel", "values", "none", 0,
    )  # fmt: skip
    assert (card.target.name, card.target.unit, card.target.nodata) == ("AGBD", "Mg/ha", -9999.0)
    truth, said = observed_and_predicted(outputs["MODEL"], footprints, "validation")
    metrics = card.provenance["metrics"]
    assert metrics["r2"] == pytest.approx(r2_score(truth, said), abs=1e-4) and metrics["r2"] > 0.6
    assert metrics["mae"] == pytest.approx(mean_absolute_error(truth, said), rel=1e-4)
    assert metrics["rmse"] == pytest.approx(root_mean_squared_error(truth, said), rel=1e-4)
    assert outputs["BEST_METRIC"] == metrics["rmse"] == min(row["rmse"] for row in history(run))
    assert any("RMSE" in text and "R2" in text for text in texts)


def test_the_scale_is_the_train_split_s(whole, footprints):
    data = open_dataset(footprints)
    values = np.array([data[number].value for number in data.split("train")])
    target = read_card(whole[1]["MODEL"]).target
    assert target.mean == pytest.approx(values.mean(), rel=1e-4)
    assert target.std == pytest.approx(values.std(), rel=1e-4)
    assert target.maximum == pytest.approx(values.max(), rel=1e-4)


def test_onnx_equals_keras(whole):
    outputs = whole[1]
    network = read_keras(outputs["KERAS"])
    assert card_inside(outputs["KERAS"]) == read_card(outputs["MODEL"])
    fed = np.random.default_rng(0).normal(size=(2, 40, 24, 3)).astype("f4")
    session = onnxruntime.InferenceSession(outputs["MODEL"])
    assert session.get_outputs()[0].name == "values"
    assert onnx.load(outputs["MODEL"]).graph.node[-1].op_type == "Conv"  # which scales as well
    (values,) = session.run(None, {"input": fed.transpose(0, 3, 1, 2)})
    expected = np.asarray(network(fed, training=False))
    near = 1e-4 * read_card(outputs["MODEL"]).target.std
    assert np.abs(values.transpose(0, 2, 3, 1) - expected).max() <= near


def test_the_report_shows_observed_and_predicted(whole):
    run, outputs, _ = whole
    page = Path(outputs["REPORT"]).read_text()
    for text in ("Predicted against observed", "RMSE (validation)", "Mg/ha", "R2 (validation)"):
        assert text in page
    assert "Confusion matrix" not in page and "Class by class" not in page
    for drawing in page.split("<svg")[1:]:
        xml.etree.ElementTree.fromstring("<svg" + drawing.split("</svg>")[0] + "</svg>")
    rows = list(csv.DictReader((run / "history.csv").open()))
    assert "train_mae" in rows[0] and "train_accuracy" not in rows[0]
    assert float(rows[-1]["rmse"]) == history(run)[-1]["rmse"]
    assert json.loads((run / "settings.json").read_text())["request"]["loss"] == "mse"


def test_killed_and_resumed_it_ends_like_the_uninterrupted(whole, footprints, tmp_path):
    run, job = tmp_path / "run", tmp_path / "job.json"
    job.write_text(request_of(footprints, run).to_json())
    command = [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(job)]
    environ = {**os.environ, "COVERLOOM_FAULT": "after:checkpoint"}
    killed = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert load_state(run / "checkpoint.npz").epoch == 1
    outputs, _ = train(footprints, run)
    assert history(run) == history(whole[0])
    assert outputs["BEST_METRIC"] == whole[1]["BEST_METRIC"]
    with np.load(run / "checkpoint.npz") as ours, np.load(whole[0] / "checkpoint.npz") as theirs:
        names = [name for name in theirs.files if name != "state"]
        assert names and all((ours[name] == theirs[name]).all() for name in names)


def test_a_footprint_as_a_whole(footprints, tmp_path):
    """resnet50 learns the number of the footprint, not its raster; Huber's loss."""
    outputs, _ = train(
        footprints, tmp_path / "run", architecture="resnet50", width=0.25, epochs=2, loss="huber"
    )
    card = read_card(outputs["MODEL"])
    assert (card.task, card.target.unit) == ("patch", "Mg/ha")
    truth, said = observed_and_predicted(outputs["MODEL"], footprints, "validation")
    assert len(truth) == 12
    rmse = root_mean_squared_error(truth, said)
    assert card.provenance["metrics"]["rmse"] == pytest.approx(rmse, rel=1e-3)
    assert outputs["BEST_METRIC"] == card.provenance["metrics"]["rmse"]


def test_patience_looks_at_a_falling_score(footprints, tmp_path):
    """At a rate of nothing no validation has a smaller error than the first."""
    fields = {"epochs": 9, "patience": 3, "schedule": "constant", "learning_rate": 1e-12}
    fields |= {"architecture": "unet_baseline", "width": 0.1}  # nothing in it moves by itself
    _, texts = train(footprints, tmp_path / "run", **fields)
    state = load_state(tmp_path / "run" / "checkpoint.npz")
    assert (state.epoch, state.stopped) == (4, True)
    assert any("stopping early" in text for text in texts)


def test_mixed_precision_gives_whole_numbers_of_the_unit(footprints, tmp_path):
    outputs, _ = train(footprints, tmp_path / "run", epochs=1, mixed_precision=True)
    network = read_keras(outputs["KERAS"])
    assert network.outputs[0].dtype == "float32"
    assert network.layers[-1].compute_dtype == "float32"


def test_a_loss_that_is_no_number_stops_it(make_footprints, tmp_path):
    folder = make_footprints(tmp_path / "d")
    card = json.loads((folder / "dataset.json").read_text())
    card["target"]["std"] = 1e-30  # the errors are so many deviations that squares overflow
    (folder / "dataset.json").write_text(json.dumps(card))
    with pytest.raises(TrainingDiverged, match=r"became inf in epoch 1, step 1"):
        train(folder, tmp_path / "run", epochs=1)


def without_value(split, content):
    if split == "validation":
        content["AGBD Raster"][:] = -9999


@pytest.mark.parametrize(
    ("made", "fields", "what"),
    [
        ({}, {"class_weights": "balanced"}, "CLASS_WEIGHTS is 'balanced'.*AGBD in Mg/ha"),
        ({}, {"loss": "dice"}, "LOSS is 'dice'.*Use mse or huber"),
        ({"spoil": without_value}, {}, "validation split has a value of AGBD"),
        ({"constant": 70.0}, {}, "AGBD is 70 Mg/ha all over"),
        ({"counts": {"train": 4}}, {}, "no split 'validation'"),
    ],
)
def test_what_cannot_be_learnt_is_told_before(make_footprints, tmp_path, made, fields, what):
    folder = make_footprints(tmp_path / "d", **{"counts": {"train": 4, "validation": 2}, **made})
    with pytest.raises(InvalidRequest, match=what):
        train(folder, tmp_path / "run", **fields)
    assert not (tmp_path / "run").exists()


def test_losses_for_numbers_are_not_for_classes(dataset, tmp_path):
    with pytest.raises(InvalidRequest, match="LOSS is 'huber', but the dataset has classes"):
        train(dataset, tmp_path / "run", bands=(), loss="huber")


def test_values_are_cut_flipped_and_turned_with_their_pixels(make_footprints, tmp_path):
    """Where every pixel's value is a tenth of its own B04, it stays so in every crop."""

    def spoil(split, content):
        content["AGBD Raster"] = np.floor(content["Sentinel-2 L2A"][:, 3:4]) / 10
        content["AGBD Raster"][:, :, :3] = -9999

    folder = make_footprints(tmp_path / "d", {"train": 6, "validation": 2}, spoil=spoil)
    source = SplitSource(open_dataset(folder), "train", ("B04", "slope"), "pixel")
    feed, empty = Feed(source, 24, True, 3), 0
    for pixels, values in feed.epoch(0, 2):
        assert (values.dtype, values.shape) == (np.float32, (2, 24, 24))
        dn = (pixels[..., 0] - source.bands[0].shift) / source.bands[0].factor
        known = np.isfinite(values)
        assert np.abs(values - np.round(dn) / 10)[known].max() < 1e-3
        empty += int((~known).sum())
    assert 0 < empty < feed.windows * 24 * 24 / 4


@pytest.mark.parametrize("shape", [(3, 5, 4), (6,)])
def test_losses_count_what_was_observed_alone(shape):
    """Against NumPy over the observed values; and NaN reaches neither value nor gradient."""
    rng = np.random.default_rng(1)
    observed, values = rng.normal(80, 40, (2, *shape)).astype("f4")
    observed.reshape(-1)[::3] = np.nan
    known = np.isfinite(observed)
    z = (values - observed)[known].astype("f8") / 40
    huber = np.where(np.abs(z) <= 1, z**2 / 2, np.abs(z) - 0.5)
    fed = keras.ops.convert_to_tensor(values[..., None])
    for kind, expected in (("mse", (z**2).mean()), ("huber", huber.mean())):
        assert float(value_loss(kind, 40.0)(observed, fed)) == pytest.approx(expected, rel=1e-4)
    assert float(mean_error(observed, fed)) == pytest.approx(40 * np.abs(z).mean(), rel=1e-4)
    nothing = np.full(shape, np.nan, "f4")
    assert float(value_loss("mse", 40.0)(nothing, fed)) == 0.0


def test_no_gradient_from_what_was_not_observed():
    import tensorflow as tf

    observed = np.array([[1.0], [np.nan]], "f4")
    values = tf.Variable(np.array([[3.0], [5.0]], "f4"))
    with tf.GradientTape() as tape:
        loss = value_loss("huber", 1.0)(observed, values)
    gradient = tape.gradient(loss, values).numpy().ravel()
    assert gradient[0] == pytest.approx(1.0, rel=1e-4) and gradient[1] == 0.0
