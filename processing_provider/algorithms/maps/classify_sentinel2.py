# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:classifysentinel2."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import List, Optional, Tuple

from qgis.core import QgsProcessingException

from ....engine.contract.jobs.base import Job
from ... import parameters
from ...parameters import Parameter, Reading, advanced
from ...translation import tr
from ...widgets import any_path
from .classifyraster import ClassifyRaster

_PRODUCT = re.compile(r"S2[A-Z]_MSIL\w{2}_(\d{4})(\d{2})(\d{2})T\d{6}_N\d{4}_R\d{3}_(T\w{5})_")


class ClassifySentinel2(ClassifyRaster):
    """Maps a Sentinel-2 product; what it shares with rasters is said there."""

    NAME = "classifysentinel2"

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Classify a Sentinel-2 scene")

    def takes(self) -> List[Parameter]:
        """The product, what lies beside it, and how."""
        zips = tr("Zip of a product (*.zip)")
        product = parameters.folder("INPUT", tr("SAFE folder, its zip, or folder of bands"))
        one = Parameter(any_path(product.definition, zips, addresses=True), {"input": _read_one})
        _, model, *how = super().takes()
        return [one, model, *product_parameters(self.request_class), *how]

    def layer_group(self, request: Job) -> str:
        """The model, and the product's tile and day."""
        return f"{PurePath(request.model).stem} · {tile_and_day(PurePath(request.input[0]).stem)}"


def tile_and_day(product: str) -> str:
    """Of a product's name, too long for the panel, such as ``T33UUP 2022-06-07``; else the name."""
    found = _PRODUCT.match(product)
    return "{3} {0}-{1}-{2}".format(*found.groups()) if found else product


def product_parameters(job: type) -> List[Parameter]:
    """What is said of products besides where they are."""
    radar = parameters.file("S1", tr("Sentinel-1 raster or folder"), "", optional=True)
    any_path(radar.definition, "", addresses=True)
    classes = parameters.text("SCL_MASK", tr("Scene classes to leave out, as in 3,8,9,10"))
    offset = parameters.text("ADD_OFFSET", tr("Offset instead of the product's own"))
    return [
        radar,
        Parameter(classes.definition, {"scl_mask": _read_classes}),
        advanced(parameters.choice("S1_UNIT", tr("What Sentinel-1 numbers are"), job)),
        advanced(Parameter(offset.definition, {"add_offset": _read_offset})),
    ]


def _read_one(reading: Reading, key: str) -> Tuple[str, ...]:
    path = reading.algorithm.parameterAsString(reading.values, key, reading.context).strip()
    return (path,) if path else ()


def _read_classes(reading: Reading, key: str) -> Tuple[int, ...]:
    text = reading.algorithm.parameterAsString(reading.values, key, reading.context)
    return tuple(_whole(part, key) for part in text.split(",") if part.strip())


def _read_offset(reading: Reading, key: str) -> Optional[int]:
    text = reading.algorithm.parameterAsString(reading.values, key, reading.context)
    return _whole(text, key) if text.strip() else None


def _whole(text: str, key: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise QgsProcessingException(
            tr("{} has {!r}, which is no whole number.").format(key, text.strip())
        ) from None
