# SPDX-License-Identifier: GPL-3.0-or-later
"""GeoJSON as other programs write it: features without properties, corners, or a class."""

from __future__ import annotations

import json

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingCRS, UnreadableVector
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from coverloom.engine.datasets.chip_labels import open_labels
from rasterio.crs import CRS
from rasterio.features import rasterize

from .conftest import PLACE, square

GRID = Grid(60, 40, PLACE, CRS.from_epsg(32633).to_wkt())
WHOLE = Window(0, 0, 60, 40)
WOOD, WATER = square(400050, 5399950, 200, "wood"), square(400300, 5399900, 150, "water")
BARE = {"type": "Feature", "geometry": square(400100, 5399950, 300, None)["geometry"]}


def labels_of(tmp_path, features, **members):
    crs = {"type": "name", "properties": {"name": "EPSG:32633"}}
    path = tmp_path / "areas.geojson"
    content = {"type": "FeatureCollection", "crs": crs, "features": features, **members}
    path.write_text(json.dumps(content))
    return open_labels(str(path), "kind", GRID)


def empty(kind, coordinates):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"kind": "sand"}, "geometry": geometry}


@pytest.mark.parametrize(
    "other",
    [
        {**BARE, "properties": None},
        BARE,
        {**BARE, "properties": {}},
        {**WOOD, "geometry": None},
        empty("Polygon", []),
        empty("Polygon", [[]]),
        empty("MultiPolygon", []),
        empty("MultiPolygon", [[]]),
        empty("Point", [400100, 5399950]),
        empty("LineString", [[400100, 5399950], [400300, 5399950]]),
    ],
)
def test_a_feature_that_says_nothing_of_a_class_labels_nothing(tmp_path, other):
    labels = labels_of(tmp_path, [WOOD, other, WATER])
    assert labels.scheme.names == ["water", "wood"]
    shapes = [(WOOD["geometry"], 1), (WATER["geometry"], 0)]
    expected = rasterize(shapes, (40, 60), fill=255, transform=PLACE, dtype="uint8")
    assert np.array_equal(labels.read(WHOLE), expected)


def kinds(tmp_path, *values):
    """Names of the classes, and the class number found under each of the squares."""
    features = [square(400000 + 100 * i, 5400000, 50, value) for i, value in enumerate(values)]
    labels = labels_of(tmp_path, features)
    return labels.scheme.names, labels.read(WHOLE)[2, 2 : 10 * len(values) : 10].tolist()


def test_classes_are_numbered_in_the_order_of_their_values(tmp_path):
    assert kinds(tmp_path, 10, 9, 100) == (["9", "10", "100"], [1, 0, 2])
    assert kinds(tmp_path, "10", "9", "100") == (["10", "100", "9"], [0, 2, 1])
    assert kinds(tmp_path, 9, "b", 10) == (["10", "9", "b"], [1, 2, 0])


def test_a_number_is_one_class_however_it_is_written(tmp_path):
    assert kinds(tmp_path, 2, 1.0, 1, 2.5, "1") == (["1", "2", "2.5"], [1, 0, 0, 2, 0])
    assert kinds(tmp_path, 3.0, 2.0) == (["2", "3"], [1, 0])


def test_each_part_of_a_multipolygon_is_burnt(tmp_path):
    parts = [item["geometry"]["coordinates"] for item in (WOOD, WATER)]
    both = empty("MultiPolygon", parts)
    labels = labels_of(tmp_path, [both])
    expected = rasterize([both["geometry"]], (40, 60), fill=255, default_value=0, transform=PLACE)
    assert np.array_equal(labels.read(WHOLE), expected) and (expected == 0).sum() > 500


@pytest.mark.parametrize("crs", [None, {}, {"type": "name", "properties": {}}])
def test_where_the_crs_is_not_known_it_is_the_raster_s(tmp_path, crs):
    expected = rasterize([(WOOD["geometry"], 0)], (40, 60), fill=255, transform=PLACE)
    assert np.array_equal(labels_of(tmp_path, [WOOD], crs=crs).read(WHOLE), expected)


@pytest.mark.parametrize(
    "features",
    [{"a": 1}, [3], [{**WOOD, "properties": [1]}], [{**WOOD, "geometry": {"type": "Polygon"}}], 5],
)
def test_what_is_no_geojson_is_said(tmp_path, features):
    with pytest.raises(UnreadableVector, match="cannot be read as GeoJSON"):
        labels_of(tmp_path, features)


def test_a_field_that_none_has_is_said_with_those_there_are(tmp_path):
    named = {**WOOD, "properties": {"code": 1, "area": 2}}
    with pytest.raises(InvalidRequest, match="kind") as caught:
        labels_of(tmp_path, [named, BARE])
    assert "Their fields are area, code." in caught.value.remedy


def test_a_hundred_or_so_too_many_classes_are_refused(tmp_path):
    most = labels_of(tmp_path, [square(400000, 5400000, 9, i) for i in range(254)])
    assert len(most.scheme) == 254
    with pytest.raises(InvalidRequest, match="255 classes, such as 0, 1, 2"):
        labels_of(tmp_path, [square(400000, 5400000, 9, i) for i in range(255)])
    with pytest.raises(InvalidRequest, match="has no class"):
        labels_of(tmp_path, [square(400000, 5400000, 9, None)])


def test_polygons_need_a_raster_that_knows_where_it_lies(tmp_path):
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [WOOD]}))
    with pytest.raises(MissingCRS, match="The first raster has no CRS"):
        open_labels(str(path), "kind", Grid(60, 40, PLACE, ""))


def test_a_window_without_a_polygon_has_no_label(tmp_path):
    labels = labels_of(tmp_path, [WOOD])
    assert (labels.read(Window(40, 30, 10, 10)) == 255).all()
    # One that only touches the polygon's edge from each side, and one that has a corner of it.
    for window in ((0, 0, 5, 40), (25, 0, 5, 40), (0, 0, 60, 5), (0, 25, 60, 5)):
        assert (labels.read(Window(*window)) == 255).all()
    assert (labels.read(Window(24, 24, 5, 5)) == 0).sum() == 1
