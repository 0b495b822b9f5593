# SPDX-License-Identifier: GPL-3.0-or-later
"""What a catalogue can be asked, and how one is opened by its address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, List, Optional, Protocol

from ..contract.errors import MissingInput
from ..core.catalogue_item import Box, CatalogueItem
from ..core.storage import is_remote
from . import CATALOGUES

ADDRESSES = {
    "planetary-computer": "https://planetarycomputer.microsoft.com/api/stac/v1",
    "earth-search": "https://earth-search.aws.element84.com/v1",
}


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Args:
        collection: Name of the collection.
        bbox: (west, south, east, north), degrees.
        start, end: First and last day, UTC, both included; None for any time.
        max_cloud: Cloud cover must lie below, per cent; None for any.
    """

    collection: str
    bbox: Box
    start: Optional[dt.date] = None
    end: Optional[dt.date] = None
    max_cloud: Optional[float] = None


class Catalogue(Protocol):
    """Finds items."""

    def search(self, query: Query) -> List[CatalogueItem]:
        """Items that meet a query, the least cloudy first, then by time and name.

        Raises:
            UnreachableCatalogue: It does not answer.
            UnusableCatalogue: Its answer is none.
        """


def open_catalogue(address: str, signing: str = "auto") -> Catalogue:
    """Open a catalogue.

    Args:
        address: A name of ``ADDRESSES``, a web address, a ``catalog.json``, or a folder.
        signing: ``auto`` (as the address needs), ``none`` or ``planetary-computer``.

    Raises:
        MissingInput: There is no such file or folder.
        UnreachableCatalogue, UnusableCatalogue: There is no catalogue at that address.
    """
    address = ADDRESSES.get(address, address)
    if signing == "auto":
        signing = "planetary-computer" if "planetarycomputer" in address else ""
    signing = "" if signing == "none" else signing
    return CATALOGUES.load(_kind(address))(address, signing)


def _kind(address: str) -> str:
    if is_remote(address):
        return "static" if address.endswith(".json") else "api"
    path = Path(address)
    if path.is_file():
        return "static"
    if not path.is_dir():
        raise MissingInput(
            f"There is no catalogue {address}.",
            f"Give a web address, a catalog.json, a folder, or {' or '.join(ADDRESSES)}.",
        )
    return "static" if root_file(path) else "folder"


def root_file(folder: Path) -> Optional[Path]:
    """The root of a static catalogue in a folder, or None."""
    paths = [folder / "catalog.json", folder / "collection.json"]
    return next((path for path in paths if path.is_file()), None)


def chosen(items: List[CatalogueItem], query: Query) -> List[CatalogueItem]:
    """Filter and sort, whatever the catalogue has done already."""
    kept = {item.id: item for item in items if _meets(item, query)}
    return sorted(kept.values(), key=_order)


def _meets(item: CatalogueItem, query: Query) -> bool:
    west, south, east, north = query.bbox
    box = item.bbox
    if item.collection != query.collection:
        return False
    if box[0] > east or box[2] < west or box[1] > north or box[3] < south:
        return False
    if query.max_cloud is not None and item.cloud is not None and item.cloud >= query.max_cloud:
        return False
    if query.start is None or query.end is None:
        return True
    return bool(item.time) and query.start.isoformat() <= item.time[:10] <= query.end.isoformat()


def _order(item: CatalogueItem) -> Any:
    return (100.0 if item.cloud is None else item.cloud, item.time, item.id)
