# SPDX-License-Identifier: GPL-3.0-or-later
"""Which addresses are signed, and by whom."""

from __future__ import annotations

import json

import pytest
from coverloom.engine.catalogues.catalogue import open_catalogue
from coverloom.engine.catalogues.signing import sign
from coverloom.engine.contract.errors import UnreachableCatalogue

from .servers import serve


@pytest.fixture
def tokens(monkeypatch):
    """A service that gives tokens, as Planetary Computer's own; its answer can be changed."""
    from planetary_computer import sas
    from planetary_computer.settings import Settings

    holder = {"answer": {"token": "se=2100&sig=1", "msft:expiry": "2100-01-01T00:00:00Z"}}
    server, address, asked = serve(lambda path, body: (200, json.dumps(holder["answer"]).encode()))
    monkeypatch.setattr(Settings.get(), "sas_url", f"{address}/token")
    monkeypatch.setattr(sas, "TOKEN_CACHE", {})
    holder["asked"] = asked
    yield holder
    server.shutdown()


BLOB = "https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2"


def test_addresses_are_signed_with_one_token_a_container(tokens):
    for name in ("a", "b"):
        signed = sign(f"{BLOB}/{name}.tif", "planetary-computer")
        assert signed == f"{BLOB}/{name}.tif?se=2100&sig=1"
    assert [path for path, _ in tokens["asked"]] == ["/token/sentinel2l2a01/sentinel2-l2"]
    elsewhere = "https://example.org/a.tif"
    assert sign(elsewhere, "planetary-computer") == elsewhere
    assert sign(f"{BLOB}/a.tif", "") == f"{BLOB}/a.tif"
    assert len(tokens["asked"]) == 1


def test_a_signing_service_that_gives_no_token_is_named(tokens):
    tokens["answer"] = {"detail": "none for you"}
    with pytest.raises(UnreachableCatalogue, match="Planetary Computer signed no address"):
        sign(f"{BLOB}/a.tif", "planetary-computer")


@pytest.mark.parametrize(("address", "signing", "expected"), [
    ("https://planetarycomputer.microsoft.com/api/stac/v1", "auto", "planetary-computer"),
    ("https://planetarycomputer.microsoft.com/api/stac/v1", "none", ""),
    ("https://earth-search.aws.element84.com/v1", "auto", ""),
    ("https://example.org/stac", "planetary-computer", "planetary-computer"),
])  # fmt: skip
def test_only_planetary_computer_is_signed_by_itself(monkeypatch, address, signing, expected):
    monkeypatch.setattr("coverloom.engine.catalogues.api._client", _Silent)
    assert open_catalogue(address, signing)._signing == expected


class _Silent:
    """A client that asks nothing."""

    def __init__(self, address):
        self.address = address

    def get_search_link(self):
        return True
