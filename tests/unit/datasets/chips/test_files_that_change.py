# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that lives on, as those of a user's own cluster do, sees what a file holds by now."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from coverloom.engine.contract.jobs.convertdataset import ConvertDataset
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs import convertdataset
from rasterio.features import rasterize

from .conftest import PLACE, export, position, write


def test_a_raster_that_was_written_anew(tmp_path, scene, label_raster):
    path, pixels = scene
    for turn, values in enumerate((pixels, pixels[:, ::-1] + 1)):
        write(path, values, ("B02", "B04", "VV"))
        out = tmp_path / f"out{turn}"
        export(
            rasters=[path], labels=label_raster[0], output=str(out), chip_size=100, splits="none"
        )
        dataset = open_dataset(out)
        assert len(dataset) == 4
        for number, patch in enumerate(dataset):
            row, col = position(patch)
            image = dataset.image(number, ["B02", "B04", "VV"])
            cut = values[:, row : row + 100, col : col + 100].transpose(1, 2, 0)
            known = patch.label != 255
            assert known.any() and np.array_equal(image[known], cut[known])


def test_polygons_that_were_drawn_anew(tmp_path, scene, polygons):
    path, features = polygons
    content = json.loads(Path(path).read_text())
    names = ["water", "wood"]
    for turn in range(2):
        if turn:
            kinds = [item["properties"]["kind"] for item in features[:2]]
            for item, kind in zip(content["features"], reversed(kinds)):
                item["properties"]["kind"] = kind
            Path(path).write_text(json.dumps(content))
        out = tmp_path / f"out{turn}"
        export(
            rasters=[scene[0]], labels=path, field="kind", output=str(out), chip_size=40,
            splits="none",
        )  # fmt: skip
        shapes = [
            (item["geometry"], names.index(item["properties"]["kind"]))
            for item in content["features"][:2]
        ]
        whole = rasterize(shapes, (200, 260), fill=255, transform=PLACE, dtype="uint8")
        for patch in open_dataset(out):
            row, col = position(patch)
            assert np.array_equal(patch.label, whole[row : row + 40, col : col + 40])


def test_a_dataset_that_was_exported_anew(tmp_path, scene, label_raster):
    path, pixels = scene
    source = tmp_path / "source"
    for turn in range(2):
        write(path, pixels + turn, ("B02", "B04", "VV"))
        shutil.rmtree(source, ignore_errors=True)
        export(
            rasters=[path], labels=label_raster[0], output=str(source), chip_size=100,
            splits="none",
        )  # fmt: skip
        out = tmp_path / f"out{turn}"
        job = ConvertDataset(str(source), str(out), format="npz", workers=1)
        job.validate()
        convertdataset.run(job, lambda event: None)
        row, col = position(open_dataset(out)[0])
        image = open_dataset(out).image(0, ["B02"])[..., 0]
        assert np.array_equal(image, pixels[0, row : row + 100, col : col + 100] + turn)
