# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of tiles of every form, a model for them, and what a run of them left."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.jobs.classifytiles import run
from coverloom.tests.data.make_safe import make_safe

from .conftest import reflectances, write_raster


@pytest.fixture
def model(save, models):
    path, _ = save(models.unet(depth=1, seed=3))
    return path


@pytest.fixture
def tiles(tmp_path):
    """Two rasters, a SAFE folder, the zip of another, and a folder of bands."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    for seed, name in enumerate(("a", "b")):
        write_raster(folder / f"{name}.tif", reflectances(70, 90, seed=seed))
    make_safe(folder, size=96, seed=5, name="S2A_MSIL2A_one.SAFE")
    root, _ = make_safe(tmp_path / "other", size=96, seed=6, name="S2A_MSIL2A_two.SAFE")
    shutil.make_archive(str(folder / "S2A_MSIL2A_two"), "zip", root.parent)
    bands = folder / "patch_26_57"
    bands.mkdir()
    for band, pixels in zip(("B02", "B03", "B04"), reflectances(60, 60, seed=9)):
        write_raster(bands / f"S2_{band}.tif", pixels[None], names=None)
    return folder


def classify(folder, model, output, **fields):
    request = ClassifyTiles(input=str(folder), model=model, output=str(output), **fields)
    request.validate()
    events = []
    return run(request, events.append), events


def table(outputs):
    with Path(outputs["REPORT"]).open(newline="", encoding="utf-8") as file:
        return {row["tile_name"]: row for row in csv.DictReader(file)}


def page_data(outputs):
    text = Path(outputs["VIEWER"]).read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
