# SPDX-License-Identifier: GPL-3.0-or-later
"""The STAC item beside a map, and the collection of many: valid, and true of the rasters.

pystac brings the core's schemas. That of the projection extension is in no package; the one here is
written from its specification, version 2.0.0
(https://github.com/stac-extensions/projection/tree/v2.0.0).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pystac
import pytest
import rasterio
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.jobs.classifyraster import run as classify_raster
from jsonschema import Draft7Validator
from rasterio import Affine
from rasterio.crs import CRS

from .conftest import reflectances, write_raster
from .many_tiles import classify, model, tiles

__all__ = ["model", "tiles"]
IDENTIFIER = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
NUMBERS = {"type": "array", "items": {"type": "number"}}
BOX = {**NUMBERS, "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)]}
MATRIX = {**NUMBERS, "oneOf": [{"minItems": n, "maxItems": n} for n in (6, 9)]}
DEGREES = {"type": "number", "minimum": -180, "maximum": 180}
FIELDS = {
    "type": "object",
    "properties": {
        "proj:code": {"type": ["string", "null"], "pattern": r"^[A-Za-z0-9_]+:.+$"},
        "proj:wkt2": {"type": ["string", "null"]},
        "proj:projjson": {"type": ["object", "null"], "required": ["type"]},
        "proj:geometry": {"type": "object", "required": ["type", "coordinates"]},
        "proj:bbox": BOX,
        "proj:centroid": {
            "type": "object",
            "required": ["lat", "lon"],
            "properties": {"lat": {**DEGREES, "minimum": -90, "maximum": 90}, "lon": DEGREES},
        },
        "proj:shape": {
            "type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 2,
            "maxItems": 2,
        },
        "proj:transform": MATRIX,
    },
    "patternProperties": {"^(?!proj:)": {}},
    "additionalProperties": False,
}  # fmt: skip
SCHEMA = {
    "type": "object",
    "required": ["type", "stac_extensions", "properties", "assets"],
    "properties": {
        "type": {"const": "Feature"},
        "stac_extensions": {"type": "array", "contains": {"const": IDENTIFIER}},
        # At least one of the fields must be there.
        "properties": {**FIELDS, "anyOf": [{"required": [name]} for name in FIELDS["properties"]]},
        "assets": {"type": "object", "additionalProperties": FIELDS},
    },
}


def faults(item):
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(item)]


def assert_valid(path):
    """By the core's schemas and the extension's; gives the item."""
    content = json.loads(path.read_text(encoding="utf-8"))
    assert faults(content) == []
    assert content["stac_extensions"] == [IDENTIFIER], "another extension needs its own schema"
    item = pystac.Item.from_file(str(path))
    item.stac_extensions.clear()
    item.validate()
    return item


class TestTheSchemaItself:
    """It must be able to fail."""

    GOOD: ClassVar = {
        "type": "Feature", "stac_extensions": [IDENTIFIER], "assets": {},
        "properties": {"proj:code": "EPSG:32633", "proj:shape": [3, 4],
                       "proj:transform": [10.0, 0, 0, 0, -10.0, 0]},
    }  # fmt: skip

    def test_what_is_right(self):
        assert faults(self.GOOD) == []

    @pytest.mark.parametrize("name, value", [
        ("proj:code", 32633), ("proj:code", "32633"), ("proj:epsg", 32633), ("proj:shape", [3]),
        ("proj:shape", [3.5, 4]), ("proj:transform", [1, 0, 0, 0, 1]), ("proj:wkt2", {}),
        ("proj:bbox", [1, 2, 3]), ("proj:centroid", {"lat": 91, "lon": 0}),
    ])  # fmt: skip
    def test_what_is_wrong(self, name, value):
        fields = {**self.GOOD["properties"], name: value}
        assert faults({**self.GOOD, "properties": fields})
        assert faults({**self.GOOD, "assets": {"class": {"href": "./a.tif", name: value}}})

    def test_what_is_missing(self):
        assert faults({**self.GOOD, "properties": {"datetime": None}})
        assert faults({**self.GOOD, "stac_extensions": []})


def test_the_collection_is_valid_offline(tmp_path, tiles, model):
    classify(tiles, model, tmp_path / "out", layers=("second_class",))
    collection = pystac.Collection.from_file(str(tmp_path / "out" / "collection.json"))
    items = list(collection.get_items())
    assert {item.id for item in items} == {
        f"{n}_class" for n in ("S2A_MSIL2A_one", "S2A_MSIL2A_two", "a", "b", "patch_26_57")
    }
    for item in items:
        assert "extra/second_class" in item.assets
        assert item.get_collection().id == "coverloom-maps"
        for asset in item.assets.values():
            assert Path(asset.get_absolute_href()).exists()
            assert asset.roles in (["data"], ["overview"], ["metadata"])
        assert_valid(Path(item.get_self_href()))
    collection.validate()
    box = collection.extent.spatial.bboxes[0]
    assert box[0] <= min(item.bbox[0] for item in items) and box[1] < box[3]


AWAY = "+proj=laea +lat_0=48 +lon_0=13 +ellps=GRS80 +units=m"  # no authority knows it


@pytest.mark.parametrize("crs", ["EPSG:32633", AWAY])
def test_an_item_is_true_of_its_maps(tmp_path, model, crs):
    """What GDAL needs to see a raster without opening it: CRS, transform and shape."""
    at = Affine(10, 0, 300_000, 0, -20, 5_400_000)
    raster = write_raster(tmp_path / "in.tif", reflectances(70, 90), crs=crs, transform=at)
    paths = {name: str(tmp_path / "out" / f"{name}.tif") for name in ("class_map", "gap")}
    request = ClassifyRaster(
        input=(raster,), model=model, preview=str(tmp_path / "out" / "preview.png"),
        classmap=str(tmp_path / "out" / "classes.json"), **paths,
    )  # fmt: skip
    classify_raster(request, lambda event: None)
    item = assert_valid(tmp_path / "out" / "class_map.stac.json")
    said = item.properties
    for name in paths:
        with rasterio.open(paths[name]) as dataset:
            assert said["proj:shape"] == [dataset.height, dataset.width]
            np.testing.assert_allclose(said["proj:transform"], dataset.transform[:6])
            code, wkt = said["proj:code"], said.get("proj:wkt2")
            assert CRS.from_user_input(code or wkt) == dataset.crs
    if crs == AWAY:
        # The field's name promises WKT2 (ISO 19162), not the older form.
        assert code is None and wkt.startswith("PROJCRS[")
    assert item.assets["class_map"].roles == ["data"]
    # A picture for looking at has no place of its own, and the item's would be wrong for it.
    picture = item.assets["preview"]
    assert picture.roles == ["overview"] and picture.extra_fields["proj:code"] is None
    assert item.assets["classmap"].roles == ["metadata"]
