# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAC item beside the maps of one run, so that catalogues can take them in."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Mapping

import pystac
from rasterio.crs import CRS
from rasterio.warp import transform_geom

from ..core.grid import Grid

_MEDIA = {
    ".tif": pystac.MediaType.GEOTIFF,
    ".png": pystac.MediaType.PNG,
    ".json": "application/json",
}
_ROLES = {".tif": "data", ".png": "overview"}


def map_item(
    item_path: Path,
    name: str,
    grid: Grid,
    assets: Mapping[str, Path],
    made: datetime,
    properties: Dict[str, Any],
) -> Dict[str, Any]:
    """Describe the maps of one run as a STAC 1.x item.

    Args:
        item_path: Where the item will lie.
        name: Id of the item.
        grid: Grid of the maps.
        assets: Asset key to file; written relative to the item, so that both can be moved.
        made: When the run ended, with its time zone.
        properties: What else is to be said, under ``coverloom:`` keys.

    Returns:
        The item's JSON form. Footprint and box are in longitude and latitude (WGS 84).
    """
    footprint = (
        transform_geom(grid.crs, "EPSG:4326", _outline(grid)) if grid.crs else _outline(grid)
    )
    ring = footprint["coordinates"][0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    item = pystac.Item(
        id=name, geometry=footprint, bbox=[min(xs), min(ys), max(xs), max(ys)], datetime=made,
        properties={**_projection(grid), **properties},
    )  # fmt: skip
    item.stac_extensions.append("https://stac-extensions.github.io/projection/v2.0.0/schema.json")
    for key, path in assets.items():
        item.add_asset(key, _asset(path, item_path.parent))
    described: Dict[str, Any] = item.to_dict(include_self_link=False, transform_hrefs=False)
    return described


def _asset(path: Path, folder: Path) -> pystac.Asset:
    kind = path.suffix.lower()
    # A picture is smaller and says no place: the item's grid is not its own.
    own = {"proj:code": None} if kind == ".png" else {}
    return pystac.Asset(
        _from(folder, path), media_type=_MEDIA.get(kind), roles=[_ROLES.get(kind, "metadata")],
        extra_fields=own,
    )  # fmt: skip


def _from(folder: Path, path: Path) -> str:
    """``path`` as seen from ``folder``; in full where they are on different disks."""
    try:
        relative = Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:
        return path.absolute().as_uri()
    return relative if relative.startswith("../") else f"./{relative}"


def _outline(grid: Grid) -> Dict[str, Any]:
    corners = ((0, 0), (grid.width, 0), (grid.width, grid.height), (0, grid.height), (0, 0))
    return {
        "type": "Polygon",
        "coordinates": [[list(grid.transform @ corner) for corner in corners]],
    }


def _projection(grid: Grid) -> Dict[str, Any]:
    """Fields of the projection extension, version 2.0.0."""
    named: Dict[str, Any] = {"proj:code": None}
    if grid.crs:
        crs = CRS.from_user_input(grid.crs)
        epsg = crs.to_epsg()
        named = {"proj:code": f"EPSG:{epsg}" if epsg else None}
        if not epsg:
            named["proj:wkt2"] = crs.to_wkt(version="WKT2_2019")
    shape = [grid.height, grid.width]
    return {**named, "proj:shape": shape, "proj:transform": list(grid.transform)[:6]}
