# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object store is: one set of variables for GDAL and for everything else."""

from __future__ import annotations

import os
from typing import Dict
from urllib.parse import urlsplit

# By itself GDAL never tries again, and waits for ever.
_PATIENCE = {
    "GDAL_HTTP_MAX_RETRY": "4",
    "GDAL_HTTP_RETRY_DELAY": "0.5",
    "GDAL_HTTP_TIMEOUT": "60",
    # A closed file is forgotten, so that a body cut short can be asked for again.
    "CPL_VSIL_CURL_NON_CACHED": "/vsicurl/:/vsis3/",
}


def store_address() -> str:
    """The address of a store of one's own; empty where ``s3://`` is Amazon's."""
    address = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    host = os.environ.get("AWS_S3_ENDPOINT", "")
    if address or not host or "://" in host:
        return address or host
    plain = os.environ.get("AWS_HTTPS", "").upper() in ("NO", "FALSE", "OFF", "0")
    return f"{'http' if plain else 'https'}://{host}"


def store_settings() -> Dict[str, str]:
    """GDAL's settings for ``s3://``.

    GDAL takes keys, profile, region and ``AWS_NO_SIGN_REQUEST`` from the environment itself, but
    not ``AWS_ENDPOINT_URL``, and has another name for ``AWS_SHARED_CREDENTIALS_FILE``.
    """
    keys = os.environ.get("AWS_SHARED_CREDENTIALS_FILE")
    settings = {"CPL_AWS_CREDENTIALS_FILE": keys} if keys else {}
    parts = urlsplit(store_address())
    if not parts.netloc or os.environ.get("AWS_S3_ENDPOINT"):
        return settings
    return {
        **settings,
        "AWS_S3_ENDPOINT": parts.netloc + parts.path.rstrip("/"),
        "AWS_HTTPS": "NO" if parts.scheme == "http" else "YES",
        # A store of one's own seldom has a name for each bucket.
        "AWS_VIRTUAL_HOSTING": "FALSE",
    }


def tell_gdal() -> None:
    """Give GDAL the store's address, and patience, in every thread; what is set already counts."""
    for name, value in {**store_settings(), **_PATIENCE}.items():
        os.environ.setdefault(name, value)
