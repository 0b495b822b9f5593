# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of the Earth: polygons of a GeoJSON file, a rectangle, or both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import InvalidRequest, MissingInput, UnreadableVector
from ..core.polygon import Polygon, inside, polygons_of

Box = Tuple[float, float, float, float]


@dataclass(frozen=True)
class Region:
    """Where footprints must lie.

    Args:
        polygons: Rings in longitude and latitude, the outer one first; empty for everywhere.
        box: (west, south, east, north) in degrees; None for everywhere.
    """

    polygons: Tuple[Polygon, ...] = ()
    box: Optional[Box] = None

    def holds(
        self, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """``(N,)`` bool: which points lie in the region."""
        found = np.ones(len(lon), np.bool_)
        if self.box:
            west, south, east, north = self.box
            found &= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if self.polygons:
            within = np.zeros(len(lon), np.bool_)
            for polygon in self.polygons:
                within |= inside(polygon, lon, lat)
            found &= within
        return found


def read_region(path: str, box: Optional[Box], crs: str) -> Optional[Region]:
    """The region that polygons and an extent give; None for everywhere.

    Args:
        path: GeoJSON; empty for none.
        box: (xmin, ymin, xmax, ymax) in ``crs``; None for none.
        crs: Authority code or WKT; empty for longitude and latitude.

    Raises:
        MissingInput: There is no such file.
        UnreadableVector: It is no GeoJSON with polygons.
        InvalidRequest: The CRS is none.
    """
    if not path and box is None:
        return None
    return Region(_read_polygons(path) if path else (), _lonlat(box, crs) if box else None)


def _lonlat(box: Box, crs: str) -> Box:
    if not crs:
        return box
    from rasterio.errors import CRSError
    from rasterio.warp import transform_bounds

    try:
        moved: Box = transform_bounds(crs, "OGC:CRS84", *box)
    except (CRSError, ValueError) as error:
        raise InvalidRequest(
            f"The extent's CRS {crs!r} cannot be used: {error}.", "Give one such as EPSG:4326."
        ) from error
    return moved


def _read_polygons(path: str) -> Tuple[Polygon, ...]:
    try:
        content: Any = json.loads(Path(path).read_text(encoding="utf-8"))
        geometries = [_moved(geometry, content) for geometry in _geometries(content)]
        found: List[Polygon] = [p for geometry in geometries for p in polygons_of(geometry)]
    except FileNotFoundError as error:
        raise MissingInput(f"There is no {path}.", "Give a GeoJSON file of polygons.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableVector(
            f"{path} cannot be read as GeoJSON: {error!r}.", "Give a GeoJSON file of polygons."
        ) from error
    if not found:
        raise UnreadableVector(f"{path} has no polygons.", "Give a GeoJSON file of polygons.")
    return tuple(found)


def _geometries(content: Any) -> List[Any]:
    if content["type"] == "FeatureCollection":
        return [item["geometry"] for item in content["features"] if item.get("geometry")]
    return [content["geometry"] if content["type"] == "Feature" else content]


def _moved(geometry: Any, content: Any) -> Any:
    crs = content.get("crs", {}).get("properties", {}).get("name", "")
    if not crs or "CRS84" in crs or crs.endswith("4326"):
        return geometry
    from rasterio.warp import transform_geom

    return transform_geom(crs, "OGC:CRS84", geometry)
