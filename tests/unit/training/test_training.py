# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples, scores, and a very small training from archive to model file."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput
from coverloom.engine.contract.events import Message, Progress
from coverloom.engine.contract.jobs.trainsample import TrainSample
from coverloom.engine.core.band import Band
from coverloom.engine.jobs import trainsample
from coverloom.engine.model_file import read_card
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.engine.sample.archive import write_metadata, write_place
from coverloom.engine.sample.places import choose_places
from coverloom.engine.training.samples import (
    Samples,
    crops_in_pass,
    normalise,
    shuffled_batches,
)
from coverloom.engine.training.scores import accuracy, confusion_matrix, mean_iou
from sklearn.metrics import accuracy_score, jaccard_score
from sklearn.metrics import confusion_matrix as sklearn_matrix


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Two train places and one of validation, 27 patches."""
    root = tmp_path_factory.mktemp("tiny") / "bigearthnet_v2"
    labels_of = nomenclature("ben19").labels_of
    places = choose_places(np.random.default_rng(1), 12)
    rows = []
    for number, seed in ((0, 7), (1, 8), (7, 9)):
        rows += write_place(np.random.default_rng(seed), root, places[number], labels_of)
    write_metadata(root, rows)
    return root


def test_normalise_is_the_card_s_formula():
    bands = (Band("A", scale=0.5, offset=3, mean=2, std=4), Band("B", mean=100, std=10))
    pixels = np.array([[[10, 120]]], np.uint16)
    assert np.allclose(normalise(pixels, bands), [[[(10 * 0.5 + 3 - 2) / 4, 2.0]]])


def test_crops_keep_pixels_and_labels_together():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 19, (5, 40, 40)).astype(np.uint8)
    samples = Samples(labels[..., None].astype(np.uint16) * 100, labels)
    batches = list(shuffled_batches(samples, 4, 16, np.random.default_rng(3)))
    assert len(batches) == crops_in_pass(samples, 16) // 4 == 31 // 4
    for pixels, cut in batches:
        assert pixels.shape == (4, 16, 16, 1) and cut.shape == (4, 16, 16)
        assert (pixels[..., 0] == cut.astype(int) * 100).all()
    again = list(shuffled_batches(samples, 4, 16, np.random.default_rng(3)))
    assert all((a[0] == b[0]).all() for a, b in zip(batches, again))


def test_scores_equal_scikit_learn():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 6, 500).astype(np.uint8)
    truth[::9] = 255
    predicted = rng.integers(0, 6, 500)
    kept = truth != 255
    ours = confusion_matrix(truth, predicted, 6)
    assert (ours == sklearn_matrix(truth[kept], predicted[kept], labels=range(6))).all()
    assert accuracy(ours) == pytest.approx(accuracy_score(truth[kept], predicted[kept]))
    expected = jaccard_score(truth[kept], predicted[kept], average="macro")
    assert mean_iou(ours) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (np.zeros((0, 8, 8)), "split is empty"),
        (np.full((1, 8, 8), 3), "hold 1 classes"),
        (np.full((1, 8, 8), 255), "hold 0 classes"),
        (np.arange(64).reshape(1, 8, 8), "hold class 63"),
    ],
)
def test_useless_labels_are_refused(labels, what):
    samples = Samples(np.zeros((*labels.shape, 2)), labels.astype(np.uint8))
    with pytest.raises(InvalidRequest, match=what):
        samples.check("train", 19)


def test_a_small_training_learns_and_writes_a_model_file(archive, tmp_path):
    events, model = [], tmp_path / "model.onnx"
    request = TrainSample(str(archive), str(model), epochs=3, seed=1)
    outputs = trainsample.run(request, events.append)
    losses = [
        float(e.text.split("loss ")[1].split(",")[0].rstrip("."))
        for e in events
        if isinstance(e, Message) and "loss" in e.text
    ]
    assert len(losses) == 3 and losses[-1] < losses[0]
    assert any(isinstance(e, Progress) and e.eta_s for e in events)
    assert 0 <= outputs["MIOU"] <= outputs["ACCURACY"] <= 1
    card = read_card(model)
    assert tuple(card.band_names) == trainsample.BANDS and len(card.classes) == 19
    assert card.classes.names == sorted(card.classes.names)
    assert (card.stride, card.receptive_field, card.resolution) == (8, 103, 10.0)
    assert card.resampling == "nearest" and card.dynamic_space and card.dynamic_batch
    assert card.provenance["metrics"]["miou"] == outputs["MIOU"]
    assert card.bands[0].mean == 438.3720703125 and card.bands[0].std == 607.02685546875
    keys = {prop.key: prop.value for prop in onnx.load(model).metadata_props}
    assert json.loads(keys["resolution"]) == 1000.0
    session = onnxruntime.InferenceSession(model)
    (logits,) = session.run(None, {"input": np.zeros((1, 10, 24, 32), np.float32)})
    assert logits.shape == (1, 19, 24, 32)


def test_the_reading_equals_rasterio(archive):
    """Bands in the card's order, 20 m px repeated, labels by the code table."""
    import rasterio

    train, validation = trainsample.read_splits(archive, nomenclature("ben19"), lambda e: None)
    table = pq.read_table(archive / "metadata.parquet").to_pylist()
    names = [row["patch_id"] for row in table if row["split"] == "train"]
    assert len(train) == len(names) and len(train) + len(validation) == len(table)
    folder = archive / "BigEarthNet-S2" / names[3].rsplit("_", 2)[0] / names[3]
    for channel, band in ((0, "B02"), (9, "B12")):
        with rasterio.open(folder / f"{names[3]}_{band}.tif") as file:
            pixels = file.read(1, out_shape=(120, 120))  # rasterio repeats px by default
        assert (train.pixels[3, ..., channel] == pixels).all()
    assert train.labels.dtype == np.uint8 and set(np.unique(train.labels)) <= {*range(19), 255}


def test_no_archive_is_said_so(tmp_path):
    request = TrainSample(str(tmp_path), str(tmp_path / "model.onnx"))
    with pytest.raises(MissingInput, match=r"metadata\.parquet"):
        trainsample.run(request, lambda event: None)


def test_an_archive_without_validation_is_refused(tmp_path):
    schema = pa.schema([("patch_id", pa.string()), ("split", pa.string())])
    pq.write_table(pa.Table.from_pylist([], schema=schema), tmp_path / "metadata.parquet")
    request = TrainSample(str(tmp_path), str(tmp_path / "model.onnx"))
    with pytest.raises(InvalidRequest, match="empty"):
        trainsample.run(request, lambda event: None)
    assert not (tmp_path / "model.onnx").exists()
