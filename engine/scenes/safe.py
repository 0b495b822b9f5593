# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products in the SAFE format, as folders."""

from __future__ import annotations

from pathlib import Path
from typing import List, Sequence

from ..contract.errors import MissingBand, SeveralProducts
from .product import Meaning, Product, band_files, meaning_by_name
from .product_metadata import FILE_NAME, read_metadata
from .sentinel2 import ProductReader


class SafeReader(ProductReader):
    """Opens a ``.SAFE`` folder, the folder that it is alone in, or its ``MTD_MSI….xml``."""

    def accepts(self, paths: Sequence[str]) -> bool:
        """Whether it is one path, of a product or of a folder with products."""
        return len(paths) == 1 and bool(_roots(paths[0]))

    def product(self, path: str) -> Product:
        """What is in a product.

        Raises:
            SeveralProducts: There is more than one.
            MissingBand: There is no image in it.
            UnreadableMetadata: Its metadata is damaged.
        """
        roots = _roots(path)
        check_single(path, [root.name for root in roots])
        root = roots[0]
        images = sorted(root.glob("GRANULE/*/IMG_DATA"))
        check_single(path, [folder.parent.name for folder in images])
        if not images:
            raise MissingBand(f"{path} holds no GRANULE/*/IMG_DATA.", "Download the product again.")
        files = [str(file) for file in images[0].rglob("*") if file.is_file()]
        return Product(path, band_files(files, path), metadata_in(root))


def metadata_in(root: Path) -> Meaning:
    """What a product's folder says of its numbers: in its XML, else in its name."""
    for file in sorted(root.glob("MTD_MSI*.xml")):
        if FILE_NAME.match(file.name):
            return read_metadata(file.read_bytes(), str(file))
    return meaning_by_name([root.name])


def check_single(path: str, names: Sequence[str]) -> None:
    """Refuse several products where one was asked for.

    Raises:
        SeveralProducts: There are several ``names``.
    """
    if len(names) > 1:
        raise SeveralProducts(
            f"{path} holds {len(names)} products: {', '.join(sorted(names)[:4])}.",
            "Give one of them, or all of them to 'Classify many tiles'.",
        )


def _roots(path: str) -> List[Path]:
    """The products at a path: itself, or what lies directly in it."""
    place = Path(path)
    if FILE_NAME.match(place.name) and place.is_file():
        return [place.parent]
    if not place.is_dir():
        return []
    if _is_product(place):
        return [place]
    return [folder for folder in sorted(place.iterdir()) if _is_product(folder)]


def _is_product(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    named = any((folder / f"MTD_MSI{level}.xml").is_file() for level in ("L2A", "L1C"))
    return named or (folder.suffix.upper() == ".SAFE" and (folder / "GRANULE").is_dir())
