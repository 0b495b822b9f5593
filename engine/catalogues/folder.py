# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain folders as a catalogue: SAFE products, DEM and WorldCover tiles, known by their names."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from ..core.catalogue_item import Asset, Box, CatalogueItem
from ..core.polygon import box_polygon
from .catalogue import Query, chosen
from .stac_item import DEM, MAP, baseline_offset

_DEPTH = 4
_DEM = re.compile(r"Copernicus_DSM_COG_\d+_([NS])(\d\d)_00_([EW])(\d{3})_00_DEM\.tiff?$", re.I)
_MAP = re.compile(r"ESA_WorldCover_10m_(20\d\d)_v\d+_([NS])(\d\d)([EW])(\d{3})_Map\.tiff?$", re.I)
_IMAGE = re.compile(r"_(B\d[\dA]|SCL)_(\d+)m\.(jp2|tiff?)$")
_SAFE_TIME = re.compile(r"_MSIL2A_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)_N(\d\d)(\d\d)_")
_METADATA = "MTD_MSIL2A.xml"


class FolderCatalogue:
    """Looks through a folder once, when it is first asked.

    Args:
        address: The folder.
        signing: Not used: these are files.
    """

    def __init__(self, address: str, signing: str) -> None:
        self._root, self._lock = Path(address).absolute(), threading.Lock()
        self._items: Optional[List[Tuple[str, CatalogueItem]]] = None

    def search(self, query: Query) -> List[CatalogueItem]:
        """Items that meet a query, whatever the collection is called elsewhere."""
        with self._lock:
            if self._items is None:
                self._items = list(_look(self._root, _DEPTH))
        kind = _kind(query.collection)
        named = [
            CatalogueItem(**{**vars(item), "collection": query.collection})
            for k, item in self._items
            if k == kind
        ]
        return chosen(named, query)


def _kind(collection: str) -> str:
    name = collection.lower()
    if "worldcover" in name:
        return "worldcover"
    return "dem" if "dem" in name else "sentinel-2"


def _look(folder: Path, depth: int) -> Iterator[Tuple[str, CatalogueItem]]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name.upper().endswith(".SAFE"):
            item = _safe(path)
            if item:
                yield "sentinel-2", item
        elif path.is_dir() and depth:
            yield from _look(path, depth - 1)
        else:
            yield from _tile(path)


def _tile(path: Path) -> Iterator[Tuple[str, CatalogueItem]]:
    """A DEM or WorldCover tile; nothing for any other file."""
    dem, cover = _DEM.search(path.name), _MAP.search(path.name)
    if dem:
        assets = {DEM: Asset(str(path))}
        box = _square(dem.groups(), 1)
        yield (
            "dem",
            CatalogueItem(path.stem, "", box, (box_polygon(box),), "", None, path.stem, assets),
        )
    if cover:
        year, *place = cover.groups()
        name, time = path.stem.removesuffix("_Map"), f"{year}-01-01T00:00:00Z"
        assets = {MAP: Asset(str(path))}
        box = _square(place, 3)
        yield (
            "worldcover",
            CatalogueItem(name, "", box, (box_polygon(box),), time, None, path.stem, assets),
        )


def _square(place: Sequence[str], degrees: int) -> Box:
    """(west, south, east, north) of a tile named after its lower left corner."""
    ns, lat, ew, lon = place
    south = int(lat) * (-1 if ns.upper() == "S" else 1)
    west = int(lon) * (-1 if ew.upper() == "W" else 1)
    return float(west), float(south), float(west + degrees), float(south + degrees)


def _safe(product: Path) -> Optional[CatalogueItem]:
    """A SAFE product; None for one without its metadata or pictures."""
    try:
        text = (product / _METADATA).read_text(encoding="utf-8")
    except OSError:
        return None
    ring = _footprint(text)
    named = _SAFE_TIME.search(product.name)
    if not ring or not named:
        return None
    year, month, day, hour, minute, second, major, minor = named.groups()
    start = _first(r"<PRODUCT_START_TIME>([^<]+)<", text)
    cloud = _first(r"<Cloud_Coverage_Assessment>([^<]+)<", text)
    offsets = re.findall(r"<BOA_ADD_OFFSET[^>]*>(-?\d+)<", text)
    offset = int(offsets[0]) if offsets else baseline_offset(f"{major}.{minor}")
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    box: Box = (min(xs), min(ys), max(xs), max(ys))
    return CatalogueItem(
        id=product.name.removesuffix(".SAFE"),
        collection="",
        bbox=box,
        polygons=((tuple(ring),),),
        time=start or f"{year}-{month}-{day}T{hour}:{minute}:{second}Z",
        cloud=float(cloud) if cloud else None,
        product=product.name.removesuffix(".SAFE"),
        assets=_images(product, offset),
    )


def _footprint(text: str) -> List[Tuple[float, float]]:
    """The outline that the product's metadata states, longitude and latitude."""
    listed = _first(r"<EXT_POS_LIST>([^<]+)<", text) or ""
    numbers = [float(part) for part in listed.split()]
    return [(lon, lat) for lat, lon in zip(numbers[::2], numbers[1::2])]


def _images(product: Path, offset: int) -> Dict[str, Asset]:
    """The finest picture of each band."""
    found: Dict[str, Tuple[int, Path]] = {}
    for folder, _, names in os.walk(product / "GRANULE"):
        for name in names:
            match = _IMAGE.search(name)
            if match:
                band, metres = match.group(1), int(match.group(2))
                if band not in found or metres < found[band][0]:
                    found[band] = (metres, Path(folder, name))
    return {
        band: Asset(str(path), 0 if band == "SCL" else offset)
        for band, (_, path) in sorted(found.items())
    }


def _first(pattern: str, text: str) -> Optional[str]:
    match = re.search(pattern, text)
    return match.group(1).strip() if match else None
