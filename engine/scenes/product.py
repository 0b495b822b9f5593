# SPDX-License-Identifier: GPL-3.0-or-later
"""A Sentinel-2 product: which file holds which band, and what its numbers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Dict, Iterable, Mapping, Optional, Tuple

from ..contract.errors import AmbiguousBand, MissingBand, SeveralProducts
from .binding import normalised

ENDINGS = (".jp2", ".tif", ".tiff", ".img", ".vrt")
# Metres; https://sentinels.copernicus.eu/web/sentinel/user-guides/sentinel-2-msi/resolutions
NATIVE_M = {
    "B1": 60, "B2": 10, "B3": 10, "B4": 10, "B5": 20, "B6": 20, "B7": 20, "B8": 10, "B8A": 20,
    "B9": 60, "B10": 60, "B11": 20, "B12": 20,
}  # fmt: skip
SCENE_CLASSES = "SCL"
_BAND = re.compile(r"^(?:B0?[1-9]|B1[0-2]|B8A|SCL)$", re.IGNORECASE)
_TIME_OR_TILE = re.compile(r"^(?:\d{8}T\d{6}|T?\d{2}[A-Z]{3})$", re.IGNORECASE)
_METRES = re.compile(r"^R?(\d{2})M$", re.IGNORECASE)
_BASELINE = re.compile(r"_N(\d{2})(\d{2})(?:_|\.|$)")
_OFFSET_SINCE, _OFFSET_BEFORE = 4.0, 90.0  # N9999 marks BigEarthNet's own processing
_SINCE_4 = -1000.0


@dataclass(frozen=True)
class BandFile:
    """A file with one band.

    Args:
        band: The normalised name: ``B2``, ``B8A``, ``SCL``.
        path: File, or GDAL's name for it.
        metres: Pixel size that its name or folder states; None if neither does.
        product: Times and tile that its name states: equal within one product.
    """

    band: str
    path: str
    metres: Optional[int]
    product: str


@dataclass(frozen=True)
class Meaning:
    """What the stored numbers are: ``reflectance = (stored + offset) / quantification``.

    Args:
        level: ``L2A`` or ``L1C``.
        baseline: Processing baseline, as the product spells it; empty if it does not say.
        quantification: Stored steps in a reflectance of 1.
        offsets: Band to what is added to its stored numbers; 0 for one that is not listed.
        listed: Bands that the product says it has, whether or not their files are there.
        file: The file that says so, by GDAL's name for it; empty where names alone do.
    """

    level: str = "L2A"
    baseline: str = ""
    quantification: float = 10_000.0
    offsets: Mapping[str, float] = field(default_factory=dict)
    listed: Tuple[str, ...] = ()
    file: str = ""

    def offset(self, band: str) -> float:
        """What is added to the stored numbers of ``band``."""
        return self.offsets.get(normalised(band), 0.0)


@dataclass(frozen=True)
class Product:
    """One product of one tile.

    Args:
        path: What the user gave.
        files: Every file of a band or of the scene classes, at every resolution.
        meaning: Of the numbers.
    """

    path: str
    files: Tuple[BandFile, ...]
    meaning: Meaning

    def choose(self, band: str, metres: int) -> BandFile:
        """The file of ``band`` for a grid of ``metres``.

        It is the one of just that pixel size, or of the band's own if that is coarser; else the
        finest. So on the 10 m grid, a copy that the product itself made coarser is never taken
        where the band is there as it was measured.

        Raises:
            MissingBand: There is none.
        """
        key = normalised(band)
        there = [file for file in self.files if file.band == key]
        if not there:
            raise self._missing(band)
        wanted = max(metres, NATIVE_M.get(key, 0))
        exact = [file for file in there if file.metres == wanted]
        return min(exact or there, key=lambda file: (file.metres or 0, file.path))

    def _missing(self, band: str) -> MissingBand:
        has = ", ".join(sorted({file.band for file in self.files}, key=_order)) or "no band"
        if normalised(band) in self.meaning.listed:
            return MissingBand(
                f"{self.path} lists band {band}, but its file is not there.",
                "Download the product again.",
            )
        radar = band.upper() in ("VV", "VH", "HH", "HV")
        return MissingBand(
            f"{self.path} lacks band {band} of the model; it has {has}.",
            "Give Sentinel-1 as S1." if radar else "Give a product with all of the model's bands.",
        )


def band_file(path: str) -> Optional[BandFile]:
    """What a file's name says of it; None if it names no band, or is no raster.

    ``T33UUP_20220101T100319_B02_10m.jp2``, ``b2.tif``, ``R60m/…_B8A.tif``, ``…_SCL_20m.jp2``.
    """
    name = PurePath(path)
    if name.suffix.lower() not in ENDINGS:
        return None
    parts = re.split(r"[\s_.-]+", name.stem)
    bands = [part for part in parts if _BAND.match(part)]
    if len(bands) != 1:
        return None
    sizes = [_METRES.match(part) for part in (*parts, name.parent.name)]
    metres = next((int(found[1]) for found in sizes if found), None)
    product = sorted({part.upper() for part in parts if _TIME_OR_TILE.match(part)})
    return BandFile(normalised(bands[0]), path, metres, " ".join(product))


def band_files(paths: Iterable[str], where: str) -> Tuple[BandFile, ...]:
    """The band files among ``paths``.

    Raises:
        SeveralProducts: They are of more than one product.
        AmbiguousBand: One band is there twice at one pixel size.
    """
    found = [file for file in map(band_file, sorted(paths)) if file is not None]
    products = sorted({file.product for file in found})
    if len(products) > 1:
        names = ", ".join(name or "(no name)" for name in products[:4])
        raise SeveralProducts(
            f"{where} holds band files of {len(products)} products: {names}.",
            "Give each product a folder of its own.",
        )
    seen: Dict[Tuple[str, Optional[int]], BandFile] = {}
    for file in found:
        other = seen.setdefault((file.band, file.metres), file)
        if other is not file:
            raise AmbiguousBand(
                f"{where} holds band {file.band} twice: {PurePath(other.path).name} and "
                f"{PurePath(file.path).name}.",
                "Leave one of them out.",
            )
    return tuple(found)


def meaning_by_name(names: Iterable[str]) -> Meaning:
    """What names alone tell: level and baseline, as in ``S2A_MSIL2A_…_N0400_…``.

    Since baseline 04.00 an offset of -1000 is in every band (ESA, Sentinel-2 Products
    Specification Document, issue 14.9).
    """
    names = tuple(names)
    level = "L1C" if any("MSIL1C" in name for name in names) else "L2A"
    found = next((m for m in map(_BASELINE.search, names) if m), None)
    if found is None:
        return Meaning(level)
    number = float(f"{found[1]}.{found[2]}")
    shifted = _OFFSET_SINCE <= number < _OFFSET_BEFORE
    offsets = dict.fromkeys(NATIVE_M, _SINCE_4) if shifted else {}
    return Meaning(level, f"{found[1]}.{found[2]}", offsets=offsets)


def _order(band: str) -> Tuple[int, str]:
    digits = re.sub(r"\D", "", band)
    return (int(digits) if digits else 99, band)
