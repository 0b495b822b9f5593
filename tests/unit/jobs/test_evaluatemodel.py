# SPDX-License-Identifier: GPL-3.0-or-later
"""Models with known answers are scored as scikit-learn scores what NumPy computes."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import (
    CardMismatch,
    DamagedDataset,
    EmptySelection,
    InvalidRequest,
    MissingBand,
    MissingCard,
    UnknownClass,
    UnreadableModel,
)
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.evaluatemodel import EvaluateModel
from coverloom.engine.core.band import Band
from coverloom.engine.jobs import evaluatemodel
from coverloom.tests.data.make_datasets import make_dataset
from coverloom.tests.data.make_models import linear_net, patch_net, pixel_net, unet
from sklearn import metrics

CLASSES = ("Water", "Forest", "Fields", "Town")
WEIGHTS = np.array([[1, -1, 0], [0, 1, -1], [-1, 0, 1], [0.5, 0.5, 0.5]])


def images_of(patches, size=24, seed=0):
    rng = np.random.default_rng(seed)
    coarse = rng.uniform(300, 2200, (patches, 3, size // 4, size // 4))  # no two scores equal
    return coarse.repeat(4, axis=2).repeat(4, axis=3).astype("float32")


def logits_of(images):
    """What ``linear_net(WEIGHTS)`` under ``card_for()`` gives: (N, K, H, W)."""
    return np.einsum("kc,nchw->nkhw", WEIGHTS, (images - 1000.0) / 500.0)


def labels_of(images, noise, seed=0):
    """The model's own answer, a share of it replaced at random; (N, H, W)."""
    rng = np.random.default_rng(seed)
    labels = logits_of(images).argmax(axis=1).astype("uint8")
    return np.where(rng.random(labels.shape) < noise, rng.integers(0, 4, labels.shape), labels)


@pytest.fixture
def evaluate(tmp_path):
    """Runs the job: (figures, outputs, messages, page)."""

    def run(model, dataset, **fields):
        report, figures = tmp_path / "out" / "report.html", tmp_path / "out" / "figures.json"
        request = EvaluateModel(
            model, dataset, report=str(report), metrics=str(figures), device="cpu", **fields
        )
        events = []
        outputs = evaluatemodel.run(read_job(request.to_json()), events.append)
        said = [event.text for event in events if hasattr(event, "level")]
        page = report.read_text(encoding="utf-8")
        return json.loads(figures.read_text(encoding="utf-8")), outputs, said, page

    return run


@pytest.mark.parametrize(
    ("form", "scaling", "dtype"),
    [("hdf5", "none", "float32"), ("npz", "zscore", "float32"), ("tfrecord", "minmax", "float32"),
     ("hdf5", "zscore", "uint16")],
)  # fmt: skip
def test_pixel_figures_equal_scikit_learn_in_every_scaling(
    tmp_path, save, evaluate, form, scaling, dtype
):
    images = images_of(6)
    labels = labels_of(images, 0.3)
    labels[0, :5] = 255
    model, _ = save(linear_net(WEIGHTS))
    dataset = make_dataset(
        tmp_path / "data", {"train": images[:1], "test": images}, form=form, scaling=scaling,
        labels={"train": labels[:1], "test": labels}, dtype=dtype,
    )  # fmt: skip
    figures, outputs, said, page = evaluate(model, dataset)
    counted = labels != 255
    truth, guess = labels[counted], logits_of(images).argmax(axis=1)[counted]
    assert (figures["pixels"], figures["ignored"]) == (counted.sum(), (~counted).sum())
    near = {"abs": 2e-3 if dtype == "uint16" else 1e-9}
    assert outputs["ACCURACY"] == pytest.approx(metrics.accuracy_score(truth, guess), **near)
    assert outputs["KAPPA"] == pytest.approx(metrics.cohen_kappa_score(truth, guess), **near)
    iou = metrics.jaccard_score(truth, guess, average="macro")
    assert outputs["MIOU"] == figures["miou"] == pytest.approx(iou, **near)
    assert [item["name"] for item in figures["classes"]] == list(CLASSES)
    scores = logits_of(images)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    sure = (e / e.sum(axis=1, keepdims=True)).max(axis=1)[counted]
    place = np.ceil(sure * 15).astype(int)
    gaps = [
        (place == b).mean() * abs(sure[place == b].mean() - (truth == guess)[place == b].mean())
        for b in np.unique(place)
    ]
    assert outputs["ECE"] == pytest.approx(sum(gaps), abs=2e-3)
    assert figures["dataset"]["split"] == "test" and figures["dataset"]["patches"] == 6
    assert not [text for text in said if "warning" in text]
    Page().check(page, ["Reliability", "Entropy", "Confusion", "Forest"])


