# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that give a number: scored as scikit-learn does, exported with their agreement."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import CardMismatch, EmptySelection
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.describemodel import DescribeModel
from coverloom.engine.contract.jobs.evaluatemodel import EvaluateModel
from coverloom.engine.contract.jobs.exportonnx import ExportOnnx
from coverloom.engine.contract.jobs.importmodel import ImportModel
from coverloom.engine.core.band import Band
from coverloom.engine.core.dataset_card import DatasetTarget
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs import describemodel, evaluatemodel, exportonnx, importmodel
from coverloom.engine.model_file import measured_card, read_model, save_model
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from .conftest import load

BANDS = ("B02", "B04", "B08")
# About what the data hold: 150 - 0.1 B04.
WEIGHTS, BIAS = [[1.0, -52.0, 0.5]], [50.0]


@pytest.fixture(scope="module")
def footprints(tmp_path_factory):
    return load("make_footprints").make(tmp_path_factory.mktemp("footprints") / "d")


@pytest.fixture
def save_number(tmp_path, models):
    def save(proto, name="number", **fields):
        path = tmp_path / f"{name}.onnx"
        card = measured_card(proto, models.value_card_for(BANDS, **fields))
        save_model(proto, card, path)
        return str(path)

    return save


@pytest.fixture
def per_pixel(save_number, models):
    return save_number(models.linear_net(WEIGHTS, BIAS))


@pytest.fixture
def evaluate(tmp_path):
    def run(model, dataset, **fields):
        paths = {
            "report": str(tmp_path / "o" / "r.html"),
            "metrics": str(tmp_path / "o" / "m.json"),
        }
        request = EvaluateModel(str(model), str(dataset), device="cpu", **paths, **fields)
        outputs = evaluatemodel.run(read_job(request.to_json()), lambda event: None)
        figures = json.loads((tmp_path / "o" / "m.json").read_text(encoding="utf-8"))
        return figures, outputs, (tmp_path / "o" / "r.html").read_text(encoding="utf-8")

    return run


def check(figures, outputs, truth, said):
    truth, said = np.float64(truth), np.float64(said)
    for key, expected in (
        ("rmse", root_mean_squared_error(truth, said)),
        ("mae", mean_absolute_error(truth, said)),
        ("r2", r2_score(truth, said)),
        ("bias", (said - truth).mean()),
    ):
        assert figures[key] == pytest.approx(expected, rel=1e-4)
        assert outputs[key.upper()] == figures[key]


def test_pixels_equal_scikit_learn(footprints, per_pixel, evaluate):
    figures, outputs, page = evaluate(per_pixel, footprints)
    truth, said = [], []
    with open_dataset(footprints) as data:
        for number in data.split("test"):
            z = (data.image(number, BANDS).astype("f8") - 1000) / 500
            known = data[number].target != -9999
            truth.extend(data[number].target[known])
            said.extend((z @ WEIGHTS[0] + BIAS[0])[known])
    check(figures, outputs, truth, said)
    assert figures["values"] == len(truth) == 12 * 16
    assert figures["ignored"] == 12 * (32 * 32 - 16)
    assert (figures["target"], figures["unit"]) == ("AGBD", "Mg/ha")
    assert np.sum(figures["plot"]["pairs"]) == len(truth)
    assert "Predicted against observed" in page and "Mg/ha" in page and "Confusion" not in page
    assert not {"ACCURACY", "AP_MACRO"} & set(outputs)


def test_footprints_equal_scikit_learn(footprints, save_number, models, evaluate):
    proto = models.patch_net(classes=1, activation="", size=32)
    model = save_number(proto, task="patch", patch=(32, 32), dynamic_space=False)
    figures, outputs, _ = evaluate(model, footprints, split="validation", batch_size=5)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    truth, said = [], []
    with open_dataset(footprints) as data:
        for number in data.split("validation"):
            fed = ((data.image(number, BANDS) - 1000) / 500).astype("f4").transpose(2, 0, 1)
            said.append(session.run(None, {"x": fed[None]})[0][0, 0])
            truth.append(data[number].value)
    check(figures, outputs, truth, said)
    assert figures["values"] == 12 and figures["ignored"] == 0


