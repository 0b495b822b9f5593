# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that gives a number maps to one layer of it: exact, in chunks, in its unit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import rasterio
from coverloom.engine.contract.errors import CardMismatch, InvalidCard, InvalidRequest
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.classifysentinel2 import ClassifySentinel2
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.core.card import ModelCard
from coverloom.engine.inference.journal import journal_beside
from coverloom.engine.jobs import classifysentinel2, classifytiles
from coverloom.engine.jobs.classifyraster import run
from coverloom.engine.model_file import measured_card, save_model
from coverloom.tests.data.make_safe import make_safe

from .conftest import reflectances, write_raster

WEIGHTS, BIAS = [[-20.0, 20.0, 5.0]], [80.0]


@pytest.fixture
def save_number(tmp_path, models):
    """Save a graph of one output as a model that gives AGBD in Mg/ha."""

    def save(proto, name="number", **fields):
        path = tmp_path / f"{name}.onnx"
        save_model(proto, measured_card(proto, models.value_card_for(**fields)), path)
        return str(path)

    return save


@pytest.fixture
def unet(save_number, models):
    return save_number(models.unet(classes=1))


@pytest.fixture
def map_value(tmp_path):
    """Run the job: (values, nodata mask, events, outputs); ``values`` is what the file holds."""

    def map_value(raster, model, name="map", **fields):
        path = tmp_path / name / "value.tif"
        request = ClassifyRaster(input=(raster,), model=model, value=str(path), **fields)
        request.validate()
        events = []
        outputs = run(read_job(request.to_json()), events.append)
        with rasterio.open(path) as dataset:
            return dataset.read(1), events, outputs

    return map_value


def texts(events):
    return [event.text for event in events if hasattr(event, "level")]


def test_the_map_is_the_model_s_numbers_in_its_unit(tmp_path, save_number, models, map_value):
    pixels = reflectances(90, 130)
    pixels[:, 20:40, 30:60] = 0
    raster = write_raster(tmp_path / "scene.tif", pixels)
    model = save_number(models.linear_net(WEIGHTS, BIAS))
    values, _, outputs = map_value(raster, model)
    expected = np.einsum("c,chw->hw", WEIGHTS[0], (pixels - 1000.0) / 500.0) + BIAS[0]
    missing = (pixels == 0).all(axis=0)
    assert missing.sum() == 600 and (values[missing] == -9999).all()
    assert np.abs(values - expected)[~missing].max() < 1e-3
    with rasterio.open(outputs["VALUE"]) as dataset:
        assert (dataset.count, dataset.dtypes, dataset.nodata) == (1, ("float32",), -9999.0)
        assert (dataset.descriptions, dataset.units) == (("AGBD",), ("Mg/ha",))
        assert dataset.tags()["MODEL"] == "Test model"
    assert set(outputs) == {"VALUE"}
    item = json.loads(Path(outputs["VALUE"]).with_suffix(".stac.json").read_text())
    assert set(item["assets"]) == {"value"}
    left = {p.name for p in Path(outputs["VALUE"]).parent.iterdir()}
    assert left == {"value.tif", "value.stac.json"}


def test_chunks_change_nothing(tmp_path, unet, map_value):
    """Against ONNX Runtime on the whole raster at once, whatever the chunks."""
    pixels = reflectances(144, 208)
    raster = write_raster(tmp_path / "scene.tif", pixels)
    fed = ((pixels - 1000.0) / 500.0).astype("f4")[None]
    session = onnxruntime.InferenceSession(unet, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"input": fed})[0][0, 0]
    for chunk in (16, 48, 0):
        values, _, _ = map_value(raster, unet, f"chunks{chunk}", chunk_size=chunk)
        assert np.abs(values - expected).max() <= 1e-4
    extent = (300000 + 330, 5400000 - 900, 300000 + 1250, 5400000 - 210)
    part, _, _ = map_value(raster, unet, "part", extent=extent, chunk_size=32)
    assert np.abs(part - expected[21:90, 33:125]).max() <= 1e-4


