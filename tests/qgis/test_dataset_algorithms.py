# SPDX-License-Identifier: GPL-3.0-or-later
"""Exporting, converting, describing datasets and cutting chips through ``qgis_process``."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from osgeo import gdal, ogr, osr

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def process(python, tmp_path_factory):
    """Runs an algorithm; returns its results, or its whole output if it failed."""
    profile = str(tmp_path_factory.mktemp("profile"))
    environ = {**os.environ, "COVERLOOM_PYTHON": str(python), "QGIS_CUSTOM_CONFIG_PATH": profile}

    def run(name, *more, **parameters):
        command = [str(ROOT / "scripts" / "qgis_process"), "run", f"coverloom:{name}", "--json"]
        command += [f"--{key}={value}" for key, value in parameters.items()]
        done = subprocess.run(
            [*command, *more],
            capture_output=True, text=True, timeout=180, env=environ, check=False,
        )  # fmt: skip
        if done.returncode:
            return done.stdout + done.stderr
        return json.loads(done.stdout[done.stdout.index("{") :])["results"]

    return run


@pytest.fixture(scope="module")
def index(python, process, tmp_path_factory):
    """The index of a small archive."""
    folder = tmp_path_factory.mktemp("archives")
    maker = ROOT / "tests" / "data" / "make_archive_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    path = folder / "index.parquet"
    root = folder / "v2"
    results = process(
        "indexbigearthnet", ROOT=root, METADATA=root / "metadata.parquet", OUTPUT=path
    )
    assert results["PAIRS"] == 2
    return path


def test_a_dataset_is_exported_converted_and_described(process, index, tmp_path):
    out, other = tmp_path / "dataset", tmp_path / "other"
    results = process(
        "exportdataset", INDEX=index, OUTPUT=out, BANDS="rgb", LABELS="both", WORKERS=1
    )
    assert results == {"OUTPUT": str(out), "LOG": str(out / "log.jsonl"), "WRITTEN": 2, "FAILED": 0}
    card = json.loads((out / "dataset.json").read_text())
    assert [band["name"] for band in card["bands"]] == ["B04", "B03", "B02"]
    assert sum(card["splits"].values()) == 2
    results = process("convertdataset", INPUT=out, FORMAT="hdf5", OUTPUT=other, WORKERS=1)
    assert results["WRITTEN"] == 2
    page, layer = tmp_path / "page.html", tmp_path / "places.gpkg"
    results = process("describedataset", INPUT=other, OUTPUT=page, FOOTPRINTS=layer)
    assert (results["OUTPUT"], results["FOOTPRINTS"]) == (str(page), str(layer))
    assert "Problems found" in page.read_text()
    source = ogr.Open(str(layer))
    assert source.GetLayer(0).GetFeatureCount() == 2


@pytest.mark.parametrize("target", ["places.gpkg", "places.geojson", "TEMPORARY_OUTPUT"])
def test_footprints_go_onto_the_canvas(provider, ears, index, tmp_path, target):
    from qgis.core import (
        QgsProcessingContext,
        QgsProcessingOutputLayerDefinition,
        QgsProject,
        QgsVectorLayer,
    )

    context, project = QgsProcessingContext(), QgsProject()
    path = target if target.isupper() else str(tmp_path / target)
    values = {
        "ROOT": str(index.parent / "v2"), "OUTPUT": str(tmp_path / "index.parquet"),
        "FOOTPRINTS": QgsProcessingOutputLayerDefinition(path, project),
    }  # fmt: skip
    algorithm = provider.algorithm("indexbigearthnet").create()
    results, accepted = algorithm.run(values, context, ears)
    if target.endswith("geojson"):
        assert not accepted and ".gpkg" in ears.errors[0]
        assert context.layersToLoadOnCompletion() == {}
        return
    assert accepted, ears.errors
    (loaded,) = context.layersToLoadOnCompletion()
    assert loaded == results["FOOTPRINTS"] and loaded.endswith(".gpkg")
    assert QgsVectorLayer(loaded, "footprints", "ogr").featureCount() == results["PATCHES"]


def test_a_table_of_a_database_is_refused_for_a_path(provider, ears, index, tmp_path):
    from qgis.core import QgsProcessingContext

    table = f"ogr:dbname='{tmp_path}/all.gpkg' table=\"places\" (geom)"
    values = {"ROOT": str(index.parent / "v2"), "OUTPUT": str(tmp_path / "i.parquet")}
    algorithm = provider.algorithm("indexbigearthnet").create()
    accepted, message = algorithm.checkParameterValues(
        {**values, "FOOTPRINTS": table}, QgsProcessingContext()
    )
    assert not accepted and "all.gpkg" in message and "Give a path" in message


@pytest.fixture
def scene(tmp_path):
    """A raster of two bands and a layer of two polygons, in GDAL's own words."""
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    raster = tmp_path / "scene.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(raster), 200, 200, 2, gdal.GDT_UInt16)
    dataset.SetGeoTransform((400000, 10, 0, 5400000, 0, -10))
    dataset.SetProjection(reference.ExportToWkt())
    for i in (1, 2):
        band = dataset.GetRasterBand(i)
        band.Fill(100 * i)
        band.SetDescription(f"B0{i + 1}")
        band = None
    dataset = None
    polygons = tmp_path / "areas.gpkg"
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(polygons))
    layer = source.CreateLayer("areas", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("kind", ogr.OFTString))
    for kind, left in (("wood", 400000), ("water", 401000)):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("kind", kind)
        ring = f"{left} 5400000,{left + 1000} 5400000,{left + 1000} 5398000,{left} 5398000"
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({ring},{left} 5400000))"))
        layer.CreateFeature(feature)
    layer = source = None
    return raster, polygons


