# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products in an object store or on the web: SAFE folders and folders of bands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import List, Sequence

from ..contract.errors import MissingBand
from ..core.address import SCHEMES, STORES, gdal_name
from ..core.storage import Storage
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
        return Product(path, band_files(map(gdal_name, images), path), meaning)


def _meaning(storage: Storage, described: List[str], names: List[str]) -> Meaning:
    if described:
        said = read_metadata(storage.read_bytes(described[0]), described[0])
        return replace(said, file=gdal_name(described[0]))
    return meaning_by_name(PurePosixPath(name).name for name in names)
