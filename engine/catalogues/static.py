# SPDX-License-Identifier: GPL-3.0-or-later
"""A static STAC catalogue: JSON files that link to each other, on a disk or on the web."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Dict, List, Optional

from ..contract.errors import UnreachableCatalogue, UnusableCatalogue
from ..core.address import whole
from ..core.catalogue_item import CatalogueItem
from ..core.storage import Storage, is_remote
from .catalogue import Query, chosen, root_file
from .stac_item import item_of


class StaticCatalogue:
    """Reads a collection's items once and keeps them.

    Args:
        address: Its root file, or the folder of it.
        signing: Put into the items.
    """

    def __init__(self, address: str, signing: str) -> None:
        path = address if is_remote(address) else str(root_file(Path(whole(address))) or address)
        self._address, self._signing = path, signing
        self._kept: Dict[str, List[CatalogueItem]] = {}
        self._root: Any = None
        self._lock = threading.Lock()

    def search(self, query: Query) -> List[CatalogueItem]:
        """Items that meet a query; raises as ``Catalogue.search``."""
        with self._lock:
            if query.collection not in self._kept:
                self._kept[query.collection] = self._read(query.collection)
        return chosen(self._kept[query.collection], query)

    def _read(self, collection: str) -> List[CatalogueItem]:
        import pystac
        from pystac.errors import STACError, STACTypeError

        try:
            if self._root is None:
                self._root = pystac.read_file(self._address, stac_io=_reader())
            contents = _contents(self._root, collection)
        except (STACError, STACTypeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnusableCatalogue(
                f"{self._address} is no STAC catalogue: {error}.", "Give the root of one."
            ) from error
        except Exception as error:  # what a failed download or a missing file raises differs
            raise UnreachableCatalogue(
                f"{self._address}, or a file that it links to, cannot be read: {error}.",
                "Check that the catalogue is whole.",
            ) from error
        return [item_of(content, self._signing) for content in contents]


def _reader() -> Any:
    """Reads a catalogue's files from wherever they lie."""
    from pystac.stac_io import DefaultStacIO

    class Reader(DefaultStacIO):
        def read_text_from_href(self, href: str) -> str:
            if href.startswith("s3://"):
                return Storage().read_bytes(href).decode("utf-8")
            return str(super().read_text_from_href(href))

    return Reader()


def _contents(root: Any, collection: str) -> List[Dict[str, Any]]:
    import pystac

    if not isinstance(root, pystac.Catalog):
        raise ValueError("it is no catalogue, but a single item")
    place: Optional[Any] = root if root.id == collection else root.get_child(collection, True)
    contents = []
    for item in (place or root).get_items(recursive=True):
        if place or item.collection_id == collection:
            item.make_asset_hrefs_absolute()
            content = item.to_dict(include_self_link=False, transform_hrefs=False)
            contents.append({**content, "collection": collection})
    return contents
