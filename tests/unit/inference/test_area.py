# SPDX-License-Identifier: GPL-3.0-or-later
"""Masks that say little of themselves, or are damaged."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import InvalidRequest, UnreadableRaster
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from coverloom.engine.inference.area import open_mask

GRID = Grid(512, 512, Affine(10, 0, 500000, 0, -10, 5400000), "EPSG:32633")
RING = [[500000, 5400000], [500100, 5400000], [500100, 5399900], [500000, 5399900]]


def polygons(path, **members):
    shape = {"type": "Polygon", "coordinates": [[*RING, RING[0]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    content = {"type": "FeatureCollection", "features": [feature], **members}
    path.write_text(json.dumps(content))
    return str(path)


@pytest.mark.parametrize(
    "crs", [None, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}]
)
def test_polygons_of_no_known_crs_lie_on_the_grid(tmp_path, crs):
    mask = open_mask(polygons(tmp_path / "m.geojson", crs=crs), GRID)
    inside = mask(Window(0, 0, 20, 20))
    expected = np.zeros((20, 20), bool)
    expected[:10, :10] = True
    np.testing.assert_array_equal(inside, expected)


def test_a_crs_member_that_names_none_is_refused(tmp_path):
    with pytest.raises(InvalidRequest, match="is no GeoJSON"):
        open_mask(polygons(tmp_path / "m.geojson", crs={"type": "link"}), GRID)


def test_a_mask_that_is_cut_short_is_said(tmp_path):
    path = tmp_path / "mask.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=512, height=512, count=1, dtype="uint8", crs=GRID.crs,
        transform=GRID.transform, tiled=True, compress="deflate",
    ) as file:  # fmt: skip
        file.write(np.random.default_rng(0).integers(0, 2, (1, 512, 512)).astype(np.uint8))
    path.write_bytes(path.read_bytes()[:-20_000])
    mask = open_mask(str(path), GRID)
    assert mask(Window(0, 0, 64, 64)).any()
    with pytest.raises(UnreadableRaster, match=r"MASK .*mask\.tif is damaged"):
        mask(Window(400, 400, 64, 64))
    mask.close()
