# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products and folders of tiles, mapped from QGIS."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsProcessingContext, QgsProcessingException

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    maker = ROOT / "tests" / "data" / "make_tiles.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    return folder


@pytest.fixture
def run(provider, ears):
    def run(name, **parameters):
        algorithm = provider.algorithm(name).create()
        results, accepted = algorithm.run(parameters, QgsProcessingContext(), ears)
        assert accepted, ears.errors
        return results

    return run


def classes(path):
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def test_a_product_with_scene_classes(run, made, tmp_path):
    product = made / "tiles" / "S2A_MSIL2A_test.SAFE"
    results = run(
        "classifysentinel2", INPUT=str(product), MODEL=str(made / "model.onnx"),
        SCL_MASK="8, 9", CLASS=str(tmp_path / "class.tif"), DEVICE="cpu",
    )  # fmt: skip
    ids = classes(results["CLASS"])
    assert ids.shape == (96, 96)
    assert (ids[:20] == 255).all()
    assert (ids[20:] != 255).all()


@pytest.mark.parametrize(("fields", "message"), [
    ({"SCL_MASK": "cloud"}, "SCL_MASK has 'cloud'"), ({"SCL_MASK": "12"}, "SCL_MASK has 12"),
    ({"ADD_OFFSET": "x"}, "ADD_OFFSET has 'x'"),
])  # fmt: skip
def test_bad_values_are_said_before_the_run(provider, ears, made, tmp_path, fields, message):
    algorithm = provider.algorithm("classifysentinel2").create()
    values = {"INPUT": str(made / "tiles"), "MODEL": str(made / "model.onnx"),
              "CLASS": str(tmp_path / "class.tif"), **fields}  # fmt: skip
    accepted, said = algorithm.checkParameterValues(values, QgsProcessingContext())
    assert not accepted
    assert message in said
    with pytest.raises(QgsProcessingException):
        algorithm.prepare(values, QgsProcessingContext(), ears) or _raise(ears)


def _raise(ears):
    raise QgsProcessingException("; ".join(ears.errors))


def test_a_folder_of_tiles(run, made, tmp_path):
    results = run(
        "classifytiles", INPUT=str(made / "tiles"), MODEL=str(made / "model.onnx"),
        OUTPUT=str(tmp_path / "out"), DEVICE="cpu",
    )  # fmt: skip
    assert (results["MAPPED"], results["FAILED"]) == (1, 1)
    with Path(results["REPORT"]).open(newline="", encoding="utf-8") as file:
        rows = {row["tile_name"]: row for row in csv.DictReader(file)}
    assert rows["S2A_MSIL2A_test"]["error"] == ""
    assert "damaged.tif" in rows["damaged"]["error"]
    assert Path(results["VIEWER"]).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    maps = tmp_path / "out" / "S2A_MSIL2A_test"
    assert classes(maps / "S2A_MSIL2A_test_class.tif").shape == (96, 96)
