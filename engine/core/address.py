# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of files, and the names that GDAL has for them."""

from __future__ import annotations

import re
from pathlib import Path

STORES = {"s3": "/vsis3/"}
SCHEMES = (*STORES, "https", "http")
_WEB = "/vsicurl/"
# GDAL counts braces in /vsizip/{archive}/inside; without them the ending tells where that begins.
_ARCHIVE = re.compile(
    r"/vsi(?:zip|tar|gzip)/(?:\{(.+?)\}|(.+?\.(?:zip|tar|tgz|tar\.gz|gz)))(?:/|$)", re.IGNORECASE
)


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


def is_address(path: str) -> bool:
    """Whether it is an address as users write it, with a scheme that can be read."""
    return path.partition("://")[0] in SCHEMES and "://" in path


def whole(path: str) -> str:
    """A path that means the same in every process, also one started in another folder."""
    known = not path or is_address(path) or path.startswith("/vsi")
    return path if known else str(Path(path).absolute())


def archive_of(name: str) -> str:
    """The archive in GDAL's name for a file inside of one; empty if it is no such name."""
    found = _ARCHIVE.match(name)
    return (found[1] or found[2]) if found else ""