def test_chips_are_cut_with_the_classes_of_a_layer(process, scene, tmp_path):
    out = tmp_path / "chips"
    fields = {
        "RASTERS": scene[0], "LABELS": scene[1], "FIELD": "kind", "CHIP_SIZE": 50, "OUTPUT": out,
        "SPLITS": "none", "WORKERS": 1,
    }  # fmt: skip
    assert process("exportchips", **fields)["WRITTEN"] == 16
    card = json.loads((out / "dataset.json").read_text())
    assert [item["name"] for item in card["classes"]] == ["water", "wood"]
    assert card["histogram"]["train"] == [20000, 20000, 0]
    assert [band["name"] for band in card["bands"]] == ["B02", "B03"]
    # The layer is written to another file each time, and still the run is known to be the same.
    assert process("exportchips", **fields)["WRITTEN"] == 16
    assert "STRIDE was 0, is 25" in process("exportchips", **fields, STRIDE=25)


def test_bad_input_is_told_in_one_sentence_and_a_remedy(process, scene, index, tmp_path):
    out = tmp_path / "out"
    said = process("exportdataset", INDEX=index, OUTPUT=out, BANDS="B02,B99")
    assert "BANDS has 'B99'" in said and "sets are all, s1" in said
    said = process("exportdataset", INDEX=index.parent / "v2" / "metadata.parquet", OUTPUT=out)
    assert "is a parquet file, but no patch index" in said
    said = process("exportchips", RASTERS=scene[0], LABELS=scene[1], OUTPUT=out, FIELD="")
    assert "FIELD is empty" in said
    said = process("exportchips", RASTERS=scene[0], LABELS=scene[1], OUTPUT=out, FIELD="kin")
    assert "FIELD is 'kin'" in said and "Its fields: " in said and "kind" in said
    said = process("convertdataset", INPUT=tmp_path, FORMAT="npz", OUTPUT=out)
    assert "holds no finished dataset" in said
    assert "Traceback" not in said
    assert not out.exists()
