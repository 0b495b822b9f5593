# SPDX-License-Identifier: GPL-3.0-or-later
"""What GDAL calls category names: the classes of a label raster in words."""

from __future__ import annotations

from pathlib import Path
from typing import List, Sequence

from ..core.files import beside


def class_names(path: str, values: Sequence[int]) -> List[str]:
    """A name for each value: from ``<raster>.aux.xml`` where it has one for all, else the number.

    Args:
        path: The label raster.
        values: Its values, each once.
    """
    numbers = [str(value) for value in values]
    categories = _categories(beside(Path(path)))
    if any(not 0 <= value < len(categories) for value in values):
        return numbers
    names = [categories[value].strip() for value in values]
    return names if all(names) and len(set(names)) == len(names) else numbers


def _categories(side_file: Path) -> List[str]:
    """Texts by value; none where the file or the list in it is missing or cannot be read."""
    try:
        from defusedxml.common import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError:  # an interpreter of the user's own: names are a comfort
        return []
    try:
        found = fromstring(side_file.read_bytes()).find("PAMRasterBand/CategoryNames")
    except (OSError, ParseError, DefusedXmlException):
        return []
    return [] if found is None else [item.text or "" for item in found.iter("Category")]
