"""The user's layers in whole maps: every pixel, equal to NumPy on the probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import (
    InvalidRequest,
    OutputIsInput,
    UnreadableRaster,
    UnusableLayer,
)
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.derivelayers import DeriveLayers
from coverloom.engine.jobs.derivelayers import run as derive

from .conftest import reflectances, write_raster

EXPRESSIONS = """
# vegetation, where the model is sure
ndvi = (B04 - B03) / (B04 + B03)
sure green = where(max(p) > 0.5, p["Forest"] + p[2], 0)
many = p[0] > 0.1 and p[3] > 0.1
"""
OWN = """
import numpy as np
from coverloom.engine.layers.own import layer

@layer("brightness", unit="DN")
def brightness(p, bands):
    return (bands["B02"] + bands["B03"] + bands["B04"]) / 3

@layer()
def spread(p):
    return p.max(axis=0) - p.min(axis=0)
"""


@pytest.fixture
def own_file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return str(path)


@pytest.fixture
def scene(tmp_path, save, models):
    values = reflectances(150, 170)
    values[:, 30:60, 20:90] = 0
    model, card = save(models.unet(depth=1, seed=5))
    return write_raster(tmp_path / "in.tif", values), model, values, card


def read(path):
    with rasterio.open(path) as dataset:
        return dataset.read(1), dataset.tags(), dataset.nodata, dataset.units[0]


def test_all_of_them_cover_the_whole_raster(tmp_path, scene, classify, own_file):
    """The reference pipeline opened the file anew for every chunk, so only the last survived."""
    raster, model, values, _ = scene
    extra = tmp_path / "extra"
    maps, _, outputs = classify(
        raster, model, maps=("probs", "gap"), chunk_size=64, extra=str(extra),
        expressions=EXPRESSIONS, layers_file=own_file, layers=("second_class", "margin_of_doubt"),
    )  # fmt: skip
    assert outputs["EXTRA"] == str(extra)
    assert {p.stem for p in extra.glob("*.tif")} == {
        "ndvi", "sure green", "many", "brightness", "spread", "second_class", "margin_of_doubt",
    }  # fmt: skip
    p, valid = maps["probs"], (values != 0).all(axis=0)
    bands = values.astype("float32")
    second = np.argsort(-p, axis=0, kind="stable")[1]
    expected = {
        "ndvi": (bands[2] - bands[1]) / (bands[2] + bands[1]),
        "sure green": np.where(p.max(axis=0) > 0.5, p[1] + p[2], 0),
        "many": (p[0] > 0.1) & (p[3] > 0.1),
        "brightness": bands.mean(axis=0),
        "spread": p.max(axis=0) - p.min(axis=0),
        "second_class": second,
        "margin_of_doubt": 1 - maps["gap"],
    }
    for name, values_expected in expected.items():
        got, tags, nodata, unit = read(extra / f"{name}.tif")
        np.testing.assert_array_equal(np.isnan(got) if np.isnan(nodata) else got == nodata, ~valid)
        np.testing.assert_allclose(
            got[valid], values_expected[valid], rtol=1e-4, atol=2e-6, err_msg=name
        )
        assert (
            tags["FORMULA"]
            and tags["MODEL_SHA256"]
            and unit == ("DN" if name == "brightness" else None)
        )
    assert (extra / "second_class.tif.aux.xml").read_text().count("<Category>") == 4


@pytest.mark.parametrize("storage", ["float32", "byte"])
def test_derived_from_stored_probabilities(tmp_path, scene, classify, own_file, storage):
    raster, model, values, card = scene
    own = tmp_path / "own.py"
    own.write_text(OWN.split('@layer("brightness')[0] + "@layer()" + OWN.split("@layer()")[1])
    maps, _, outputs = classify(
        raster, model, maps=("probs", "maxprob", "entropy"), layer_type=storage, chunk_size=64
    )
    request = DeriveLayers(
        probs=outputs["PROBS"], output=str(tmp_path / "derived"),
        layers=("class", "entropy", "second_class"), layers_file=str(own),
        expressions='green = p["Forest"] + p[2]',
    )  # fmt: skip
    request.validate()
    assert derive(request, lambda event: None) == {"OUTPUT": request.output}
    folder, valid = Path(request.output), (values != 0).all(axis=0)
    assert {p.stem for p in folder.glob("*.tif")} == {
        "class",
        "entropy",
        "second_class",
        "green",
        "spread",
    }
    step = 1 / 254 if storage == "byte" else 0
    p = maps["probs"] * (step or 1)
    np.testing.assert_allclose(
        read(folder / "green.tif")[0][valid], (p[1] + p[2])[valid], atol=1e-6
    )
    got = read(folder / "spread.tif")[0]
    np.testing.assert_allclose(got[valid], np.ptp(p, axis=0)[valid], atol=1e-6)
    assert np.isnan(got[~valid]).all()
    decided = valid & (np.diff(np.sort(p, axis=0)[-2:], axis=0)[0] > 2 * step + 1e-6)
    np.testing.assert_array_equal(read(folder / "class.tif")[0][decided], maps["class"][decided])
    assert (read(folder / "class.tif")[0][~valid] == 255).all()
    wanted = maps["entropy"] * (step or 1)
    np.testing.assert_allclose(
        read(folder / "entropy.tif")[0][valid], wanted[valid], atol=3e-5 + 6 * step
    )
    with rasterio.open(folder / "green.tif") as dataset, rasterio.open(raster) as source:
        assert dataset.transform == source.transform and dataset.crs == source.crs
    assert (folder / "class.tif.aux.xml").read_text().count("<Category>") == 4
    item = json.loads(Path(outputs["CLASS"]).with_suffix(".stac.json").read_text())
    assert "probs" in item["assets"]
    assert card.classes.names == ["Water", "Forest", "Fields", "Town"]


def test_probabilities_from_elsewhere(tmp_path):
    """No tag, no descriptions: classes are numbered; NaN is nodata."""
    p = (
        np.random.default_rng(1)
        .dirichlet(np.ones(3), (40, 50))
        .transpose(2, 0, 1)
        .astype("float32")
    )
    p[:, 5:9] = np.nan
    path = write_raster(tmp_path / "p.tif", p, names=(), nodata=None)
    out = tmp_path / "out"
    derive(DeriveLayers(path, str(out), ("maxprob",), 'a = p["Class 1"]'), lambda event: None)
    np.testing.assert_array_equal(np.isnan(read(out / "a.tif")[0]), np.isnan(p[0]))
    valid = np.isfinite(p[0])
    np.testing.assert_allclose(read(out / "maxprob.tif")[0][valid], p.max(axis=0)[valid])


class TestRefused:
    def test_no_probabilities(self, tmp_path):
        path = write_raster(tmp_path / "in.tif", reflectances(20, 20))
        request = DeriveLayers(path, str(tmp_path / "out"), ("class",))
        with pytest.raises(UnreadableRaster, match="which is no probability"):
            derive(request, lambda event: None)
        assert [p.name for p in tmp_path.iterdir()] == ["in.tif"]

    def test_no_raster(self, tmp_path):
        with pytest.raises(UnreadableRaster, match="PROBS"):
            derive(DeriveLayers("none.tif", str(tmp_path / "out"), ("class",)), lambda event: None)

    def test_nothing_to_do(self):
        with pytest.raises(InvalidRequest, match="all empty"):
            DeriveLayers("p.tif", "out").validate()

    def test_bands_where_there_are_none(self, tmp_path):
        p = np.full((2, 4, 4), 0.5, "float32")
        path = write_raster(tmp_path / "p.tif", p, names=("A", "B"), nodata=None)
        request = DeriveLayers(path, str(tmp_path / "out"), expressions="n = B08 - B04")
        with pytest.raises(UnusableLayer, match="there is no band 'B08'"):
            derive(request, lambda event: None)

    @pytest.mark.parametrize(
        "fields", [{"extra": "x"}, {"layers": ("gap",)}, {"expressions": "a=1"}]
    )
    def test_extra_and_its_layers_go_together(self, fields):
        with pytest.raises(InvalidRequest, match="EXTRA"):
            ClassifyRaster(input=("a",), model="m", class_map="c.tif", **fields).validate()

    @pytest.mark.parametrize("fields, said", [
        ({"expressions": "a = p[99]"}, "there is no class 99"),
        ({"expressions": "a = __import__('os')"}, "no function call"),
        ({"layers_file": "raises"}, "raised ZeroDivisionError"),
        ({"layers_file": "shape"}, "gave an array of shape"),
    ])  # fmt: skip
    def test_before_anything_is_written(self, tmp_path, scene, classify, fields, said):
        raster, model, _, _ = scene
        body = {"raises": "1 / 0", "shape": "p[0, :1]"}
        if "layers_file" in fields:
            path = tmp_path / "bad.py"
            text = "from coverloom.engine.layers.own import layer\n@layer()\ndef f(p):\n    return "
            path.write_text(text + body[fields["layers_file"]] + "\n")
            fields = {"layers_file": str(path)}
        with pytest.raises(UnusableLayer, match=said):
            classify(raster, model, extra=str(tmp_path / "extra"), **fields)
        assert not (tmp_path / "map").exists() and not (tmp_path / "extra").exists()

    def test_a_function_that_fails_in_mid_run_leaves_nothing(self, tmp_path, scene, classify):
        raster, model, _, _ = scene
        path = tmp_path / "bad.py"
        path.write_text(
            "from coverloom.engine.layers.own import layer\n@layer()\ndef f(p):\n"
            "    if p.shape[2] > 60:\n        raise ValueError('too wide')\n    return p[0]\n"
        )
        with pytest.raises(UnusableLayer, match="too wide"):
            classify(
                raster, model, chunk_size=64, extra=str(tmp_path / "extra"), layers_file=str(path)
            )
        assert not list((tmp_path / "map").iterdir()) and not list((tmp_path / "extra").iterdir())

    def test_an_input_named_like_a_layer_is_not_overwritten(self, tmp_path, scene, classify):
        raster, model, _, _ = scene
        with pytest.raises(OutputIsInput):
            classify(raster, model, extra=str(tmp_path), expressions="in = p[0]")
