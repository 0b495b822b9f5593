# SPDX-License-Identifier: GPL-3.0-or-later
"""The classes' names and colours: beside the raster, as JSON, as a picture."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Dict

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling

from ..core.classes import ClassScheme
from ..core.files import beside

_PREVIEW_PX = 1100


def write_side_file(raster: Path, classes: ClassScheme) -> None:
    """Write names and colours where GDAL and QGIS look for them: ``<raster>.aux.xml``.

    A palette inside a byte TIFF has 256 entries, and QGIS shows them all; one with as many entries
    as there are classes, beside the file, gives a legend of just the classes.
    """
    names = "".join(f"<Category>{escape(name)}</Category>" for name in classes.names)
    entries = "".join(
        '<Entry c1="{}" c2="{}" c3="{}" c4="255"/>'.format(*item.colour) for item in classes.classes
    )
    beside(raster).write_text(
        '<PAMDataset><PAMRasterBand band="1"><ColorInterp>Palette</ColorInterp>'
        f"<ColorTable>{entries}</ColorTable><CategoryNames>{names}</CategoryNames>"
        "</PAMRasterBand></PAMDataset>\n",
        encoding="utf-8",
    )


def class_map(classes: ClassScheme, nodata: int) -> Dict[str, Any]:
    """``{name: {"index": id, "color_rgb": [r, g, b]}, …, "No_Dominant_Class": nodata}``."""
    named: Dict[str, Any] = {
        item.name: {"index": item.id, "color_rgb": list(item.colour)} for item in classes.classes
    }
    return {**named, "No_Dominant_Class": nodata}


def write_preview(raster: Path, classes: ClassScheme, picture: Path) -> None:
    """Paint the class raster as an RGBA PNG of at most 1100 px a side; nodata is transparent."""
    with rasterio.open(raster) as dataset:
        step = max(1.0, max(dataset.width, dataset.height) / _PREVIEW_PX)
        shape = max(1, round(dataset.height / step)), max(1, round(dataset.width / step))
        ids = dataset.read(1, out_shape=shape, resampling=Resampling.nearest)
    ids = np.minimum(ids, len(classes))  # nodata is greater than every id
    profile = {"driver": "PNG", "width": shape[1], "height": shape[0], "count": 4, "dtype": "uint8"}
    with rasterio.open(picture, "w", **profile) as dataset:
        dataset.write(np.moveaxis(_colours(classes)[ids], -1, 0))
    beside(picture).unlink(missing_ok=True)


def _colours(classes: ClassScheme) -> NDArray[np.uint8]:
    """(K + 1, 4) uint8: colour and opacity of every id; the last is nodata."""
    table = np.zeros((len(classes) + 1, 4), np.uint8)
    for item in classes.classes:
        table[item.id] = (*item.colour, 255)
    return table
