# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products and folders of tiles, mapped from QGIS."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsProcessingContext, QgsProcessingException


def classes(path):
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


def test_a_product_with_scene_classes(run, made_tiles, tmp_path):
    product = made_tiles / "tiles" / "S2A_MSIL2A_test.SAFE"
    results = run(
        "classifysentinel2", INPUT=str(product), MODEL=str(made_tiles / "model.onnx"),
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
def test_bad_values_are_said_before_the_run(provider, ears, made_tiles, tmp_path, fields, message):
    algorithm = provider.algorithm("classifysentinel2").create()
    values = {"INPUT": str(made_tiles / "tiles"), "MODEL": str(made_tiles / "model.onnx"),
              "CLASS": str(tmp_path / "class.tif"), **fields}  # fmt: skip
    accepted, said = algorithm.checkParameterValues(values, QgsProcessingContext())
    assert not accepted
    assert message in said
    with pytest.raises(QgsProcessingException):
        algorithm.prepare(values, QgsProcessingContext(), ears) or _raise(ears)


def _raise(ears):
    raise QgsProcessingException("; ".join(ears.errors))


@pytest.mark.parametrize(("product", "group"), [
    ("S2A_MSIL2A_20220607T101031_N0400_R022_T33UUP_20220607T120000.SAFE", "T33UUP 2022-06-07"),
    ("S2C_MSIL1C_20251231T101031_N0511_R022_T01ABC_20251231T120000.zip", "T01ABC 2025-12-31"),
    ("field_of_bands", "field_of_bands"),
])  # fmt: skip
def test_the_group_of_a_product_is_its_tile_and_day(provider, product, group):
    algorithm = provider.algorithm("classifysentinel2")
    request = algorithm.request_class(input=(f"/data/{product}",), model="/models/unet.onnx")
    assert algorithm.layer_group(request) == f"unet · {group}"


def test_a_folder_of_tiles(run, made_tiles, tmp_path):
    results = run(
        "classifytiles", INPUT=str(made_tiles / "tiles"), MODEL=str(made_tiles / "model.onnx"),
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
