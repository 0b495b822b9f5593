# SPDX-License-Identifier: GPL-3.0-or-later
"""STAC items (version 1.0 and 1.1) as catalogue items: names of bands, offsets, cloud cover."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Tuple

from ..contract.errors import UnusableCatalogue
from ..core.catalogue_item import Asset, CatalogueItem
from ..core.polygon import box_polygon, polygons_of

S2_BANDS = (
    *("B01", "B02", "B03", "B04", "B05", "B06", "B07"),
    *("B08", "B8A", "B09", "B11", "B12"),
)
SCL, DEM, MAP = "SCL", "DEM", "MAP"
# Names that catalogues give to assets, in lower case, to ours.
_NAMES: Dict[str, str] = {
    **{name.lower(): name for name in (*S2_BANDS, SCL, DEM, MAP)},
    **{"coastal": "B01", "blue": "B02", "green": "B03", "red": "B04"},
    **{"rededge1": "B05", "rededge2": "B06", "rededge3": "B07"},
    **{"nir": "B08", "nir08": "B8A", "nir09": "B09", "swir16": "B11", "swir22": "B12"},
    "data": DEM,
}
_RESOLUTION = re.compile(r"^(b\d[\da]|scl)_(\d+)m$")
_BASELINE_4, _SHIFT = 4.0, -1000


def item_of(content: Mapping[str, Any], signing: str = "") -> CatalogueItem:
    """Turn a STAC item, its asset addresses absolute, into a catalogue item.

    Raises:
        UnusableCatalogue: It is no STAC item.
    """
    try:
        return _item(content, signing)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        name = content.get("id", content) if isinstance(content, Mapping) else content
        raise UnusableCatalogue(
            f"The catalogue gave {str(name)[:80]!r}, which is no STAC item: {error!r}.",
            "Check the catalogue's address.",
        ) from error


def _item(content: Mapping[str, Any], signing: str) -> CatalogueItem:
    properties = content["properties"]
    box = [float(v) for v in content["bbox"]]
    west, south, east, north = (box[0], box[1], *box[len(box) // 2 :][:2])
    bbox = (west, south, east, north)
    geometry = content.get("geometry")
    polygons = tuple(polygons_of(geometry)) if geometry else (box_polygon(bbox),)
    time = properties.get("datetime") or properties.get("start_datetime") or ""
    cloud = properties.get("eo:cloud_cover")
    product = properties.get("s2:product_uri") or properties.get("s2:product_id") or content["id"]
    return CatalogueItem(
        id=str(content["id"]),
        collection=str(content.get("collection") or ""),
        bbox=bbox,
        polygons=polygons,
        time=str(time),
        cloud=None if cloud is None else float(cloud),
        product=str(product).removesuffix(".SAFE"),
        assets=_assets(content["assets"], properties),
        signing=signing,
    )


def _assets(assets: Mapping[str, Any], properties: Mapping[str, Any]) -> Dict[str, Asset]:
    found: Dict[str, Tuple[int, Asset]] = {}
    for key, content in assets.items():
        name, metres = _band_name(key, content)
        if not name or (name in found and found[name][0] <= metres):
            continue
        offset = _offset(content, properties) if name in S2_BANDS else 0
        found[name] = (metres, Asset(str(content["href"]), offset))
    return {name: asset for name, (_, asset) in sorted(found.items())}


def _band_name(key: str, content: Mapping[str, Any]) -> Tuple[Optional[str], int]:
    """Our name of an asset, and the resolution its own name states (0 if none), m."""
    lower = key.lower()
    sized = _RESOLUTION.match(lower)
    if sized:
        return _NAMES.get(sized.group(1)), int(sized.group(2))
    if lower in _NAMES:
        return _NAMES[lower], 0
    bands = content.get("eo:bands") or content.get("bands") or []
    if len(bands) == 1 and str(content.get("type", "")).startswith("image/"):
        return _NAMES.get(str(bands[0].get("name", "")).lower()), 99
    return None, 0


def _offset(asset: Mapping[str, Any], properties: Mapping[str, Any]) -> int:
    """What to add to a band's stored numbers, DN."""
    # Earth Search states the product's offset even where it has applied it already.
    if properties.get("earthsearch:boa_offset_applied"):
        return 0
    described = (asset.get("raster:bands") or asset.get("bands") or [{}])[0]
    offset = described.get("offset", described.get("raster:offset", asset.get("raster:offset")))
    scale = described.get("scale", described.get("raster:scale", asset.get("raster:scale")))
    if offset is not None and scale:
        return round(float(offset) / float(scale))
    baseline = properties.get("s2:processing_baseline") or properties.get("processing:version")
    return baseline_offset(str(baseline or ""))


def baseline_offset(baseline: str) -> int:
    """The offset of a processing baseline such as ``04.00``, DN."""
    digits = re.match(r"\d+(\.\d+)?", baseline)
    return _SHIFT if digits and float(digits.group()) >= _BASELINE_4 else 0
