# SPDX-License-Identifier: GPL-3.0-or-later
"""From sample data to a biomass dataset and a fetched scene, through ``qgis_process``."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from osgeo import gdal, ogr

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def process(python):
    """Runs an algorithm; returns its results, or its whole output if it failed."""
    environ = {**os.environ, "COVERLOOM_PYTHON": str(python)}

    def run(name, **parameters):
        command = [str(ROOT / "scripts" / "qgis_process"), "run", f"coverloom:{name}", "--json"]
        for key, value in parameters.items():
            listed = value if isinstance(value, list) else [value]
            command += [f"--{key}={item}" for item in listed]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=240, env=environ, check=False
        )
        if done.returncode:
            return done.stdout + done.stderr
        return json.loads(done.stdout[done.stdout.index("{") :])["results"]

    return run


@pytest.fixture(scope="module")
def sample(process, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gedi") / "sample"
    process("createsampledata", OUTPUT=folder)
    return folder / "gedi"


@pytest.fixture(scope="module")
def tables(process, sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    granules = sorted((sample / "granules").glob("*.h5"))
    results = process("combinegedi", INPUT=granules, TRAIN=folder / "train.gpkg",
                      TEST=folder / "test.csv", PLOTS=folder / "plots",
                      NIGHT_ONLY=True)  # fmt: skip
    return folder, results


def test_footprints_open_in_qgis(tables):
    folder, results = tables
    source = ogr.Open(str(folder / "train.gpkg"))
    layer = source.GetLayer(0)
    assert layer.GetFeatureCount() == results["KEPT_TRAIN"] > 20
    feature = layer.GetNextFeature()
    place = feature.GetGeometryRef().GetPoint_2D()
    assert place == (feature["lon_lowestmode"], feature["lat_lowestmode"])
    assert feature["gedi_filename"].startswith("GEDI04_A_2020") and feature["agbd"] > 0
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "4326"
    assert (folder / "test.csv").read_text().startswith("agbd;agbd_se;")
    assert len(list((folder / "plots").glob("*.png"))) == 4


def test_every_form_of_a_table_is_points_in_qgis(qgis_app, process, sample, tmp_path):
    from qgis.core import QgsVectorLayer
    from qgis.PyQt.QtGui import QImage

    kept = {}
    for form in ("gpkg", "csv", "parquet"):
        results = process("combinegedi", INPUT=sample / "granules", TRAIN=tmp_path / f"t.{form}",
                          PLOTS=tmp_path / "plots")  # fmt: skip
        kept[form] = results["KEPT_TRAIN"]
    place = "xField=lon_lowestmode&yField=lat_lowestmode&crs=EPSG:4326"
    layers = {
        "gpkg": QgsVectorLayer(str(tmp_path / "t.gpkg"), "t", "ogr"),
        "csv": QgsVectorLayer(f"file://{tmp_path}/t.csv?delimiter=;&{place}", "t", "delimitedtext"),
    }
    if gdal.GetDriverByName("Parquet"):
        layers["parquet"] = QgsVectorLayer(str(tmp_path / "t.parquet"), "t", "ogr")
    seen = {}
    for form, layer in layers.items():
        assert layer.isValid(), form
        assert layer.featureCount() == kept[form] > 20
        assert layer.crs().authid() in ("EPSG:4326", "OGC:CRS84")
        points = [feature.geometry().asPoint() for feature in layer.getFeatures()]
        biomass = [feature["agbd"] for feature in layer.getFeatures()]
        seen[form] = sorted(zip([p.x() for p in points], [p.y() for p in points], biomass))
    assert all(found == seen["gpkg"] for found in seen.values())
    pictures = list((tmp_path / "plots").glob("*.png"))
    assert pictures and not any(QImage(str(path)).isNull() for path in pictures)


def test_subset_extract_and_fuse(process, sample, tables, tmp_path):
    subset = process("subsetgedi", INPUT=tables[0] / "train.gpkg", SIZE=15,
                     OUTPUT=tmp_path / "s.parquet")  # fmt: skip
    assert subset["SELECTED"] == 15
    batches = process("extractgedi", FOOTPRINTS=tmp_path / "s.parquet",
                      CATALOG=sample / "catalogue", OUTPUT=tmp_path / "b", WORKERS=1)  # fmt: skip
    assert batches["EXTRACTED"] + batches["REJECTED"] == 15
    assert Path(batches["LOG"]).read_text().count("\n") == batches["REJECTED"]
    fused = process("fusehdf5", INPUT=tmp_path / "b", OUTPUT=tmp_path / "f" / "train.h5")
    assert fused["FOOTPRINTS"] == batches["EXTRACTED"]
    assert json.loads(Path(fused["CARD"]).read_text())["task"] == "regression"


@pytest.fixture(scope="module")
def built(process, sample, tmp_path_factory):
    """The results of building a small dataset in one."""
    folder = tmp_path_factory.mktemp("built") / "d"
    return process("buildgedidataset", INPUT=sample / "granules", OUTPUT=folder,
                   CATALOG=sample / "catalogue", TRAIN_SIZE=40, TEST_SIZE=10,
                   WORKERS=1)  # fmt: skip


@pytest.fixture(scope="module")
def fetched(process, sample, tmp_path_factory):
    """The results of fetching a scene of the same place."""
    return process("fetchscene", CATALOG=sample / "catalogue", START="2021-06-01",
                   END="2021-06-30", EXTENT="13.645,13.665,48.725,48.735 [EPSG:4326]",
                   OUTPUT=tmp_path_factory.mktemp("fetched") / "scene.tif")  # fmt: skip


def test_build_in_one(built):
    assert built["EXTRACTED"] + built["REJECTED"] == 50
    assert Path(built["TRAIN"]).is_file() and Path(built["TEST"]).is_file()


def test_from_footprints_to_a_map_of_biomass(process, built, fetched, tmp_path):
    """All that a user does, headless: learn a number, measure it, map it."""
    run = process("trainmodel", DATASET=built["OUTPUT"], RUN=tmp_path / "run", EPOCHS=3,
                  BANDS="B03,B04,B08,B11", WIDTH=0.3, BATCH_SIZE=4,
                  LEARNING_RATE=0.01)  # fmt: skip
    assert run["BEST_METRIC"] > 0 and "Mg/ha" in Path(run["REPORT"]).read_text()
    figures = process("evaluatemodel", MODEL=run["MODEL"], DATASET=built["OUTPUT"],
                      METRICS=tmp_path / "figures.json")  # fmt: skip
    content = json.loads((tmp_path / "figures.json").read_text())
    assert (content["target"], content["unit"]) == ("AGBD", "Mg/ha")
    assert figures["RMSE"] == content["rmse"] > 0 and figures["ACCURACY"] is None
    mapped = process("classifyraster", INPUT=fetched["OUTPUT"], MODEL=run["MODEL"],
                     VALUE=tmp_path / "agbd.tif")  # fmt: skip
    assert mapped["CLASS"] is None
    scene, raster = gdal.Open(fetched["OUTPUT"]), gdal.Open(mapped["VALUE"])
    band = raster.GetRasterBand(1)
    assert (band.GetDescription(), band.GetUnitType()) == ("AGBD", "Mg/ha")
    assert band.GetNoDataValue() == -9999 and raster.RasterCount == 1
    assert raster.GetGeoTransform() == scene.GetGeoTransform()
    values = band.ReadAsArray()
    known = scene.GetRasterBand(2).ReadAsArray() > 0  # B03
    assert (values[~known] == -9999).all() and (values[known] != -9999).all()
    assert values[known].std() > 0
    refused = process("classifyraster", INPUT=fetched["OUTPUT"], MODEL=run["MODEL"],
                      VALUE=tmp_path / "v.tif", PROBS=tmp_path / "p.tif")  # fmt: skip
    assert "PROBS needs class probabilities" in refused and "AGBD in Mg/ha" in refused


def test_fetch_a_scene(fetched):
    results = fetched
    raster = gdal.Open(results["OUTPUT"])
    assert raster.GetRasterBand(1).GetDescription() == "B02" and raster.RasterCount == 12
    assert results["DATE"] == "2021-06-16" and results["CLOUD"] == 8


def test_flags_are_chosen_by_name(provider, sample, tmp_path):
    from qgis import processing

    kept = {}
    for name, flags in {
        "default": {},
        "two": {"FLAGS": ["l2_quality_flag", "surface_flag"]},
        "listed": {"FLAGS": "l2_quality_flag,surface_flag"},
        "none": {"FLAGS": []},
    }.items():
        given = {
            "INPUT": [str(sample / "granules")],
            "TRAIN": str(tmp_path / f"{name}.csv"),
            **flags,
        }
        kept[name] = processing.run("coverloom:combinegedi", given)["KEPT_TRAIN"]
    # In the sample every shot has the same two quality flags, and all are of the surface.
    assert kept["default"] == kept["two"] == kept["listed"] < kept["none"]


def test_an_unknown_flag_is_refused(process, sample, tmp_path):
    wrong = process("combinegedi", INPUT=sample / "granules", TRAIN=tmp_path / "w.csv",
                    FLAGS="l9_flag")  # fmt: skip
    assert "FLAGS" in wrong and "ncorrect" in wrong


def test_what_is_wrong_is_said_before_the_worker_starts(process, sample, tmp_path):
    same = process("combinegedi", INPUT=sample / "granules", TRAIN=tmp_path / "t.csv",
                   TRAIN_YEARS="2020", TEST_YEARS="2020")  # fmt: skip
    assert "2020 is in TRAIN_YEARS and in TEST_YEARS" in same
    none = process("buildgedidataset", CATALOG="x", OUTPUT=tmp_path / "d")
    assert "neither granules nor tables" in none
    form = process("subsetgedi", INPUT=tmp_path / "x.csv", SIZE=3, OUTPUT=tmp_path / "o.xlsx")
    assert "End it in .csv, .gpkg, .parquet" in form
