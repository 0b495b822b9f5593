# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of files, and the names that GDAL has for them."""

from __future__ import annotations

STORES = {"s3": "/vsis3/"}
SCHEMES = (*STORES, "https", "http")
_WEB = "/vsicurl/"


def gdal_name(address: str) -> str:
    """GDAL's name for an address: ``s3://bucket/key`` is ``/vsis3/bucket/key``."""
    scheme, _, rest = address.partition("://")
    return f"{STORES[scheme]}{rest}" if scheme in STORES else f"{_WEB}{address}"


def address_of(name: str) -> str:
    """The address that GDAL has a name for; empty for a name of any other file."""
    for scheme, prefix in STORES.items():
        if name.startswith(prefix):
            return f"{scheme}://{name[len(prefix) :]}"
    return name[len(_WEB) :] if name.startswith(_WEB) else ""
