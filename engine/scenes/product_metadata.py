# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``MTD_MSIL2A.xml`` and ``MTD_MSIL1C.xml``.

Element names: ESA, Sentinel-2 Products Specification Document (S2-PDGS-TAS-DI-PSD).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Dict, List, Optional

from ..contract.errors import MissingPackage, UnreadableMetadata
from .binding import normalised
from .product import Meaning, band_file

FILE_NAME = re.compile(r"^MTD_MSI(L2A|L1C)\.xml$")
# Where the product has no list of its own (Spectral_Information_List).
_BAND_IDS = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12")


def read_metadata(text: bytes, path: str) -> Meaning:
    """What a product says of its numbers.

    Args:
        text: The XML.
        path: Of the file, for messages and for ``Meaning.file``.

    Raises:
        UnreadableMetadata: No XML, an entity in it, or a number that is none.
        MissingPackage: The environment has no defusedxml.
    """
    try:
        # Not at the top: every scene asks this reader, and most have no XML.
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError as error:
        raise MissingPackage(
            f"{path} needs the package defusedxml to be read.", "Run 'Set up the runtime' again."
        ) from error
    try:
        return replace(_meaning(fromstring(text)), file=path)
    except (ParseError, DefusedXmlException, ValueError, KeyError, TypeError) as error:
        raise UnreadableMetadata(
            f"{path} cannot be read: {error!s}.", "Download the product again."
        ) from error


def _meaning(root: Any) -> Meaning:
    level = _text(root, "PROCESSING_LEVEL") or "Level-2A"
    is_1c = level.replace("-", "").upper().endswith("1C")
    prefix = "RADIO" if is_1c else "BOA"
    steps = _text(root, "QUANTIFICATION_VALUE" if is_1c else "BOA_QUANTIFICATION_VALUE")
    bands = _band_ids(root)
    offsets: Dict[str, float] = {}
    for element in root.iter(f"{prefix}_ADD_OFFSET"):
        offsets[bands[int(element.get("band_id", ""))]] = float(element.text)
    listed = [band_file(f"{(e.text or '').strip()}.jp2") for e in root.iter("IMAGE_FILE")]
    quantification = float(steps) if steps else 10_000.0
    if quantification <= 0:
        raise ValueError(f"the quantification value is {quantification}")
    return Meaning(
        "L1C" if is_1c else "L2A",
        _text(root, "PROCESSING_BASELINE"),
        quantification,
        offsets,
        tuple(sorted({file.band for file in listed if file is not None})),
    )


def _band_ids(root: Any) -> Dict[int, str]:
    said = {
        int(element.get("bandId", "")): normalised(element.get("physicalBand", ""))
        for element in root.iter("Spectral_Information")
    }
    return said or dict(enumerate(_BAND_IDS))


def _text(root: Any, tag: str) -> str:
    found: List[Optional[str]] = [element.text for element in root.iter(tag)]
    return (found[0] or "").strip() if found else ""