def test_whole_patches_are_blended(tmp_path, save_number, models, map_value):
    """A footprint's model: one value everywhere if it is the same everywhere, in both sizes."""
    pixels = np.full((3, 40, 56), 1500, "uint16")
    pixels[:, :, 48:] = 0
    raster = write_raster(tmp_path / "scene.tif", pixels)
    model = save_number(models.patch_net(classes=1, activation=""), task="patch", patch=(16, 16))
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    expected = session.run(None, {"x": np.ones((1, 3, 16, 16), "f4")})[0][0, 0]
    values, _, _ = map_value(raster, model)
    assert (values[:, 48:] == -9999).all() and values.shape == (40, 56)
    assert np.abs(values[:, :32] - expected).max() < 1e-3  # no patch there holds nodata
    coarse, _, _ = map_value(raster, model, "coarse", patch_resolution="stride")
    assert coarse.shape == (5, 7) and np.abs(coarse[:, :4] - expected).max() < 1e-3


def test_eight_views_are_averaged(tmp_path, unet, map_value):
    pixels = reflectances(64, 64)
    raster = write_raster(tmp_path / "scene.tif", pixels)
    fed = ((pixels - 1000.0) / 500.0).astype("f4")
    session = onnxruntime.InferenceSession(unet, providers=["CPUExecutionProvider"])
    views = []
    for mirrored in (False, True):
        for turns in range(4):
            view = np.rot90(fed[:, :, ::-1] if mirrored else fed, turns, (1, 2))
            given = session.run(None, {"input": np.ascontiguousarray(view)[None]})[0][0, 0]
            given = np.rot90(given, -turns)
            views.append(given[:, ::-1] if mirrored else given)
    values, _, _ = map_value(raster, unet, augment=True)
    assert np.abs(values - np.mean(views, axis=0)).max() < 1e-4


