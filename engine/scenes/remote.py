# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products in an object store or on the web: SAFE folders and folders of bands."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import Dict, List, Sequence

from ..contract.errors import MissingBand
from ..core.storage import Storage
from .address import SCHEMES, STORES, gdal_name
from .product import Meaning, Product, band_file, band_files, meaning_by_name
from .product_metadata import FILE_NAME, read_metadata
from .safe import check_single
from .sentinel2 import ProductReader


class RemoteReader(ProductReader):
    """Opens a product's folder by its address: ``s3://…``, or ``https://`` where it lists files."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether it is one address of a folder; on the web only a product's name tells."""
        if len(paths) != 1:
            return False
        scheme, _, rest = paths[0].rstrip("/").partition("://")
        ending = PurePosixPath(rest).suffix.lower()
        return (scheme in STORES and ending == "") or (scheme in SCHEMES and ending == ".safe")

    def product(self, path: str) -> Product:
        """What is in a folder.

        Raises:
            MissingInput: There is no such folder.
            UnreachableStorage: It cannot be listed.
            SeveralProducts: There is more than one product in it.
            MissingBand: There is no band in it.
            UnreadableMetadata: Its metadata is damaged.
        """
        storage = Storage()
        names = sorted(item.path for item in storage.files(path.rstrip("/")))
        described = [name for name in names if FILE_NAME.match(PurePosixPath(name).name)]
        check_single(path, [PurePosixPath(name).parent.name for name in described])
        images = [name for name in names if "IMG_DATA" in PurePosixPath(name).parts] or names
        if not any(band_file(name) for name in images):
            raise MissingBand(
                f"{path} holds no file of a band.", "Give the folder of a Sentinel-2 product."
            )
        meaning = _meaning(storage, described, [path, *images])
        _tell_gdal_where()
        return Product(path, band_files(map(gdal_name, images), path), meaning)


def _meaning(storage: Storage, described: List[str], names: List[str]) -> Meaning:
    if described:
        return read_metadata(storage.read_bytes(described[0]), described[0])
    return meaning_by_name(PurePosixPath(name).name for name in names)


def _tell_gdal_where() -> None:
    """Give GDAL the store's address under the names that it knows, in every thread.

    Those that are set already count; the credentials have the same names everywhere.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    scheme, _, host = endpoint.rpartition("://")
    wanted: Dict[str, str] = {"GDAL_HTTP_MAX_RETRY": "4", "GDAL_HTTP_TIMEOUT": "60",
                              "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}  # fmt: skip
    if host:
        wanted.update(
            AWS_S3_ENDPOINT=host.rstrip("/"),
            AWS_HTTPS="NO" if scheme == "http" else "YES",
            AWS_VIRTUAL_HOSTING="FALSE",  # a store of one's own has one name for all buckets
        )
    for name, value in wanted.items():
        os.environ.setdefault(name, value)
