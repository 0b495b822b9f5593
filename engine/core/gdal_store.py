# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells GDAL where an object store is, from the variables that everything else goes by."""

from __future__ import annotations

import os
from typing import Dict
from urllib.parse import urlsplit


def store_settings() -> Dict[str, str]:
    """GDAL's settings for ``s3://``; empty where the store is Amazon's own.

    GDAL takes keys, profile, region and ``AWS_NO_SIGN_REQUEST`` from the environment itself, but
    not ``AWS_ENDPOINT_URL``.
    """
    address = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    parts = urlsplit(address)
    if not parts.netloc or os.environ.get("AWS_S3_ENDPOINT"):
        return {}
    return {
        "AWS_S3_ENDPOINT": parts.netloc + parts.path.rstrip("/"),
        "AWS_HTTPS": "NO" if parts.scheme == "http" else "YES",
        # A store of one's own seldom has a name for each bucket.
        "AWS_VIRTUAL_HOSTING": "FALSE",
    }
