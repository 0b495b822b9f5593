# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated piece of the Earth for GEDI footprints: scenes, terrain, land cover, a catalogue.

Everything is computed from waves with random phases, so that terrain, land cover and reflectance
are one function of place, across tiles and dates. Nothing in it was measured.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.warp import transform_geom

from .gedi_land import Area, Array, Land, Rng, ScenePlan
from .gedi_tiles import stac_item, write_cog, write_cover, write_dem

# Metres a pixel, and reflectance of bare soil, of forest, of cloud, times 10,000.
BANDS: Dict[str, Tuple[int, int, int, int]] = {
    "B02": (10, 900, 250, 6500),
    "B03": (10, 1200, 450, 6400),
    "B04": (10, 1600, 300, 6500),
    "B05": (20, 1900, 700, 6600),
    "B06": (20, 2100, 1900, 6700),
    "B07": (20, 2250, 2400, 6800),
    "B08": (10, 2400, 2600, 6900),
    "B8A": (20, 2500, 2750, 6900),
    "B09": (60, 2600, 2800, 5000),
    "B11": (20, 3100, 1300, 4200),
    "B12": (20, 2700, 650, 3600),
}
_SHIFTED_BASELINE, _SHIFT = 4.0, 1000


def write_area(rng: Rng, folder: Path, area: Area) -> Tuple[Land, List[Dict[str, Any]]]:
    """Write an area's scenes and tiles.

    Returns:
        The land, and one STAC item a scene or tile, asset addresses absolute.
    """
    folder = folder.absolute()
    ground, weather = rng.spawn(2)
    land = Land(ground, area.relief)
    items = [
        _write_scene(child, folder / "sentinel-2-l2a", area, land, plan)
        for plan, child in zip(area.scenes, weather.spawn(len(area.scenes)))
    ]
    items += write_dem(folder / "cop-dem-glo-30", area, land)
    for year, version in ((2020, "v100"), (2021, "v200")):
        items += write_cover(folder / "esa-worldcover", area, land, year, version)
    return land, items


def write_catalogue(folder: Path, items: Sequence[Dict[str, Any]]) -> Path:
    """Write a static STAC catalogue of items; returns its root."""
    import pystac

    folder = folder.absolute()
    root = pystac.Catalog("generated", "Generated scenes and tiles; nothing was measured.")
    whole = pystac.Extent(
        pystac.SpatialExtent([-180.0, -90.0, 180.0, 90.0]),
        pystac.TemporalExtent([[dt.datetime(2015, 1, 1, tzinfo=dt.timezone.utc), None]]),
    )
    collections: Dict[str, Any] = {}
    for content in items:
        name = content["collection"]
        if name not in collections:
            collections[name] = pystac.Collection(name, f"Generated {name}.", whole)
            root.add_child(collections[name])
        collections[name].add_item(pystac.Item.from_dict(content))
    root.normalize_hrefs(str(folder))
    root.make_all_asset_hrefs_relative()
    root.save(pystac.CatalogType.SELF_CONTAINED)
    return folder / "catalog.json"


def _write_scene(rng: Rng, folder: Path, area: Area, land: Land, plan: ScenePlan) -> Dict[str, Any]:
    first = int(plan.window[0] * area.width) // 6 * 6
    width = int(plan.window[1] * area.width) // 6 * 6 - first
    left = area.left + 10 * first
    sky = _clouds(rng, plan.blobs, left, area.upper, width, area.height)
    stamp, number = plan.day.strftime("%Y%m%d"), plan.baseline.replace(".", "")
    name = f"S2A_MSIL2A_{stamp}T101021_N{number}_R022_T{area.tile}_{stamp}T130000"
    shift = _SHIFT if float(plan.baseline) >= _SHIFTED_BASELINE else 0
    assets: Dict[str, Any] = {}
    ground = {m: _ground(land, sky, _centres(left, area, width, m)) for m in (10, 20, 60)}
    for band, (metres, *_) in (*BANDS.items(), ("SCL", (20, 0, 0, 0))):
        pixels = _pixels(rng, band, ground[metres], shift)
        path = folder / name / f"T{area.tile}_{stamp}_{band}_{metres}m.tif"
        place = Affine(metres, 0, left, 0, -metres, area.upper)
        write_cog(path, pixels, place, f"EPSG:{area.epsg}", 0)
        assets[band] = {"href": str(path), "type": "image/tiff; application=geotiff"}
    right, lower = left + 10 * width, area.upper - 10 * area.height
    ring = [[left, area.upper], [right, area.upper], [right, lower], [left, lower]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    geometry = transform_geom(f"EPSG:{area.epsg}", "OGC:CRS84", shape)
    properties = {
        "datetime": f"{plan.day.isoformat()}T10:10:21Z",
        "eo:cloud_cover": plan.cloud,
        "s2:processing_baseline": plan.baseline,
        "s2:product_uri": f"{name}.SAFE",
    }
    return stac_item("sentinel-2-l2a", name, geometry, properties, assets)


def _clouds(
    rng: Rng, count: int, left: float, upper: float, width: int, height: int
) -> List[Tuple[float, float, float]]:
    """(x, y, radius) of clouds, metres."""
    xs = left + rng.uniform(0, 10 * width, count)
    ys = upper - rng.uniform(0, 10 * height, count)
    return list(zip(xs.tolist(), ys.tolist(), rng.uniform(250, 700, count).tolist()))


def _ground(
    land: Land, sky: Sequence[Tuple[float, float, float]], place: Tuple[Array, Array]
) -> Tuple[Array, Array, Array]:
    """``(H, W)``: share under trees, and 1 where there are clouds, and where shadows."""
    x, y = place
    plants = land.vegetation(x, y)
    cloudy, shady = np.zeros(plants.shape), np.zeros(plants.shape)
    for east, north, radius in sky:
        cloudy[np.hypot(x - east, y - north) < radius] = 1
        shady[np.hypot(x - east - 400, y - north - 300) < radius] = 1
    return plants, cloudy, shady


def _pixels(
    rng: Rng, band: str, ground: Tuple[Array, Array, Array], shift: int
) -> npt.NDArray[Any]:
    plants, cloudy, shady = ground[0], ground[1] > 0, ground[2] > 0
    if band == "SCL":
        classes = np.where(plants > 0.4, 4, np.where(plants > 0.02, 5, 6))
        return np.where(cloudy, 9, np.where(shady, 3, classes)).astype(np.uint8)
    _, bare, forest, cloud = BANDS[band]
    dn = bare + (forest - bare) * plants + rng.normal(0, 25, plants.shape)
    dn = np.where(cloudy, cloud + rng.normal(0, 200, plants.shape), np.where(shady, 0.4 * dn, dn))
    return np.clip(np.rint(dn) + shift, 1, 65535).astype(np.uint16)


def _centres(left: float, area: Area, width: int, metres: int) -> Tuple[Array, Array]:
    columns, rows = width * 10 // metres, area.height * 10 // metres
    x = left + metres * (np.arange(columns) + 0.5)
    y = area.upper - metres * (np.arange(rows) + 0.5)
    return np.broadcast_arrays(x[None, :], y[:, None])  # type: ignore[return-value]
