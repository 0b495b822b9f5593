# SPDX-License-Identifier: GPL-3.0-or-later
"""A small raster, its labels as raster and as polygons, and a short way to cut them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.jobs.exportchips import ExportChips
from coverloom.engine.jobs.exportchips import run
from rasterio.transform import from_origin

PLACE = from_origin(400000, 5400000, 10, 10)


def write(path, bands, names=(), nodata=None, transform=PLACE, crs="EPSG:32633", **extra):
    profile = {"driver": "GTiff", "count": len(bands), "dtype": bands.dtype, "crs": crs}
    height, width = bands.shape[1:]
    profile.update(height=height, width=width, transform=transform, nodata=nodata, **extra)
    with rasterio.open(path, "w", **profile) as target:
        target.write(bands)
        for i, name in enumerate(names, 1):
            target.set_band_description(i, name)
    return str(path)


@pytest.fixture
def scene(tmp_path):
    rng = np.random.default_rng(1)
    pixels = rng.integers(1, 5000, (3, 200, 260)).astype(np.uint16)
    return write(tmp_path / "scene.tif", pixels, ("B02", "B04", "VV")), pixels


@pytest.fixture
def label_raster(tmp_path):
    values = np.kron(np.random.default_rng(2).integers(3, 7, (10, 13)), np.ones((20, 20), int))
    return write(tmp_path / "labels.tif", values[None].astype(np.uint8), nodata=3), values


def square(x, y, side, kind):
    ring = [[x, y], [x + side, y], [x + side, y - side], [x, y - side], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}


@pytest.fixture
def polygons(tmp_path):
    features = [
        square(400100, 5399900, 605, "wood"),
        square(400500, 5399500, 700, "water"),
        square(401603, 5399807, 333, None),
    ]
    # As QGIS writes it: with the old crs member.
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return str(path), features


def position(patch):
    return int(patch.patch_id.split("_")[-2]), int(patch.patch_id.split("_")[-1])


def export(**fields):
    fields.setdefault("workers", 1)
    job = ExportChips.from_fields(fields)
    job.validate()
    return run(job, lambda event: None)