class Page(HTMLParser):
    """Sees that a page is whole: every tag that is opened is closed, nothing comes from outside."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        assert not [v for k, v in attributes if k in ("src", "href")]
        if tag not in ("meta", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def check(self, text, words):
        self.feed(text)
        assert not self.open
        assert all(word in text for word in words)


def test_classes_in_another_order_are_bound_by_name(tmp_path, save, evaluate):
    images = images_of(3)
    labels = labels_of(images, 0.2)
    model, _ = save(linear_net(WEIGHTS))
    places = [2, 0, 3, 1]
    turned = np.array([places.index(k) for k in range(4)])[labels]
    other = tuple(CLASSES[k] for k in places)
    one = make_dataset(tmp_path / "one", {"test": images}, {"test": labels})
    two = make_dataset(tmp_path / "two", {"test": images}, {"test": turned}, classes=other)
    figures, again = (evaluate(model, data)[0] for data in (one, two))
    assert figures["confusion"] == again["confusion"]
    assert figures["classes"] == again["classes"]


@pytest.mark.parametrize("kind", ["scenes", "labels"])
def test_scene_figures_equal_scikit_learn(tmp_path, save, evaluate, kind):
    """Truth from scene labels, or from what the label maps show."""
    rng = np.random.default_rng(3)
    images = images_of(30, size=16)
    labels = rng.integers(0, 2, (30, 2, 2)).repeat(8, axis=1).repeat(8, axis=2)
    labels = labels + 2 * rng.integers(0, 2, (30, 1, 1))
    truth = np.stack([(labels == k).any(axis=(1, 2)) for k in range(4)], axis=1)
    given = {"scenes": {"test": truth}} if kind == "scenes" else {"labels": {"test": labels}}
    model, _ = save(patch_net(), task="patch", activation="sigmoid", output="probabilities",
                       dynamic_space=False, patch=(16, 16))  # fmt: skip
    dataset = make_dataset(tmp_path / "data", {"test": images}, **given)
    _, outputs, _, page = evaluate(model, dataset)

    session = onnxruntime.InferenceSession(model)
    fed = ((images - 1000) / 500).astype("float32")
    scores = session.run(None, {"x": fed})[0].astype(float)
    shown = truth.any(axis=0)
    assert outputs["AP_MACRO"] == pytest.approx(
        metrics.average_precision_score(truth[:, shown], scores[:, shown], average="macro")
    )
    assert outputs["AP_MICRO"] == pytest.approx(
        metrics.average_precision_score(truth, scores, average="micro")
    )
    assert outputs["LRAP"] == pytest.approx(
        metrics.label_ranking_average_precision_score(truth, scores)
    )
    assert outputs["F1_MICRO"] == pytest.approx(
        metrics.f1_score(truth, scores >= 0.5, average="micro")
    )
    Page().check(page, ["Average precision, macro", "One-error", "Hamming"])


def test_windows_are_padded_to_the_stride_and_cut_again(tmp_path, save, evaluate):
    images = images_of(2, size=28)  # the stride is 8
    model, card = save(unet(depth=3))
    assert card.stride == 8
    dataset = make_dataset(tmp_path / "data", {"test": images}, {"test": labels_of(images, 0.1)})
    assert evaluate(model, dataset)[0]["pixels"] == 2 * 28 * 28


def test_nodata_and_nan_are_left_out(tmp_path, save, evaluate):
    images = images_of(2)
    images[0, 1, :3, :3] = np.nan
    images[1, 2, 0, 0] = 0
    bands = [Band(n, mean=1000.0, std=500.0, nodata=0) for n in ("B02", "B03", "B04")]
    model, _ = save(linear_net(WEIGHTS), bands=bands)
    dataset = make_dataset(tmp_path / "data", {"test": images}, {"test": labels_of(images, 0)})
    figures, outputs, _, _ = evaluate(model, dataset)
    assert (figures["ignored"], outputs["ACCURACY"]) == (10, 1.0)


def test_the_training_split_only_when_asked_and_with_a_warning(tmp_path, save, evaluate):
    images = images_of(2)
    labels = {"train": labels_of(images, 0)}
    model, _ = save(linear_net(WEIGHTS))
    dataset = make_dataset(tmp_path / "data", {"train": images}, labels)
    with pytest.raises(InvalidRequest, match="no split 'test'"):
        evaluate(model, dataset)
    _, _, said, page = evaluate(model, dataset, split="train")
    assert any("says little" in text for text in said) and "says little" in page


def test_one_class_only_has_no_kappa(tmp_path, save, evaluate):
    images = np.full((1, 3, 8, 8), 1000.0, "float32")
    model, _ = save(linear_net(WEIGHTS, bias=[1, 0, 0, 0]))
    dataset = make_dataset(tmp_path / "d", {"test": images}, {"test": np.zeros((1, 8, 8))})
    _, outputs, _, _ = evaluate(model, dataset)
    assert (outputs["ACCURACY"], outputs["MIOU"], outputs["KAPPA"]) == (1.0, 1.0, None)


REFUSED = {
    "band": ({"bands": ("B02", "B03", "B8A")}, MissingBand, "no band B04"),
    "classes": ({"classes": ("Water", "Forest", "Fields", "Moor")}, CardMismatch,
                "only the dataset has 'Moor'; only the model has 'Town'"),
    "no labels": ({"labels": None}, CardMismatch, "labels are 'none'"),
    "scenes": ({"labels": None, "scenes": {"test": np.eye(4)[:2]}}, CardMismatch,
               "labels are 'scene'; the model answers per pixel"),
    "unlabelled": ({"labels": {"test": np.full((2, 24, 24), 255)}}, EmptySelection, "No pixel"),
    "label": ({"labels": {"test": np.full((2, 24, 24), 4)}}, UnknownClass, "has the label 4"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_dataset_that_does_not_fit_is_refused_by_name(tmp_path, save, evaluate, case):
    changed, error, sentence = REFUSED[case]
    images = images_of(2)
    fields = {"labels": {"test": labels_of(images, 0)}, **changed}
    model, _ = save(linear_net(WEIGHTS))
    dataset = make_dataset(tmp_path / "data", {"test": images}, **fields)
    with pytest.raises(error) as caught:
        evaluate(model, dataset)
    assert sentence in str(caught.value) and caught.value.remedy
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_units_and_window_sizes_that_do_not_fit(tmp_path, save, evaluate):
    images = images_of(1)
    dataset = make_dataset(tmp_path / "data", {"test": images}, {"test": labels_of(images, 0)})
    bands = [Band(n, unit="reflectance", mean=0.1, std=0.05) for n in ("B02", "B03", "B04")]
    model, _ = save(linear_net(WEIGHTS), bands=bands)
    with pytest.raises(CardMismatch, match="B02 in reflectance; the dataset has it in DN"):
        evaluate(model, dataset)
    scaled = [Band(n, "reflectance", 1e-4, mean=0.1, std=0.05) for n in ("B02", "B03", "B04")]
    model, _ = save(linear_net(WEIGHTS), bands=scaled)
    assert evaluate(model, dataset)[1]["ACCURACY"] == 1.0
    model, _ = save(unet(size=64), dynamic_space=False, patch=(64, 64))
    with pytest.raises(CardMismatch, match=r"\(64, 64\) px only"):
        evaluate(model, dataset)


def test_damage_is_said_in_one_sentence(tmp_path, save, evaluate):
    images = images_of(2)
    dataset = make_dataset(tmp_path / "data", {"test": images}, {"test": labels_of(images, 0)})
    model, _ = save(linear_net(WEIGHTS))
    shard = next((tmp_path / "data").glob("test-*"))
    whole = bytearray(shard.read_bytes())
    whole[len(whole) // 2] ^= 255
    shard.write_bytes(whole)
    with pytest.raises(DamagedDataset, match="not what the dataset's card says"):
        evaluate(model, dataset)
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(unet().SerializeToString()[:900])
    with pytest.raises(UnreadableModel, match=r"cut\.onnx"):
        evaluate(str(cut), dataset)
    plain = tmp_path / "plain.onnx"
    plain.write_bytes(pixel_net().SerializeToString())
    with pytest.raises(MissingCard):
        evaluate(str(plain), dataset)


def test_an_empty_split_is_refused(tmp_path, save, evaluate):
    images = images_of(1)
    sets = {"train": images, "test": images[:0]}
    labels = {"train": labels_of(images, 0), "test": np.zeros((0, 24, 24))}
    dataset = make_dataset(tmp_path / "data", sets, labels)
    model, _ = save(linear_net(WEIGHTS))
    with pytest.raises(EmptySelection, match="'test' is empty"):
        evaluate(model, dataset)


def test_a_model_that_gives_nan_is_told(tmp_path, save, evaluate):
    images = images_of(1)
    labels = labels_of(images, 0)
    images[0, :, 0, 0] = 3e38  # a number, until it is multiplied
    dataset = make_dataset(tmp_path / "data", {"test": images}, {"test": labels})
    model, _ = save(linear_net(WEIGHTS * 1e4))
    with pytest.raises(CardMismatch, match="no number"):
        evaluate(model, dataset)
