# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products as they are downloaded: a SAFE folder in a zip archive, read in place."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import Sequence

from ..contract.errors import MissingBand, UnreadableRaster
from .product import Product, band_files, meaning_by_name
from .product_metadata import FILE_NAME, read_metadata
from .safe import check_single
from .sentinel2 import ProductReader


class SafeZipReader(ProductReader):
    """Opens a ``.zip`` of a SAFE folder without unpacking it."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether it is one zip archive; GDAL names are left to GDAL."""
        return len(paths) == 1 and Path(paths[0]).suffix.lower() == ".zip"

    def product(self, path: str) -> Product:
        """What is in an archive.

        Raises:
            UnreadableRaster: The archive is damaged or cut short.
            SeveralProducts: There is more than one product.
            MissingBand: There is none.
            UnreadableMetadata: Its metadata is damaged.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                described = [n for n in names if FILE_NAME.match(PurePosixPath(n).name)]
                check_single(path, [str(PurePosixPath(name).parent) for name in described])
                meaning = (
                    read_metadata(archive.read(described[0]), f"{path}/{described[0]}")
                    if described
                    else meaning_by_name([Path(path).name, *names[:1]])
                )
        except (OSError, zipfile.BadZipFile) as error:
            raise UnreadableRaster(
                f"{path} cannot be read as a zip archive: {error}.", "Download it again."
            ) from error
        inside = [name for name in names if "IMG_DATA" in PurePosixPath(name).parts]
        if not inside:
            raise MissingBand(
                f"{path} holds no GRANULE/*/IMG_DATA.", "Give the zip of a Sentinel-2 product."
            )
        place = Path(path).absolute().as_posix()
        files = [f"/vsizip/{{{place}}}/{name}" for name in inside]
        return Product(path, band_files(files, path), meaning)
