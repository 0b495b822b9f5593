# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the patches of a dataset lie, as a vector layer in longitude and latitude."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import InvalidRequest
from ..core.geopackage import GeoPackage
from .survey import FACTS, Place

Rings = npt.NDArray[np.float64]
_COLUMNS = ("patch_id", "split", *FACTS)


def lonlat_rings(places: Sequence[Place]) -> Rings:
    """The closed outline of each patch.

    Args:
        places: The N patches.

    Returns:
        ``(N, 5, 2)`` longitude and latitude, degrees; NaN where a patch has no CRS.
    """
    from rasterio.warp import transform

    rings = np.full((len(places), 5, 2), np.nan)
    zones: Dict[int, List[int]] = {}
    for i, place in enumerate(places):
        if place.epsg:
            zones.setdefault(place.epsg, []).append(i)
    for epsg, members in zones.items():
        corners = np.concatenate([places[i].corners for i in members])
        lonlat = transform(f"EPSG:{epsg}", "OGC:CRS84", corners[:, 0], corners[:, 1])
        rings[members, :4] = np.stack(lonlat, axis=-1).reshape(-1, 4, 2)
    rings[:, 4] = rings[:, 0]
    return rings


def known(ring: npt.NDArray[np.float64]) -> bool:
    """Whether a ``(5, 2)`` outline is one."""
    return not np.isnan(ring[0, 0])


def write_footprints(path: Path, places: Sequence[Place], rings: Rings) -> None:
    """Write a vector layer: GeoPackage or GeoJSON, by the file's suffix.

    Args:
        path: File to write.
        places: The patches.
        rings: Their outlines, ``(N, 5, 2)``.

    Raises:
        InvalidRequest: Another suffix.
    """
    rows = ((place.patch_id, place.split, *place.facts) for place in places)
    if path.suffix.lower() == ".gpkg":
        layer = GeoPackage(path, "footprints", [(name, "TEXT") for name in _COLUMNS])
        layer.write(map(_wkb, rings), rows)
        layer.close(_bounds(rings))
        return
    check_suffix(str(path))
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "name": "footprints", "features": [')
        for number, feature in enumerate(_features(rows, rings)):
            file.write((", " if number else "") + json.dumps(feature))
        file.write("]}")


def _features(rows: Iterator[Tuple[str, ...]], rings: Rings) -> Iterator[Dict[str, Any]]:
    for row, ring in zip(rows, rings):
        shape = {"type": "Polygon", "coordinates": [ring.tolist()]} if known(ring) else None
        properties = dict(zip(_COLUMNS, row))
        yield {"type": "Feature", "properties": properties, "geometry": shape}


def check_suffix(path: str) -> None:
    """See that a layer can be written there.

    Raises:
        InvalidRequest: It ends neither in ``.gpkg`` nor in ``.geojson`` or ``.json``.
    """
    if not path.lower().endswith((".gpkg", ".geojson", ".json")):
        raise InvalidRequest(f"FOOTPRINTS is {path}.", "Give a .gpkg or a .geojson file.")


def _wkb(ring: npt.NDArray[np.float64]) -> Optional[bytes]:
    if not known(ring):
        return None
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + ring.astype("<f8").tobytes()


def _bounds(rings: Rings) -> Optional[Tuple[float, float, float, float]]:
    points = rings.reshape(-1, 2)
    points = points[~np.isnan(points[:, 0])]
    if not len(points):
        return None
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return west, south, east, north
