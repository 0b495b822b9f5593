# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual rasters (VRT): which files their pixels really come from."""

from __future__ import annotations

from pathlib import PurePath
from typing import List

import rasterio

from .source import GDAL_ERRORS

_ENDING = ".vrt"
# QGIS writes it beside a raster that it shows: it may come and go while a map is made.
_SIDE_FILES = (".aux.xml", ".ovr")


def files_of(name: str) -> List[str]:
    """The files behind a virtual raster, also behind those that it is made of.

    Args:
        name: Path or GDAL's name.

    Returns:
        Empty for every other raster, and for what cannot be opened.
    """
    found: List[str] = []
    waiting = [name]
    while waiting:
        raster = waiting.pop()
        if PurePath(raster).suffix.lower() != _ENDING:
            continue
        for file in _listed(raster):
            if file not in found and file != name and not file.endswith(_SIDE_FILES):
                found.append(file)
                waiting.append(file)
    return found


def _listed(raster: str) -> List[str]:
    try:
        with rasterio.open(raster, sharing=False) as dataset:
            return [str(file) for file in dataset.files]
    except GDAL_ERRORS:
        return []
