# SPDX-License-Identifier: GPL-3.0-or-later
"""The graphical modeler: three of the algorithms in one saved model, by itself and in a batch."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import (
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingModelParameter,
    QgsProcessingParameterFile,
    QgsProcessingParameterRasterLayer,
)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / "scripts" / "qgis_process")
CLASSES = ["Water", "Forest", "Fields", "Town"]
IMPORT = {"BANDS": "B02,B03,B04", "CLASSES": ",".join(CLASSES)}
DERIVED = "second_class,entropy"


def from_input(name):
    return [QgsProcessingModelChildParameterSource.fromModelParameter(name)]


def from_step(child, output):
    return [QgsProcessingModelChildParameterSource.fromChildOutput(child, output)]


def always(value):
    return [QgsProcessingModelChildParameterSource.fromStaticValue(value)]


def add_step(model, child_id, algorithm, sources, **outputs):
    """Add one algorithm; ``outputs`` are the model's own: a name to the algorithm's key."""
    child = QgsProcessingModelChildAlgorithm(f"coverloom:{algorithm}")
    child.setChildId(child_id)
    for key, given in sources.items():
        child.addParameterSources(key, given)
    shown = {}
    for name, key in outputs.items():
        shown[name] = QgsProcessingModelOutput(name)
        shown[name].setChildId(child_id)
        shown[name].setChildOutputName(key)
    child.setModelOutputs(shown)
    model.addChildAlgorithm(child)


@pytest.fixture
def model_path(provider, tmp_path):
    """A network gets a card, makes a map of probabilities, and that makes further layers."""
    model = QgsProcessingModelAlgorithm("network to layers", "tests")
    for definition in (
        QgsProcessingParameterFile("network", "Network"),
        QgsProcessingParameterRasterLayer("scene", "Scene"),
    ):
        model.addModelParameter(definition, QgsProcessingModelParameter(definition.name()))
    card = {key: always(value) for key, value in IMPORT.items()}
    add_step(model, "card", "importmodel", {"INPUT": from_input("network"), **card})
    add_step(
        model, "map", "classifyraster",
        {"INPUT": from_input("scene"), "MODEL": from_step("card", "MODEL")}, classes="CLASS",
    )  # fmt: skip
    add_step(
        model, "derive", "derivelayers",
        {"PROBS": from_step("map", "PROBS"), "LAYERS": always(DERIVED)}, layers="OUTPUT",
    )  # fmt: skip
    path = tmp_path / "chain.model3"
    assert model.toFile(str(path))
    return path


def pixels(path):
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def step_by_step(run, inputs, folder):
    """The three algorithms one after the other, without a model: the truth for the others."""
    made = run("importmodel", INPUT=str(inputs / "foreign.onnx"), **IMPORT,
               MODEL=str(folder / "carded.onnx"))  # fmt: skip
    maps = run("classifyraster", INPUT=[str(inputs / "scene.tif")], MODEL=made["MODEL"],
               CLASS=str(folder / "class.tif"), PROBS=str(folder / "probs.tif"))  # fmt: skip
    layers = run("derivelayers", PROBS=maps["PROBS"], LAYERS=DERIVED, OUTPUT=str(folder / "own"))
    return Path(maps["CLASS"]), Path(layers["OUTPUT"])


def assert_same_rasters(folder, other):
    names = {path.name for path in Path(folder).glob("*.tif")}
    assert len(names) == 2 and names == {path.name for path in Path(other).glob("*.tif")}
    for name in names:
        assert (pixels(Path(folder) / name) == pixels(Path(other) / name)).all()


def test_qgis_process_runs_a_saved_model_of_three(
    model_path, run, inputs, process_environment, python, tmp_path
):
    given = {
        "network": inputs / "foreign.onnx", "scene": inputs / "scene.tif",
        "map:classes": tmp_path / "modelled.tif", "derive:layers": tmp_path / "modelled",
    }  # fmt: skip
    command = [PROGRAM, "run", "--json", str(model_path)]
    done = subprocess.run(
        [*command, *(f"--{key}={value}" for key, value in given.items())],
        env={"COVERLOOM_PYTHON": str(python), **process_environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)["results"]
    assert results["map:classes"] == str(tmp_path / "modelled.tif")
    classes, layers = step_by_step(run, inputs, tmp_path)
    found = pixels(results["map:classes"])
    assert (found == pixels(classes)).all() and len(set(found.ravel())) > 2
    assert_same_rasters(results["derive:layers"], layers)


def test_a_step_that_fails_ends_the_model_with_its_sentence(
    model_path, inputs, process_environment, python, tmp_path
):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    given = {"network": broken, "scene": inputs / "scene.tif", "map:classes": tmp_path / "no.tif",
             "derive:layers": tmp_path / "none"}  # fmt: skip
    done = subprocess.run(
        [PROGRAM, "run", str(model_path), *(f"--{key}={value}" for key, value in given.items())],
        env={"COVERLOOM_PYTHON": str(python), **process_environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "broken.onnx cannot be read as ONNX" in said and "Traceback" not in said
    assert not (tmp_path / "no.tif").exists()


def test_the_rows_of_a_batch_do_not_disturb_each_other(run, provider, inputs, ears, tmp_path):
    """The batch dialog runs one and the same object for all rows; a bad row fails alone."""
    algorithm = provider.algorithm("classifyraster").create()
    left = tmp_path / "left.tif"
    gdal.Translate(str(left), str(inputs / "scene.tif"), srcWin=[0, 0, 100, 150])
    rows, context = [], QgsProcessingContext()
    for scene in (inputs / "scene.tif", inputs / "none.tif", left):
        out = tmp_path / f"{scene.stem}_class.tif"
        values = {"INPUT": [str(scene)], "MODEL": str(inputs / "model.onnx"), "CLASS": str(out)}
        results, accepted = algorithm.run(values, context, ears)
        rows.append((accepted, results.get("CLASS") if accepted else out.exists()))
    assert rows == [
        (True, str(tmp_path / "scene_class.tif")),
        (False, False),
        (True, str(tmp_path / "left_class.tif")),
    ]
    assert any("none.tif" in error for error in ears.errors), ears.errors
    alone = run("classifyraster", INPUT=[str(left)], MODEL=str(inputs / "model.onnx"),
                CLASS=str(tmp_path / "alone.tif"))  # fmt: skip
    assert (pixels(rows[2][1]) == pixels(alone["CLASS"])).all()
    assert pixels(rows[0][1]).shape == (150, 200)