def test_a_pixel_without_measurement_is_left_out(tmp_path, models, evaluate):
    def hole(split, content):
        content["Sentinel-2 L2A"][:, 3, 14:16, 14:18] = 0  # B04

    folder = load("make_footprints").make(
        tmp_path / "d", counts={"train": 3, "test": 4}, spoil=hole
    )
    proto, path = models.linear_net(WEIGHTS, BIAS), tmp_path / "m.onnx"
    bands = [Band(name, mean=1000.0, std=500.0, nodata=0.0) for name in BANDS]
    save_model(proto, measured_card(proto, models.value_card_for(bands)), path)
    figures = evaluate(path, folder)[0]
    assert (figures["values"], figures["ignored"]) == (4 * 8, 4 * (32 * 32 - 8))


def test_unlike_things_are_refused_by_name(
    tmp_path, footprints, per_pixel, save, save_number, models, evaluate
):
    with pytest.raises(EmptySelection, match="has a value of AGBD"):
        empty = load("make_footprints").make(
            tmp_path / "d", counts={"train": 2, "test": 2},
            spoil=lambda split, content: content["AGBD Raster"].fill(-9999),
        )  # fmt: skip
        evaluate(per_pixel, empty)
    height = DatasetTarget("Height", "m", -9999.0, 20.0, 5.0)
    other = save_number(models.linear_net(WEIGHTS, BIAS), "height", target=height)
    with pytest.raises(CardMismatch, match="gives Height in m; the dataset has AGBD in Mg/ha"):
        evaluate(other, footprints)
    classes, _ = save(models.linear_net([[1, 0, 0], [0, 1, 0]]), bands=BANDS, classes=("a", "b"))
    with pytest.raises(CardMismatch, match="gives classes; the dataset has a number, AGBD"):
        evaluate(classes, footprints)
    from coverloom.tests.data.make_datasets import make_dataset

    images = {"test": np.full((2, 3, 16, 16), 900.0)}
    data = make_dataset(tmp_path / "classes", images, {"test": np.zeros((2, 16, 16))}, bands=BANDS)
    with pytest.raises(CardMismatch, match="gives a number, AGBD in Mg/ha; the dataset has class"):
        evaluate(per_pixel, data)


@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_exports_agree_in_the_unit(tmp_path, footprints, save_number, models, precision):
    """What the card says of the agreement is what ONNX Runtime alone finds."""
    proto = models.unet(classes=1)
    source, target = save_number(proto), tmp_path / "out" / "m.onnx"
    fields = {"dataset": str(footprints), "patches": 8}
    request = ExportOnnx(source, str(target), precision=precision, **fields)
    outputs = exportonnx.run(read_job(request.to_json()), lambda event: None)
    card = read_model(target).card
    said = card.provenance["export"]["agreement_with_float32"]
    assert card.target == read_model(source).card.target and said["windows"] == 8
    assert outputs["AGREEMENT"] == said["same_answer"]
    if precision == "float32":
        assert (said["same_answer"], said["largest_difference"]) == (1.0, 0.0)
    else:
        assert 0 < said["mean_difference"] <= said["largest_difference"]
    item = json.loads(target.with_suffix(".stac.json").read_text(encoding="utf-8"))
    properties = item["properties"]
    assert properties["mlm:tasks"] == ["regression"]
    assert properties["mlm:output"][0]["name"] == "AGBD"
    assert "classification:classes" not in properties["mlm:output"][0]


def test_deepness_takes_it_for_a_regressor(per_pixel):
    metadata = {p.key: p.value for p in onnx.load(per_pixel).metadata_props}
    assert json.loads(metadata["model_type"]) == "Regressor"
    assert json.loads(metadata["class_names"]) == {"0": "AGBD"}
    assert json.loads(metadata["reg_output_scaling"]) == 1.0
    assert "seg_thresh" not in metadata


def test_it_is_described_and_can_be_imported_again(tmp_path, per_pixel):
    said = []
    request = DescribeModel(per_pixel, str(tmp_path / "p.html"), str(tmp_path / "c.json"))
    describemodel.run(request, said.append)
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert "a number for every pixel: AGBD in Mg/ha" in page and "Classes (" not in page
    assert "AGBD, Mg/ha" in said[-1].text
    bare = onnx.load(per_pixel)
    del bare.metadata_props[:]
    onnx.save(bare, tmp_path / "bare.onnx")
    request = ImportModel(
        input=str(tmp_path / "bare.onnx"), card=str(tmp_path / "c.json"),
        model=str(tmp_path / "i.onnx"),
    )  # fmt: skip
    importmodel.run(request, said.append)
    assert read_model(tmp_path / "i.onnx").card.target == read_model(per_pixel).card.target
    assert "AGBD in Mg/ha" in said[-1].text
