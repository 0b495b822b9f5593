# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenes of one day as one raster: named bands, classification and offsets applied."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.warp import transform_bounds

from ..contract.errors import EmptyIntersection
from ..core.catalogue_item import Box, CatalogueItem
from ..core.grid import Grid
from ..core.polygon import inside
from ..core.window import Window
from .offset import with_offset
from .sources import Sign, Sources, settings

_PROBES, _ROWS = 24, 1024
_STORED = {
    "driver": "GTiff",
    "dtype": "uint16",
    "nodata": 0,
    "blockxsize": 256,
    "blockysize": 256,
    "compress": "zstd",
    "predictor": 2,
    "interleave": "band",
    "tiled": True,
    "BIGTIFF": "IF_SAFER",
}
_WHOLE = 0.995


def choose_day(items: Sequence[CatalogueItem], box: Box) -> Tuple[List[CatalogueItem], float]:
    """The scenes of the day that shows most of an area, and of several such days the clearest.

    Args:
        items: Scenes, the least cloudy first.
        box: (west, south, east, north) of the area, degrees.

    Returns:
        Scenes of one day, the one that shows most of the area first, and the share of the area
        that they show, in [0, 1]; nothing and 0 if none shows any.
    """
    days: Dict[str, List[CatalogueItem]] = {}
    for item in items:
        days.setdefault(item.time[:10], []).append(item)
    best: Tuple[Tuple[float, float, str], List[CatalogueItem]] | None = None
    for day, scenes in days.items():
        seen = [_seen(scene, box) for scene in scenes]
        share = float(np.any(seen, axis=0).mean())
        order = sorted(range(len(scenes)), key=lambda i, s=seen: -s[i].mean())  # type: ignore[misc]
        used = _needed([scenes[i] for i in order], [seen[i] for i in order])
        if not used:
            continue
        cloud = sum(100.0 if s.cloud is None else s.cloud for s in used) / len(used)
        rank = (-1.0 if share >= _WHOLE else -share, cloud, day)
        if best is None or rank < best[0]:
            best = (rank, used)
    return (best[1], -best[0][0]) if best else ([], 0.0)


def _needed(
    scenes: Sequence[CatalogueItem], seen: Sequence[npt.NDArray[np.bool_]]
) -> List[CatalogueItem]:
    """Only the scenes that show what those before them do not."""
    used: List[CatalogueItem] = []
    shown = np.zeros(_PROBES**2, np.bool_)
    for scene, part in zip(scenes, seen):
        if (part & ~shown).any():
            used.append(scene)
            shown |= part
    return used


def _seen(scene: CatalogueItem, box: Box) -> npt.NDArray[np.bool_]:
    west, south, east, north = box
    steps = (np.arange(_PROBES) + 0.5) / _PROBES
    lon, lat = (
        g.ravel()
        for g in np.meshgrid(west + steps * (east - west), south + steps * (north - south))
    )
    found = np.zeros(len(lon), np.bool_)
    for polygon in scene.polygons:
        found |= inside(polygon, lon, lat)
    return found


def grid_of_area(scenes: Sequence[CatalogueItem], box: Box, metres: float, sign: Sign) -> Grid:
    """The area on the pixels of the first scene, or on finer or coarser ones of its corner.

    Raises:
        EmptyIntersection: The area is smaller than a pixel.
        UnreadableAsset: The scene cannot be opened.
    """
    first = scenes[0]
    names = [name for name in ("B02", "SCL", *first.assets) if name in first.assets]
    asset = first.assets[names[0]]
    with rasterio.Env(**settings()):
        sources = Sources(sign)
        whole = sources.grid(asset.href, first.signing)
        sources.close()
    left, lower, right, upper = transform_bounds("OGC:CRS84", whole.crs, *box)
    x0, y0 = whole.transform.c, whole.transform.f
    col, row = math.floor((left - x0) / metres), math.floor((y0 - upper) / metres)
    width, height = math.ceil((right - x0) / metres) - col, math.ceil((y0 - lower) / metres) - row
    if width < 1 or height < 1:
        raise EmptyIntersection(f"The extent {box} has no pixel.", "Give a larger EXTENT.")
    corner = Affine(metres, 0, x0 + col * metres, 0, -metres, y0 - row * metres)
    return Grid(width, height, corner, whole.crs)


def write_stack(
    path: Path,
    grid: Grid,
    names: Sequence[str],
    scenes: Sequence[CatalogueItem],
    sign: Sign,
    advance: Callable[[], None],
) -> None:
    """Write the bands of scenes, the first of which lies on top; 0 where none has a measurement.

    Args:
        path: GeoTIFF to write.
        grid: Its grid.
        names: Its bands.
        scenes: Where they come from.
        sign: Gives the address under which an asset can be read.
        advance: Called after each band.

    Raises:
        UnreadableAsset: A file cannot be read.
    """
    tags = {
        "COVERLOOM_SCENES": ",".join(scene.id for scene in scenes),
        "TIFFTAG_DATETIME": scenes[0].time.replace("-", ":").replace("T", " ")[:19],
    }
    profile = {
        "width": grid.width,
        "height": grid.height,
        "count": len(names),
        "crs": grid.crs,
        "transform": grid.transform,
    }
    with (
        rasterio.Env(**settings()),
        rasterio.open(path, "w", **_STORED, **profile) as target,
    ):
        target.update_tags(**tags)
        sources = Sources(sign)
        for number, name in enumerate(names, 1):
            target.set_band_description(number, name)
            target.update_tags(number, unit="class" if name == "SCL" else "DN, reflectance * 10000")
            for row in range(0, grid.height, _ROWS):
                window = Window(0, row, grid.width, min(_ROWS, grid.height - row))
                pixels = _strip(sources, scenes, name, grid.crop(window))
                target.write(pixels, number, window=((row, window.bottom), (0, grid.width)))
            sources.close()
            advance()


def _strip(
    sources: Sources, scenes: Sequence[CatalogueItem], name: str, grid: Grid
) -> npt.NDArray[np.uint16]:
    how = Resampling.nearest if name == "SCL" else Resampling.bilinear
    total = np.zeros((grid.height, grid.width), np.uint16)
    for scene in scenes:
        asset = scene.assets[name]
        pixels = sources.read((asset.href,), scene.signing, grid, how, 0)
        np.copyto(total, with_offset(pixels, asset.offset), where=total == 0)
    return total
