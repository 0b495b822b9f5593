# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAC API: searched on the server as far as it can, and filtered again here."""

from __future__ import annotations

import threading
from typing import Any, Dict, List

from ..contract.errors import UnreachableCatalogue, UnusableCatalogue
from ..core.catalogue_item import CatalogueItem
from .catalogue import Query, chosen
from .stac_item import item_of

_TIMEOUT_S, _PAGE, _BUSY = 60, 250, 500
_REMEDY = "Check the address and the network, then run it again."


class ApiCatalogue:
    """Searches a STAC API; a root without a search is read as a static catalogue.

    Args:
        address: Its root.
        signing: Put into the items.
    """

    def __init__(self, address: str, signing: str) -> None:
        self._address, self._signing = address, signing
        self.searches = 0
        self._lock = threading.Lock()
        self._client = self._asked(lambda: _client(address))
        self._static: Any = None
        if not self._client.get_search_link():
            from .static import StaticCatalogue

            self._static = StaticCatalogue(address, signing)

    def search(self, query: Query) -> List[CatalogueItem]:
        """Items that meet a query; raises as ``Catalogue.search``."""
        if self._static:
            found: List[CatalogueItem] = self._static.search(query)
            return found
        with self._lock:
            self.searches += 1
        contents = self._asked(lambda: self._contents(query))
        return chosen([item_of(content, self._signing) for content in contents], query)

    def _contents(self, query: Query) -> List[Dict[str, Any]]:
        arguments: Dict[str, Any] = {"collections": [query.collection], "bbox": list(query.bbox)}
        if query.start and query.end:
            arguments["datetime"] = f"{query.start}T00:00:00Z/{query.end}T23:59:59Z"
        # A server that does not announce a filter may answer with nothing at all instead.
        if query.max_cloud is not None:
            if self._client.conforms_to("QUERY"):
                arguments["query"] = {"eo:cloud_cover": {"lt": query.max_cloud}}
            elif self._client.conforms_to("FILTER"):
                cloud = [{"property": "eo:cloud_cover"}, query.max_cloud]
                arguments["filter"] = {"op": "<", "args": cloud}
                arguments["filter_lang"] = "cql2-json"
        search = self._client.search(method="POST", limit=_PAGE, max_items=None, **arguments)
        return list(search.items_as_dicts())

    def _asked(self, ask: Any) -> Any:
        import requests
        from pystac.errors import STACError, STACTypeError
        from pystac_client.errors import ClientTypeError
        from pystac_client.exceptions import APIError

        try:
            return ask()
        except (requests.ConnectionError, requests.Timeout) as error:
            raise self._down(error) from error
        except APIError as error:
            status = getattr(error, "status_code", None) or 0
            silent = (requests.ConnectionError, requests.Timeout, requests.exceptions.RetryError)
            if status >= _BUSY or isinstance(error.__context__, silent):
                raise self._down(error) from error
            raise self._nonsense(error) from error
        except (
            *(STACError, STACTypeError, ClientTypeError),
            *(ValueError, KeyError, TypeError, AttributeError),
        ) as error:
            raise self._nonsense(error) from error

    def _down(self, error: Exception) -> UnreachableCatalogue:
        return UnreachableCatalogue(f"{self._address} does not answer: {_short(error)}.", _REMEDY)

    def _nonsense(self, error: Exception) -> UnusableCatalogue:
        return UnusableCatalogue(
            f"{self._address} does not answer as a STAC API: {_short(error)}.", _REMEDY
        )


def _client(address: str) -> Any:
    from pystac_client import Client
    from pystac_client.stac_api_io import StacApiIO
    from urllib3 import Retry

    retry = Retry(
        total=4,
        backoff_factor=0.5,
        status_forcelist=[429, 500, 502, 503, 504],
        allowed_methods=None,
        raise_on_status=True,
    )
    return Client.open(address, stac_io=StacApiIO(max_retries=retry, timeout=_TIMEOUT_S))


def _short(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:300]
