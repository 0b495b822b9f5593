# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products as they are downloaded: a SAFE folder in a zip archive, read in place."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Sequence

from ..contract.errors import MissingBand
from ..core.address import gdal_name, is_address
from ..core.archive import open_archive
from .product import Meaning, Product, band_files, meaning_by_name
from .product_metadata import FILE_NAME, read_metadata
from .safe import check_single
from .sentinel2 import ProductReader


class SafeZipReader(ProductReader):
    """Opens a ``.zip`` of a SAFE folder, here or at an address, without unpacking it."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether it is one zip archive; GDAL names are left to GDAL."""
        return (
            len(paths) == 1
            and not paths[0].startswith("/vsi")
            and Path(paths[0]).suffix.lower() == ".zip"
        )

    def product(self, path: str) -> Product:
        """What is in an archive.

        Raises:
            MissingInput, UnreachableStorage: It is at an address, and cannot be had from there.
            UnreadableRaster: The archive is damaged or cut short.
            SeveralProducts: There is more than one product.
            MissingBand: There is none.
            UnreadableMetadata: Its metadata is damaged.
        """
        place = gdal_name(path) if is_address(path) else Path(path).absolute().as_posix()
        inside = f"/vsizip/{{{place}}}/"
        with open_archive(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            meaning = _meaning(archive, path, names)
        images = [inside + name for name in names if "IMG_DATA" in PurePosixPath(name).parts]
        if not images:
            raise MissingBand(
                f"{path} holds no GRANULE/*/IMG_DATA.", "Give the zip of a Sentinel-2 product."
            )
        if meaning.file:
            meaning = replace(meaning, file=inside + meaning.file)
        return Product(path, band_files(images, path), meaning)


def _meaning(archive: zipfile.ZipFile, path: str, names: Sequence[str]) -> Meaning:
    described = [name for name in names if FILE_NAME.match(PurePosixPath(name).name)]
    check_single(path, [str(PurePosixPath(name).parent) for name in described])
    if not described:
        return meaning_by_name([Path(path).name, *names[:1]])
    said = read_metadata(archive.read(described[0]), f"{path}/{described[0]}")
    return replace(said, file=described[0])
