# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluating, exporting and taking in models, by their algorithms."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from qgis import processing
from qgis.core import QgsProcessingException

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def models(python, tmp_path_factory):
    """A model, a dataset that it gets right but for every fifth row, and a published model."""
    folder = tmp_path_factory.mktemp("models")
    maker = ROOT / "tests" / "data" / "make_model_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    return folder


@pytest.fixture
def run(provider, ears):
    def run(name, **parameters):
        fields = {key: str(value) for key, value in parameters.items()}
        return processing.run(f"coverloom:{name}", fields, feedback=ears)

    return run


def test_a_model_is_evaluated(run, models, tmp_path):
    results = run(
        "evaluatemodel", MODEL=models / "model.onnx", DATASET=models / "data",
        REPORT=tmp_path / "r.html", METRICS=tmp_path / "m.json",
    )  # fmt: skip
    assert results["ACCURACY"] == pytest.approx(0.8)
    figures = json.loads((tmp_path / "m.json").read_text())
    assert figures["dataset"]["split"] == "test" and figures["accuracy"] == results["ACCURACY"]
    assert results["MIOU"] == figures["miou"] and results["AP_MACRO"] is None
    assert "Reliability" in (tmp_path / "r.html").read_text()


def test_a_split_that_is_not_there_is_told(run, models, tmp_path, ears):
    with pytest.raises(QgsProcessingException, match="no split 'validation'"):
        run(
            "evaluatemodel", MODEL=models / "model.onnx", DATASET=models / "data",
            SPLIT="validation", REPORT=tmp_path / "r.html",
        )  # fmt: skip
    assert not (tmp_path / "r.html").exists()


def test_a_model_is_exported_in_float16(run, models, tmp_path):
    results = run(
        "exportonnx", INPUT=models / "model.onnx", PRECISION="float16", DATASET=models / "data",
        MODEL=tmp_path / "half.onnx",
    )  # fmt: skip
    assert Path(results["MODEL"]).is_file() and results["AGREEMENT"] > 0.9
    assert json.loads((tmp_path / "half.stac.json").read_text())["properties"]["mlm:name"]


def test_int8_needs_a_dataset_before_anything_starts(run, models, tmp_path):
    with pytest.raises(QgsProcessingException, match="DATASET is empty"):
        run("exportonnx", INPUT=models / "model.onnx", PRECISION="int8", MODEL=tmp_path / "i.onnx")


def test_a_published_model_is_taken_in_from_its_folder(run, models, tmp_path, ears):
    target = tmp_path / "published.onnx"
    results = run("importmodel", INPUT=models / "resnet18-s2-v0.2.0", MODEL=target)
    assert results["MODEL"] == str(target) and target.is_file()
    assert any("B05, B06, B07, B08, B8A" in text for text in ears.said)
    with pytest.raises(QgsProcessingException, match=r"is of version 0\.2\.0"):
        run(
            "importmodel", INPUT=models / "resnet18-s2-v0.2.0", VERSION="0.1.1",
            MODEL=tmp_path / "no.onnx",
        )  # fmt: skip


def test_an_id_goes_as_far_as_the_worker(run, tmp_path):
    with pytest.raises(QgsProcessingException, match="Nothing says which version"):
        run("importmodel", INPUT="BIFOLD-BigEarthNetv2-0/resnet50", MODEL=tmp_path / "m.onnx")


def test_a_model_is_chosen_by_a_file_of_its_folder(run, models, tmp_path):
    """As a file dialog gives it, which cannot choose a file or a folder in one field."""
    for name in ("config.json", "model.safetensors"):
        target = tmp_path / f"{name}.onnx"
        run("importmodel", INPUT=models / "resnet18-s2-v0.2.0" / name, MODEL=target)
        assert target.is_file()


def test_the_form_keeps_an_id_that_is_typed(provider, models):
    """What stands in the field that QGIS makes for INPUT is what the algorithm gets."""
    from qgis.core import QgsApplication, QgsProcessingContext
    from qgis.gui import QgsGui, QgsProcessingGui, QgsProcessingParameterWidgetContext
    from qgis.PyQt.QtWidgets import QLineEdit

    algorithm = QgsApplication.processingRegistry().algorithmById("coverloom:importmodel").create()
    wrapper = QgsGui.processingGuiRegistry().createParameterWidgetWrapper(
        algorithm.parameterDefinition("INPUT"), QgsProcessingGui.WidgetType.Standard
    )
    wrapper.setWidgetContext(QgsProcessingParameterWidgetContext())
    context = QgsProcessingContext()
    widget = wrapper.createWrappedWidget(context)
    for typed in ("BIFOLD-BigEarthNetv2-0/resnet50-s2-v0.2.0", str(models / "resnet18-s2-v0.2.0")):
        widget.findChild(QLineEdit).setText(typed)
        assert wrapper.parameterValue() == typed
        request = {"INPUT": wrapper.parameterValue(), "MODEL": "TEMPORARY_OUTPUT"}
        assert algorithm.checkParameterValues(request, context) == (True, "")
