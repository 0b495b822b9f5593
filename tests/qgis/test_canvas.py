# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps on the canvas: loaded by QGIS's own code after a run, in one group, with their styles."""

from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import gdal
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsColorRampShader,
    QgsPalettedRasterRenderer,
    QgsProcessing,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingModelAlgorithm,
    QgsProcessingOutputLayerDefinition,
    QgsSingleBandPseudoColorRenderer,
)

ROOT = Path(__file__).resolve().parents[2]
ALGORITHM = "coverloom:classifyraster"
MAPS = ("CLASS", "MAXPROB", "ENTROPY", "GAP")
CLASSES = ["Water", "Forest", "Fields", "Town"]


@pytest.fixture
def run_and_load(provider, inputs, project, ears):
    """Runs it as the Toolbox does and returns the results."""

    def run(**more):
        values = {
            "INPUT": [str(inputs / "scene.tif")], "MODEL": str(inputs / "model.onnx"),
            **{key: QgsProcessing.TEMPORARY_OUTPUT for key in MAPS}, **more,
        }  # fmt: skip
        return processing.runAndLoadResults(ALGORITHM, values, ears)

    return run


def named(group):
    return [node.layer().name() for node in group.findLayers()]


def test_the_maps_of_a_run_are_in_one_group_the_classes_uppermost(run_and_load, project, ears):
    run_and_load()
    root = project.layerTreeRoot()
    assert [node.name() for node in root.children()] == ["model · scene"]
    assert named(root.children()[0]) == [
        "Class", "Maximum probability", "Entropy", "Gap between the first two",
    ]  # fmt: skip
    visible = [node.isVisible() for node in root.findLayers()]
    assert visible == [True, False, False, False]
    run_and_load()
    assert {node.name() for node in root.children()} == {"model · scene", "model · scene (2)"}
    assert all(len(node.findLayers()) == 4 for node in root.children())
    assert ears.errors == []


def test_the_legend_has_exactly_the_models_classes(run_and_load, project):
    run_and_load()
    layer = project.mapLayersByName("Class")[0]
    assert isinstance(layer.renderer(), QgsPalettedRasterRenderer)
    entries = layer.renderer().classes()
    assert [(entry.value, entry.label) for entry in entries] == list(enumerate(CLASSES))
    assert len({entry.color.name() for entry in entries}) == 4
    assert layer.dataProvider().sourceNoDataValue(1) == 255


@pytest.mark.parametrize("layer_type", ["float32", "byte"])
def test_continuous_maps_have_a_ramp_from_zero_to_one(run_and_load, project, layer_type):
    run_and_load(LAYER_TYPE=layer_type)
    ramps = set()
    for name in ("Maximum probability", "Entropy", "Gap between the first two"):
        layer = project.mapLayersByName(name)[0]
        renderer = layer.renderer()
        assert isinstance(renderer, QgsSingleBandPseudoColorRenderer)
        assert (renderer.classificationMin(), renderer.classificationMax()) == (0, 1)
        function = renderer.shader().rasterShaderFunction()
        assert function.colorRampType() == QgsColorRampShader.Type.Interpolated
        ramps.add(function.sourceColorRamp().color1().name())
        values = layer.dataProvider().bandStatistics(1)
        assert 0 <= values.minimumValue < values.maximumValue <= 1
    assert len(ramps) == 3


def test_nothing_is_kept_of_maps_that_were_loaded(run_and_load):
    from coverloom.processing_provider.canvas import _WAITING

    _WAITING.clear()
    run_and_load()
    assert not _WAITING


