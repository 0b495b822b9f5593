# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 bands as files in one folder, whatever their names' spelling; BigEarthNet patches."""

from __future__ import annotations

from pathlib import Path
from typing import List, Sequence

from .product import Meaning, Product, band_file, band_files, meaning_by_name
from .safe import metadata_in
from .sentinel2 import ProductReader

_SUBFOLDERS = ("R10m", "R20m", "R60m")


class BandFolderReader(ProductReader):
    """Opens a folder of files that each name their band: B02, b2, …_B8A_20m."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether it is one folder with at least one such file."""
        return len(paths) == 1 and any(band_file(name) for name in _rasters(paths[0]))

    def product(self, path: str) -> Product:
        """What is in a folder.

        Raises:
            SeveralProducts: Its files are of more than one product.
            AmbiguousBand: A band is there twice at one pixel size.
            UnreadableMetadata: The metadata beside it is damaged.
        """
        names = _rasters(path)
        return Product(path, band_files(names, path), _meaning(Path(path), names))


def _rasters(path: str) -> List[str]:
    folder = Path(path)
    if not folder.is_dir():
        return []
    places = [folder, *(folder / name for name in _SUBFOLDERS)]
    return [str(f) for place in places if place.is_dir() for f in place.iterdir() if f.is_file()]


def _meaning(folder: Path, names: Sequence[str]) -> Meaning:
    """By the metadata in the folder, or of the product that it is a part of; else by names."""
    for place in (folder, *folder.absolute().parents[:4]):
        if any(place.glob("MTD_MSI*.xml")):
            return metadata_in(place)
    above = [place.name for place in folder.absolute().parents[:4]]
    return meaning_by_name([folder.name, *above, *(Path(name).name for name in sorted(names))])
