# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexing, validating and relabelling archives through ``qgis_process``."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from osgeo import gdal, ogr

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def archives(python, tmp_path_factory):
    """A folder with a small archive of each version."""
    folder = tmp_path_factory.mktemp("archives")
    maker = ROOT / "tests" / "data" / "make_archive_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True, env=_environ(python))
    return folder


def _environ(python):
    return {**os.environ, "COVERLOOM_PYTHON": str(python)}


@pytest.fixture
def process(python):
    """Runs an algorithm; returns its results, or its whole output if it failed."""

    def run(name, **parameters):
        command = [str(ROOT / "scripts" / "qgis_process"), "run", f"coverloom:{name}", "--json"]
        command += [f"--{key}={value}" for key, value in parameters.items()]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=180, env=_environ(python), check=False
        )
        if done.returncode:
            return done.stdout + done.stderr
        return json.loads(done.stdout[done.stdout.index("{") :])["results"]

    return run


def _layer(path):
    """Feature count, and the names of a file's fields."""
    source = ogr.Open(str(path))
    layer = source.GetLayer(0)
    definition = layer.GetLayerDefn()
    names = [definition.GetFieldDefn(i).GetName() for i in range(definition.GetFieldCount())]
    return layer.GetFeatureCount(), layer.GetExtent(), names


def test_an_archive_is_indexed_and_validated(process, archives, tmp_path):
    index, layer = tmp_path / "index.parquet", tmp_path / "patches.gpkg"
    results = process(
        "indexbigearthnet", ROOT=archives / "v2", METADATA=archives / "v2" / "metadata.parquet",
        OUTPUT=index, FOOTPRINTS=layer,
    )  # fmt: skip
    assert (results["PATCHES"], results["PAIRS"], results["UNPAIRED"]) == (2, 2, 0)
    assert results["OUTPUT"] == str(index)
    count, (west, east, south, north), names = _layer(layer)
    assert count == 2
    assert 12 < west < east < 13
    assert 47 < south < north < 49
    assert names[0] == "patch_id"

    next((archives / "v2").rglob("*_07_05_B03.tif")).rename(tmp_path / "moved.tif")
    results = process("validatepatches", INDEX=index, OUTPUT=tmp_path / "report.json", WORKERS=1)
    assert (results["CHECKED"], results["FAULTY"]) == (2, 1)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["not_found"] == 1
    assert _layer(report["table"])[0] == 2


def test_the_index_opens_in_this_qgis_as_polygons(qgis_app, process, archives, tmp_path):
    from qgis.core import QgsVectorLayer, QgsWkbTypes

    index, own = tmp_path / "index.parquet", tmp_path / "index.gpkg"
    own.write_text("the user's own")
    results = process("indexbigearthnet", ROOT=archives / "v2", OUTPUT=index)
    shown = str(index)
    if gdal.GetDriverByName("Parquet") is None:
        assert results["FOOTPRINTS"] == f"{index}.gpkg"
        shown = results["FOOTPRINTS"]
    layer = QgsVectorLayer(shown, "index", "ogr")
    assert layer.isValid() and layer.featureCount() == results["PATCHES"]
    assert layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry
    assert layer.crs().authid() in ("EPSG:4326", "OGC:CRS84")
    box = layer.extent()
    assert 12 < box.xMinimum() < box.xMaximum() < 14 and 47 < box.yMinimum() < box.yMaximum() < 49
    assert own.read_text() == "the user's own"


def test_labels_of_version_1(process, archives, tmp_path):
    results = process("relabelbigearthnet", ROOT=archives / "v1")
    assert results == {"OUTPUT": str(archives / "v1"), "UPDATED": 2}
    results = process("relabelbigearthnet", ROOT=archives / "v1", OUTPUT=tmp_path / "labels")
    assert results == {"OUTPUT": str(tmp_path / "labels"), "UPDATED": 2}
    assert len(list((tmp_path / "labels").rglob("*_19.json"))) == 2


def test_bad_input_is_told_in_one_sentence_and_a_remedy(process, tmp_path):
    (tmp_path / "photos").mkdir()
    said = process("indexbigearthnet", ROOT=tmp_path / "photos", OUTPUT=tmp_path / "x.parquet")
    assert "holds neither BigEarthNet-S2" in said
    assert "Give the folder in which the archive was unpacked." in said
    said = process("relabelbigearthnet", ROOT=tmp_path, IN_PLACE="true", OUTPUT=tmp_path / "o")
    assert "IN_PLACE is set" in said
    said = process("validatepatches", INDEX="x", OUTPUT=tmp_path / "x.json", DEPTH="deep")
    assert "Traceback" not in said
    assert not list(tmp_path.glob("*.parquet"))
