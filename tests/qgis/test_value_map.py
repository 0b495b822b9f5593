# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that gives a number, as the Toolbox runs it: one layer on the canvas, in its unit."""

from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import gdal
from qgis import processing
from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsSingleBandPseudoColorRenderer,
)

ALGORITHM = "coverloom:classifyraster"
DEFAULTS = ("CLASS", "MAXPROB", "ENTROPY", "GAP", "VALUE")


@pytest.fixture
def values(inputs):
    return {"INPUT": [str(inputs / "scene.tif")], "MODEL": str(inputs / "number.onnx")}


def everything():
    """What the dialog asks for if nobody changes it."""
    return dict.fromkeys(DEFAULTS, QgsProcessing.TEMPORARY_OUTPUT)


def test_all_outputs_by_default_give_the_one_layer(provider, values, project, ears, inputs):
    definitions = {p.name(): p for p in provider.algorithm("classifyraster").parameterDefinitions()}
    assert all(definitions[key].createByDefault() for key in DEFAULTS)
    results = processing.runAndLoadResults(ALGORITHM, {**values, **everything()}, ears)
    assert ears.errors == []
    assert [key for key in DEFAULTS if results[key]] == ["VALUE"]
    assert any("CLASS, MAXPROB, ENTROPY, GAP are left out" in text for text in ears.said)
    (layer,) = project.mapLayers().values()
    assert layer.name() == "AGBD (Mg/ha)"
    (group,) = project.layerTreeRoot().children()
    assert group.name() == "number · scene"
    assert project.layerTreeRoot().findLayer(layer).isVisible()
    provider_ = layer.dataProvider()
    assert provider_.sourceNoDataValue(1) == -9999
    array = gdal.Open(layer.source()).ReadAsArray()
    bands = gdal.Open(str(inputs / "scene.tif")).ReadAsArray().astype("f8")
    expected = 80 + 20 * (bands[1] - bands[0]) / 500
    assert (array[:, :12] == -9999).all()
    assert abs(array - expected)[:, 12:].max() < 1e-3


def test_its_colours_span_its_numbers(provider, values, project, ears):
    processing.runAndLoadResults(ALGORITHM, {**values, **everything()}, ears)
    (layer,) = project.mapLayers().values()
    renderer = layer.renderer()
    assert isinstance(renderer, QgsSingleBandPseudoColorRenderer)
    shader = renderer.shader().rasterShaderFunction()
    low, high = renderer.classificationMin(), renderer.classificationMax()
    found = layer.dataProvider().bandStatistics(1)
    assert found.minimumValue <= low < found.mean < high <= found.maximumValue
    stops = [item.value for item in shader.colorRampItemList()]
    assert stops == sorted(stops) and (stops[0], stops[-1]) == (low, high)
    assert shader.legendSettings().suffix() == " Mg/ha"
    ends = [shader.shade(value)[1:4] for value in (low, high)]
    assert ends[0] != ends[1]


def test_value_is_not_loaded_for_a_model_of_classes(provider, values, inputs, project, ears):
    given = {**values, "MODEL": str(inputs / "model.onnx"), **everything()}
    results = processing.runAndLoadResults(ALGORITHM, given, ears)
    assert results["VALUE"] is None and Path(results["CLASS"]).is_file()
    assert ears.errors == [] and len(project.mapLayers()) == 4
    assert not any("left out" in text for text in ears.said)


def test_it_is_said_that_value_is_left_out_only_where_it_was_asked_for(
    provider, values, inputs, tmp_path, ears
):
    given = {**values, "MODEL": str(inputs / "model.onnx"), "CLASS": str(tmp_path / "c.tif")}
    given["VALUE"] = str(tmp_path / "v.tif")
    assert processing.run(ALGORITHM, given, feedback=ears)["VALUE"] is None
    assert "VALUE is left out: the model gives classes." in ears.said


def test_value_alone_is_enough(provider, values, tmp_path):
    results = processing.run(ALGORITHM, {**values, "VALUE": str(tmp_path / "v.tif")})
    assert results["VALUE"] == str(tmp_path / "v.tif") and results["CLASS"] is None
    assert gdal.Open(results["VALUE"]).GetRasterBand(1).GetUnitType() == "Mg/ha"


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({}, "Neither CLASS nor VALUE has a path"),
        ({"CLASS": "c.tif"}, "but VALUE has no path"),
        ({"VALUE": "v.tif", "PROBS": "p.tif"}, "PROBS needs class probabilities"),
        ({"VALUE": "v.tif", "EXPRESSIONS": "a = p[0]", "EXTRA": "x"}, "EXPRESSIONS needs class"),
    ],
)
def test_what_cannot_be_made_is_said(provider, values, tmp_path, ears, fields, what):
    names = ("CLASS", "VALUE", "PROBS", "EXTRA")
    paths = {k: str(tmp_path / v) if k in names else v for k, v in fields.items()}
    with pytest.raises(QgsProcessingException, match=what):
        processing.run(ALGORITHM, {**values, **paths}, feedback=ears)
