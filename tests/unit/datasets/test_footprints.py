# SPDX-License-Identifier: GPL-3.0-or-later
"""Footprints of many patches, some of which have no place."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
from coverloom.engine.datasets.footprints import lonlat_rings, write_footprints
from coverloom.engine.datasets.survey import Place
from rasterio.warp import transform_geom

SQUARE = np.array([(0.0, 0.0), (1200.0, 0.0), (1200.0, -1200.0), (0.0, -1200.0)])
PLACES = [
    Place(
        "a",
        "train",
        32633,
        SQUARE + np.array((500000.0, 5331600.0)),
        ("Österreich", "20170613", ""),
    ),
    Place("b", "test", 0, SQUARE, ("", "", "")),
    Place("c", "test", 32635, SQUARE + np.array((331200.0, 7000000.0)), ("Finland", "", "")),
]


def expected(place):
    ring = [*place.corners.tolist(), place.corners[0].tolist()]
    shape = transform_geom(
        f"EPSG:{place.epsg}", "OGC:CRS84", {"type": "Polygon", "coordinates": [ring]}
    )
    return np.array(shape["coordinates"][0])


def test_geojson_has_the_outlines_that_gdal_makes(tmp_path):
    write_footprints(tmp_path / "places.geojson", PLACES, lonlat_rings(PLACES))
    content = json.loads((tmp_path / "places.geojson").read_text(encoding="utf-8"))
    assert (content["type"], content["name"]) == ("FeatureCollection", "footprints")
    first, second, third = content["features"]
    assert first["properties"] == {
        "patch_id": "a", "split": "train", "country": "Österreich", "date_s2": "20170613",
        "date_s1": "",
    }  # fmt: skip
    assert second["geometry"] is None and second["properties"]["patch_id"] == "b"
    for feature, place in ((first, PLACES[0]), (third, PLACES[2])):
        ring = np.array(feature["geometry"]["coordinates"][0])
        assert np.allclose(ring, expected(place), rtol=0, atol=1e-9)


def test_geopackage_has_the_same_and_its_bounds(tmp_path):
    path = tmp_path / "places.gpkg"
    write_footprints(path, PLACES, lonlat_rings(PLACES))
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT patch_id, geom FROM footprints").fetchall()
        bounds = database.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents").fetchone()
    points = {name: geom and np.frombuffer(geom[8 + 13 :], "<f8") for name, geom in rows}
    assert points["b"] is None
    both = np.concatenate([expected(PLACES[0]), expected(PLACES[2])])
    assert np.allclose(np.concatenate([points["a"], points["c"]]), both.ravel(), rtol=0, atol=1e-9)
    assert np.allclose(bounds, [*both.min(axis=0), *both.max(axis=0)], rtol=0, atol=1e-9)


def test_of_no_place_at_all_there_are_no_bounds(tmp_path):
    write_footprints(tmp_path / "none.gpkg", PLACES[1:2], lonlat_rings(PLACES[1:2]))
    with sqlite3.connect(tmp_path / "none.gpkg") as database:
        assert database.execute("SELECT min_x FROM gpkg_contents").fetchone() == (None,)
