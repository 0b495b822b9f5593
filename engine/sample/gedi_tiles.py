# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated DEM and WorldCover tiles in degrees, as STAC items with their COGs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.warp import transform

from .gedi_land import Area, Array, Land

_ARC_SECOND = 1 / 3600
_COVER_DEGREES = 1 / 12000
_TREE, _GRASS, _CROP, _BARE, _WATER = 10, 30, 40, 60, 80


def write_dem(folder: Path, area: Area, land: Land) -> List[Dict[str, Any]]:
    """Write an area's DEM, as two tiles where it has a border; returns their STAC items."""
    west, south, east, north = area.box
    borders = [south, *([area.dem_border] if area.dem_border else []), north]
    items = []
    for lower, upper in zip(borders, borders[1:]):
        # Pixels count from whole degrees, half a pixel off, as in the real tiles.
        step = _ARC_SECOND
        rows = (np.floor(lower / step), np.ceil(upper / step))
        columns = (np.floor(west / step), np.ceil(east / step))
        place = Affine(step, 0, (columns[0] - 0.5) * step, 0, -step, (rows[1] + 0.5) * step)
        shape = (int(rows[1] - rows[0]), int(columns[1] - columns[0]))
        x, y = _projected(place, shape, area.epsg)
        name = f"Copernicus_DSM_COG_10_{_corner(lower, west)}_DEM_{round(lower * 1e4)}"
        pixels = land.altitude(x, y).astype(np.float32)
        items.append(_tile(folder, "cop-dem-glo-30", name, "data", pixels, place, None, {}))
    return items


def write_cover(
    folder: Path, area: Area, land: Land, year: int, version: str
) -> List[Dict[str, Any]]:
    """Write an area's land cover of one year; returns the tiles' STAC items."""
    west, south, east, north = area.box
    borders = [west, *([area.cover_border] if area.cover_border else []), east]
    times = {"start_datetime": f"{year}-01-01T00:00:00Z", "end_datetime": f"{year}-12-31T23:59:59Z"}
    items = []
    for left, right in zip(borders, borders[1:]):
        step = _COVER_DEGREES
        columns = (np.rint(left / step), np.rint(right / step))
        rows = (np.floor(south / step), np.ceil(north / step))
        place = Affine(step, 0, columns[0] * step, 0, -step, rows[1] * step)
        shape = (int(rows[1] - rows[0]), int(columns[1] - columns[0]))
        plants = land.vegetation(*_projected(place, shape, area.epsg))
        # Between the two years some of the grass has become fields.
        middle = _GRASS if year == 2020 else _CROP
        classes = np.select(
            [plants > 0.5, plants > 0.2, plants > 0.02], [_TREE, middle, _BARE], _WATER
        )
        corner = _corner(south, left).replace("_00", "").replace("_", "")
        name = f"ESA_WorldCover_10m_{year}_{version}_{corner}_{round(left * 1e4)}"
        pixels = classes.astype(np.uint8)
        items.append(_tile(folder, "esa-worldcover", name, "map", pixels, place, 0, times))
    return items


def _tile(
    folder: Path,
    collection: str,
    name: str,
    asset: str,
    pixels: npt.NDArray[Any],
    place: Affine,
    nodata: Optional[float],
    times: Dict[str, Any],
) -> Dict[str, Any]:
    path = folder / f"{name}.tif"
    write_cog(path, pixels, place, "EPSG:4326", nodata)
    west, north = place.c, place.f
    east, south = place @ (pixels.shape[1], pixels.shape[0])
    ring = [[west, north], [east, north], [east, south], [west, south], [west, north]]
    properties = times or {"datetime": "2021-04-22T00:00:00Z"}
    assets = {asset: {"href": str(path), "type": "image/tiff; application=geotiff"}}
    return stac_item(
        collection, name, {"type": "Polygon", "coordinates": [ring]}, properties, assets
    )


def _projected(place: Affine, shape: Tuple[int, int], epsg: int) -> Tuple[Array, Array]:
    # A polynomial through 49 points is within centimetres here, and PROJ takes lists only.
    west, south, north = place.c, place.f + place.e * shape[0], place.f
    east = place.c + place.a * shape[1]
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 7)))
    known = transform(
        "OGC:CRS84",
        f"EPSG:{epsg}",
        (west + u * (east - west)).tolist(),
        (north + v * (south - north)).tolist(),
    )
    terms = np.stack([u**i * v**j for i in range(4) for j in range(4 - i)], axis=1)
    columns, rows = (np.arange(shape[1]) + 0.5) / shape[1], (np.arange(shape[0]) + 0.5) / shape[0]
    found = []
    for values in known:
        weights = np.linalg.lstsq(terms, np.array(values), rcond=None)[0]
        powers = [(i, j) for i in range(4) for j in range(4 - i)]
        found.append(sum(w * np.outer(rows**j, columns**i) for w, (i, j) in zip(weights, powers)))
    return found[0], found[1]


def _corner(lat: float, lon: float) -> str:
    """``N36_00_E051_00`` of the degree that a place lies in."""
    south, west = int(np.floor(lat)), int(np.floor(lon))
    ns, ew = "NS"[south < 0], "EW"[west < 0]
    return f"{ns}{abs(south):02d}_00_{ew}{abs(west):03d}_00"


def stac_item(
    collection: str,
    name: str,
    geometry: Dict[str, Any],
    properties: Dict[str, Any],
    assets: Dict[str, Any],
) -> Dict[str, Any]:
    """A STAC item whose bounding box is that of its geometry."""
    xs, ys = np.array(geometry["coordinates"][0], float).T
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": collection,
        "geometry": geometry,
        "bbox": [float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())],
        "properties": {"datetime": None, **properties},
        "links": [],
        "assets": assets,
    }


def write_cog(
    path: Path, pixels: npt.NDArray[Any], place: Affine, crs: str, nodata: Optional[float]
) -> None:
    """Write a cloud-optimised GeoTIFF of one band, ``(H, W)``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=pixels.shape[1],
        height=pixels.shape[0],
        count=1,
        dtype=pixels.dtype.name,
        crs=crs,
        transform=place,
        nodata=nodata,
        compress="deflate",
        blocksize=256,
        level=1,
        overviews="none",
    ) as target:
        target.write(pixels, 1)
