# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of other catalogues: names of bands, and offsets."""

from __future__ import annotations

import pytest
from coverloom.engine.catalogues.stac_item import item_of

S2 = "sentinel-2-l2a"


def stac(assets, **properties):
    return {"id": "x", "collection": S2, "bbox": [0, 0, 1, 1], "geometry": None, "assets": assets,
            "properties": {"datetime": "2022-05-01T00:00:00Z", **properties}}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), [
    (stac({"B02": {"href": "a"}}, **{"s2:processing_baseline": "04.00"}), ("B02", -1000)),
    (stac({"B02": {"href": "a"}}, **{"s2:processing_baseline": "03.01"}), ("B02", 0)),
    (stac({"blue": {"href": "a", "raster:bands": [{"scale": 0.0001, "offset": -0.1}]}}),
     ("B02", -1000)),
    (stac({"blue": {"href": "a", "raster:bands": [{"scale": 0.0001, "offset": -0.1}]}},
          **{"earthsearch:boa_offset_applied": True}), ("B02", 0)),
    (stac({"nir08": {"href": "a", "raster:scale": 0.0001, "raster:offset": -0.1}}),
     ("B8A", -1000)),
    (stac({"B8A_20m": {"href": "a"}, "B8A_60m": {"href": "b"}}), ("B8A", 0)),
    (stac({"whatever": {"href": "a", "type": "image/jp2", "eo:bands": [{"name": "B11"}]}}),
     ("B11", 0)),
    (stac({"scl": {"href": "a"}}, **{"s2:processing_baseline": "05.09"}), ("SCL", 0)),
])  # fmt: skip
def test_names_and_offsets_of_other_catalogues(content, expected):
    item = item_of(content)
    ((name, asset),) = item.assets.items()
    assert (name, asset.offset, asset.href) == (*expected, "a")


EARTH_SEARCH = {
    "coastal": "B01", "blue": "B02", "green": "B03", "red": "B04", "rededge1": "B05",
    "rededge2": "B06", "rededge3": "B07", "nir": "B08", "nir08": "B8A", "nir09": "B09",
    "swir16": "B11", "swir22": "B12", "scl": "SCL",
}  # fmt: skip


def test_a_whole_item_of_earth_search():
    assets = {}
    for name in EARTH_SEARCH:
        bands = [{"name": name, "common_name": name}] if name != "scl" else []
        for key, suffix, kind in ((f"{name}-jp2", "jp2", "image/jp2"), (name, "tif", "image/tiff")):
            assets[key] = {"href": f"{name}.{suffix}", "type": kind, "eo:bands": bands,
                           "raster:bands": [{"scale": 0.0001, "offset": -0.1}]}  # fmt: skip
    rgb = [{"name": name} for name in ("red", "green", "blue")]
    assets["visual"] = {"href": "tci.tif", "type": "image/tiff", "eo:bands": rgb}
    assets["thumbnail"] = {"href": "t.jpg", "type": "image/jpeg"}
    for applied, offset in ((True, 0), (False, -1000)):
        item = item_of(stac(assets, **{"earthsearch:boa_offset_applied": applied,
                                       "s2:processing_baseline": "05.09"}))  # fmt: skip
        assert {n: a.href for n, a in item.assets.items()} == {
            ours: f"{theirs}.tif" for theirs, ours in EARTH_SEARCH.items()
        }
        expected = {n: 0 if n == "SCL" else offset for n in item.assets}
        assert {n: a.offset for n, a in item.assets.items()} == expected


def test_whole_items_of_planetary_computer():
    names = [*sorted(set(EARTH_SEARCH.values()))]
    assets = {name: {"href": f"{name}_10m.tif", "type": "image/tiff"} for name in names}
    for other in ("AOT", "WVP", "visual", "preview", "safe-manifest", "tilejson"):
        assets[other] = {"href": other, "type": "image/tiff"}
    item = item_of(
        stac(assets, **{"s2:processing_baseline": "04.00", "s2:product_uri": "S2A.SAFE"})
    )
    assert list(item.assets) == names and item.product == "S2A"
    assert {a.offset for n, a in item.assets.items() if n != "SCL"} == {-1000}
    for asset, ours in (("data", "DEM"), ("map", "MAP")):
        item = item_of(stac({asset: {"href": "x.tif"}, "input_quality": {"href": "q.tif"},
                             "rendered_preview": {"href": "p"}}))  # fmt: skip
        assert {n: a.href for n, a in item.assets.items()} == {ours: "x.tif"}
