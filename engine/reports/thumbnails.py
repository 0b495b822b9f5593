# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of maps, for pages that hold everything inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling

from ..core.classes import ClassScheme
from ..core.png import png_url

SIDE_PX = 384
_EMPTY = (226, 230, 228)
# Viridis at eight places (Smith and van der Walt, matplotlib, CC0): even steps in lightness.
_RAMP = np.array(
    [(68, 1, 84), (70, 50, 127), (54, 92, 141), (39, 127, 142), (31, 161, 135), (74, 194, 109),
     (159, 218, 58), (253, 231, 37)], float,
)  # fmt: skip


def class_picture(raster: Path, classes: ClassScheme) -> str:
    """A class raster in its classes' colours, as a ``data:`` address; nodata is grey."""
    table = np.full((len(classes) + 1, 3), _EMPTY, np.uint8)
    for item in classes.classes:
        table[item.id] = item.colour
    ids, _ = _read(raster)
    # Nodata is greater than every id.
    return png_url(table[np.minimum(ids, len(classes))])


def number_picture(raster: Path) -> str:
    """A map of numbers in [0, 1] from dark to light, as a ``data:`` address; nodata is grey."""
    stored, scale = _read(raster)
    with rasterio.open(raster) as dataset:
        nodata = dataset.nodata
    places = np.linspace(0, 1, len(_RAMP))
    values = np.clip(stored * scale, 0, 1)
    channels = [np.interp(values, places, _RAMP[:, channel]) for channel in range(3)]
    picture = np.stack(channels, axis=-1).astype(np.uint8)
    if nodata is not None:
        picture[stored == nodata] = _EMPTY
    return png_url(picture)


def _read(raster: Path) -> tuple[NDArray[Any], float]:
    """(h, w) stored numbers of at most ``SIDE_PX`` a side, and what one step stands for."""
    with rasterio.open(raster) as dataset:
        step = max(1.0, max(dataset.width, dataset.height) / SIDE_PX)
        shape = max(1, round(dataset.height / step)), max(1, round(dataset.width / step))
        stored = dataset.read(1, out_shape=shape, resampling=Resampling.nearest)
        return stored, float(dataset.scales[0])
