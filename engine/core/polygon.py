# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons in longitude and latitude, and which points lie in them."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

import numpy as np
import numpy.typing as npt

Ring = Tuple[Tuple[float, float], ...]
Polygon = Tuple[Ring, ...]


def polygons_of(geometry: Mapping[str, Any]) -> List[Polygon]:
    """The polygons of a GeoJSON geometry; none for points and lines.

    Raises:
        KeyError, TypeError, ValueError, IndexError: It is no GeoJSON geometry.
    """
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return [p for part in geometry["geometries"] for p in polygons_of(part)]
    if kind not in ("Polygon", "MultiPolygon"):
        return []
    parts = [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]
    return [
        tuple(tuple((float(point[0]), float(point[1])) for point in ring) for ring in part)
        for part in parts
    ]


def inside(
    polygon: Polygon, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """``(N,)`` bool: which points lie in a polygon and in none of its holes (even-odd rule)."""
    found = np.zeros(len(x), np.bool_)
    for ring in polygon:
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0])):
            if y1 == y2:
                continue
            crossing = (y1 > y) != (y2 > y)
            found ^= crossing & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def box_polygon(box: Tuple[float, float, float, float]) -> Polygon:
    """(west, south, east, north) as a polygon."""
    west, south, east, north = box
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)