def test_an_unfinished_run_goes_on_and_gives_the_same_file(tmp_path, unet, map_value, monkeypatch):
    from coverloom.engine.layers.value_map import ValueMap

    raster = write_raster(tmp_path / "scene.tif", reflectances(96, 96))
    expected, _, _ = map_value(raster, unet, "whole", chunk_size=32, resume=True)
    compute, calls = ValueMap.__call__, []

    def cut(self, *args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return compute(self, *args)

    monkeypatch.setattr(ValueMap, "__call__", cut)
    with pytest.raises(KeyboardInterrupt):
        map_value(raster, unet, "cut", chunk_size=32, resume=True)
    monkeypatch.undo()
    assert journal_beside(tmp_path / "cut" / "value.tif").exists()
    values, events, _ = map_value(raster, unet, "cut", chunk_size=32, resume=True)
    assert any("Going on" in text for text in texts(events))
    assert (values == expected).all()
    assert not journal_beside(tmp_path / "cut" / "value.tif").exists()


def test_a_product_s_clouds_get_nodata(tmp_path, save_number, models):
    scl = np.full((48, 48), 4)
    scl[10:20, 30:] = 9
    product, stored = make_safe(tmp_path, size=96, scl=scl)
    model = save_number(models.linear_net(WEIGHTS, BIAS))
    path = tmp_path / "out" / "value.tif"
    request = ClassifySentinel2(input=(str(product),), model=model, value=str(path), scl_mask=(9,))
    request.validate()
    classifysentinel2.run(request, lambda event: None)
    raw = np.stack([stored[name] for name in ("B02", "B03", "B04")]).astype(int)
    dn = np.maximum(raw - 1000, 1)
    expected = np.einsum("c,chw->hw", WEIGHTS[0], (dn - 1000.0) / 500.0) + BIAS[0]
    missing = (scl == 9).repeat(2, axis=0).repeat(2, axis=1) | (raw == 0).all(axis=0)
    with rasterio.open(path) as dataset:
        values = dataset.read(1)
    assert (values[missing] == -9999).all() and missing.sum() > 300
    assert np.abs(values - expected)[~missing].max() < 1e-3


def test_maps_of_classes_are_left_out_and_named(tmp_path, unet, map_value):
    """As the Toolbox asks for them: all that it has by default."""
    raster = write_raster(tmp_path / "scene.tif", reflectances(40, 40))
    paths = {n: str(tmp_path / "map" / f"{n}.tif") for n in ("class_map", "maxprob", "entropy")}
    _, events, outputs = map_value(raster, unet, **paths)
    said = [text for text in texts(events) if "left out" in text]
    assert said == [
        "CLASS, MAXPROB, ENTROPY are left out: the model gives one number a pixel, AGBD in Mg/ha."
    ]
    assert outputs.pop("VALUE") and outputs == {"CLASS": None, "MAXPROB": None, "ENTROPY": None}
    assert not any(Path(path).exists() for path in paths.values())


def test_value_is_left_out_for_a_model_of_classes(tmp_path, save, models):
    raster = write_raster(tmp_path / "scene.tif", reflectances(40, 40))
    model, _ = save(models.unet())
    paths = {"class_map": str(tmp_path / "o" / "c.tif"), "value": str(tmp_path / "o" / "v.tif")}
    events = []
    outputs = run(ClassifyRaster(input=(raster,), model=model, **paths), events.append)
    assert outputs == {"CLASS": paths["class_map"], "VALUE": None}
    assert "VALUE is left out: the model gives classes." in texts(events)
    with pytest.raises(InvalidRequest, match="gives classes, but CLASS has no path"):
        run(ClassifyRaster(input=(raster,), model=model, value=paths["value"]), events.append)


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"probs": "p.tif"}, "PROBS needs class probabilities, but .* AGBD in Mg/ha"),
        ({"expressions": "a = 1 - p[0]", "extra": "x"}, "EXPRESSIONS needs class probabilities"),
        ({"layers": ("second_class",), "extra": "x"}, "LAYERS needs class probabilities"),
        ({"classmap": "c.json"}, "CLASSMAP needs class"),
        ({"preview": "c.png"}, "PREVIEW needs class"),
        ({"layer_type": "byte"}, "LAYER_TYPE is 'byte'"),
        ({"value": "", "class_map": "c.tif"}, "but VALUE has no path"),
    ],
)
def test_what_makes_no_sense_of_a_number_is_refused(tmp_path, unet, map_value, fields, what):
    raster = write_raster(tmp_path / "scene.tif", reflectances(40, 40))
    paths = ("probs", "extra", "classmap", "preview", "class_map")
    here = {k: str(tmp_path / "map" / v) if k in paths else v for k, v in fields.items()}
    fields = {"value": str(tmp_path / "map" / "v.tif"), **here}
    request = ClassifyRaster(input=(raster,), model=unet, **fields)
    request.validate()
    with pytest.raises(InvalidRequest, match=what):
        run(request, lambda event: None)
    assert not (tmp_path / "map").exists()


def test_a_request_without_any_map_is_refused():
    with pytest.raises(InvalidRequest, match="Neither CLASS nor VALUE"):
        ClassifyRaster(input=("a",), model="m").validate()


def test_a_model_that_gives_no_number_is_named(tmp_path, save_number, models, map_value):
    far_out = np.full((3, 40, 40), 1e6, "float32")
    raster = write_raster(tmp_path / "scene.tif", far_out)
    model = save_number(models.linear_net([[1e36, 0, 0]], [0.0]))  # overflows there alone
    with pytest.raises(CardMismatch, match="gave no number"):
        map_value(raster, model)


def test_many_tiles_are_refused_in_a_sentence(tmp_path, unet):
    request = ClassifyTiles(input=str(tmp_path), model=unet, output=str(tmp_path / "o"))
    with pytest.raises(InvalidRequest, match="gives a number, AGBD in Mg/ha"):
        classifytiles.run(request, lambda event: None)


def test_a_card_says_one_thing(models):
    card = models.value_card_for()
    assert ModelCard.from_json(card.to_json()) == card and card.channels == 1
    assert "target" not in models.card_for().to_dict()  # older versions read those
    for fields in ({"output": "logits"}, {"activation": "softmax"}, {"target": None}):
        with pytest.raises(InvalidCard):
            models.value_card_for(**fields)
    with pytest.raises(InvalidCard, match="no classes"):
        models.card_for(classes=())
