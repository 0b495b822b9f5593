# SPDX-License-Identifier: GPL-3.0-or-later
"""A cut export goes on where its rasters are the same, wherever they lie in this run."""

from __future__ import annotations

import os
import shutil
import zipfile

import pytest
from coverloom.engine.contract.copies import FOLDER_PREFIX
from coverloom.engine.contract.errors import OtherSettings

from .conftest import export


def zipped(tmp_path, path):
    with zipfile.ZipFile(tmp_path / "scene.zip", "w") as archive:
        archive.write(path, "scene.tif")
    return f"/vsizip/{tmp_path}/scene.zip/scene.tif"


def test_a_copy_of_a_layer_is_the_same_in_another_folder(tmp_path, scene, label_raster):
    """QGIS copies a layer without a file anew for each run; each was another raster."""
    fields = {"labels": label_raster[0], "output": str(tmp_path / "out"), "chip_size": 64}
    results = []
    for letters in ("abc", "xyz"):
        folder = tmp_path / f"{FOLDER_PREFIX}{letters}"
        folder.mkdir()
        shutil.copyfile(scene[0], folder / "layer.tif")
        results.append(export(rasters=(str(folder / "layer.tif"),), **fields)["WRITTEN"])
    assert results[0] == results[1] > 0


def test_a_raster_in_an_archive_that_changed_is_another_one(tmp_path, scene, label_raster):
    """It was told by its name alone."""
    fields = {"labels": label_raster[0], "output": str(tmp_path / "out"), "chip_size": 64}
    raster = zipped(tmp_path, scene[0])
    export(rasters=(raster,), **fields)
    assert export(rasters=(raster,), **fields)["WRITTEN"]
    os.utime(tmp_path / "scene.zip", (1, 1))
    with pytest.raises(OtherSettings, match="RASTERS was"):
        export(rasters=(raster,), **fields)
