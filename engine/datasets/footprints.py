# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the patches of a dataset lie, as a vector layer in longitude and latitude."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from ..contract.errors import InvalidRequest
from ..core.geopackage import GeoPackage
from .survey import Place

Ring = List[Tuple[float, float]]
Rings = List[Optional[Ring]]
_COLUMNS = ("patch_id", "split", "country", "date_s2", "date_s1")


def lonlat_rings(places: Sequence[Place]) -> Rings:
    """The closed outline of each patch, degrees; None where it has no CRS.

    Args:
        places: The patches.
    """
    from rasterio.warp import transform

    rings: Rings = [None] * len(places)
    zones: Dict[int, List[int]] = {}
    for i, place in enumerate(places):
        if place.epsg:
            zones.setdefault(place.epsg, []).append(i)
    for epsg, members in zones.items():
        corners = [corner for i in members for corner in places[i].corners]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        lon, lat = transform(f"EPSG:{epsg}", "OGC:CRS84", xs, ys)
        for n, i in enumerate(members):
            ring = list(zip(lon[4 * n : 4 * n + 4], lat[4 * n : 4 * n + 4]))
            rings[i] = [*ring, ring[0]]
    return rings


def write_footprints(path: Path, places: Sequence[Place], rings: Rings) -> None:
    """Write a vector layer: GeoPackage or GeoJSON, by the file's suffix.

    Args:
        path: File to write.
        places: The patches.
        rings: Their outlines.

    Raises:
        InvalidRequest: Another suffix.
    """
    rows = [
        (place.patch_id, place.split, *(place.facts.get(key, "") for key in _COLUMNS[2:]))
        for place in places
    ]
    if path.suffix.lower() == ".gpkg":
        layer = GeoPackage(path, "footprints", [(name, "TEXT") for name in _COLUMNS])
        layer.write([_wkb(ring) for ring in rings], rows)
        layer.close(_bounds(rings))
        return
    check_suffix(str(path))
    features = [
        {
            "type": "Feature",
            "properties": dict(zip(_COLUMNS, row)),
            "geometry": None if ring is None else {"type": "Polygon", "coordinates": [ring]},
        }
        for row, ring in zip(rows, rings)
    ]
    content = {"type": "FeatureCollection", "name": "footprints", "features": features}
    path.write_text(json.dumps(content), encoding="utf-8")


def check_suffix(path: str) -> None:
    """See that a layer can be written there.

    Raises:
        InvalidRequest: It ends neither in ``.gpkg`` nor in ``.geojson`` or ``.json``.
    """
    if not path.lower().endswith((".gpkg", ".geojson", ".json")):
        raise InvalidRequest(f"FOOTPRINTS is {path}.", "Give a .gpkg or a .geojson file.")


def _wkb(ring: Optional[Ring]) -> Optional[bytes]:
    if ring is None:
        return None
    head = struct.pack("<BIII", 1, 3, 1, len(ring))
    return head + b"".join(struct.pack("<dd", x, y) for x, y in ring)


def _bounds(rings: Rings) -> Optional[Tuple[float, float, float, float]]:
    points = [point for ring in rings if ring for point in ring]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