def test_a_background_task_gives_the_same_map_as_processing_run_and_has_it_loaded(
    provider, inputs, tmp_path, ears, wait_for, project
):
    values = {"INPUT": [str(inputs / "scene.tif")], "MODEL": str(inputs / "model.onnx")}
    first = processing.run(ALGORITHM, {**values, "CLASS": str(tmp_path / "first.tif")})
    context = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    path = str(tmp_path / "second.tif")
    definition = QgsProcessingOutputLayerDefinition(path, project)
    second = {**values, "CLASS": definition, "DEVICE": "cpu"}
    ended = []
    task = QgsProcessingAlgRunnerTask(algorithm, second, context, ears)
    task.executed.connect(lambda *outcome: ended.append(outcome))
    QgsApplication.taskManager().addTask(task)
    wait_for(lambda: ended, 60, QgsApplication.processEvents)
    succeeded, results = ended[0]
    assert succeeded, ears.errors
    declared = {item.name() for item in provider.algorithm("classifyraster").outputDefinitions()}
    assert set(results) == declared == set(first)
    maps = [gdal.Open(each["CLASS"]).ReadAsArray() for each in (first, results)]
    assert (maps[0] == maps[1]).all() and len(set(maps[0].ravel())) > 2
    # A task works in a context of its own, from which QGIS takes over what is to be loaded.
    assert set(context.layersToLoadOnCompletion()) == {path}
    assert context.layerToLoadOnCompletionDetails(path).postProcessor()


def test_a_task_validates_although_nobody_checks_its_parameters(provider, inputs, tmp_path, ears):
    values = {
        "INPUT": [str(inputs / "scene.tif")], "MODEL": str(inputs / "model.onnx"),
        "CLASS": str(tmp_path / "class.tif"), "DEVICE": "quantum",
    }  # fmt: skip
    context = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    task = QgsProcessingAlgRunnerTask(algorithm, values, context, ears)
    assert task.isCanceled()
    assert any("DEVICE" in error for error in ears.errors)
    assert not (tmp_path / "class.tif").exists()


def test_nothing_is_left_to_load_when_the_run_fails(provider, inputs, tmp_path, ears, project):
    """QGIS 3.40 complains of every such map, in red, under the sentence that says why it failed."""
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network")
    path = str(tmp_path / "class.tif")
    context = QgsProcessingContext()
    values = {
        "INPUT": [str(inputs / "scene.tif")], "MODEL": str(broken),
        "CLASS": QgsProcessingOutputLayerDefinition(path, project),
    }  # fmt: skip
    _, accepted = provider.algorithm("classifyraster").create().run(values, context, ears)
    assert not accepted and "broken.onnx" in ears.errors[0]
    assert context.layersToLoadOnCompletion() == {}


def test_a_saved_model_chains_the_algorithms_and_styles_the_result(
    provider, inputs, project, tmp_path, ears
):
    """The example that is shipped: a foreign network gets a card, and then makes a map."""
    model = QgsProcessingModelAlgorithm()
    assert model.fromFile(str(ROOT / "resources" / "models" / "import_and_map.model3"))
    model.initAlgorithm()
    names = {item.name() for item in model.destinationParameterDefinitions()}
    destinations = {name: str(tmp_path / f"{name.rpartition(':')[2]}.tif") for name in names}
    assert len(destinations) == 2
    values = {
        "scene": str(inputs / "scene.tif"), "network": str(inputs / "foreign.onnx"),
        "bands": "B02,B03,B04", "classes": ",".join(CLASSES),
    }  # fmt: skip
    processing.runAndLoadResults(model, {**values, **destinations}, ears)
    assert ears.errors == []
    layers = {layer.source(): layer for layer in project.mapLayers().values()}
    assert set(layers) == set(destinations.values())
    for path, layer in layers.items():
        if "CLASS" in path.upper():
            assert [entry.label for entry in layer.renderer().classes()] == CLASSES
        else:
            assert isinstance(layer.renderer(), QgsSingleBandPseudoColorRenderer)
    # Since QGIS lets models name a group for their results, the model's word counts.
    own = hasattr(QgsProcessingContext.LayerDetails("", project, ""), "groupName")
    assert len(project.layerTreeRoot().children()) == (len(layers) if own else 1)
