# SPDX-License-Identifier: GPL-3.0-or-later
"""Small pictures of maps, for pages that hold everything inside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Tuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import ColorInterp, Resampling

from ..core.classes import ClassScheme
from ..core.png import png_url

SIDE_PX = 384
_EMPTY = (226, 230, 228)
# Viridis at eight places (Smith and van der Walt, matplotlib, CC0): even steps in lightness.
_RAMP = np.array(
    [(68, 1, 84), (70, 50, 127), (54, 92, 141), (39, 127, 142), (31, 161, 135), (74, 194, 109),
     (159, 218, 58), (253, 231, 37)], float,
)  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A small picture of a map.

    Args:
        url: Its ``data:`` address.
        limits: The numbers drawn darkest and lightest; None for classes.
    """

    url: str
    limits: Optional[Tuple[float, float]] = None


def class_picture(raster: Path, classes: ClassScheme) -> Picture:
    """A class raster in its classes' colours; nodata is grey."""
    table = np.full((len(classes) + 1, 3), _EMPTY, np.uint8)
    for item in classes.classes:
        table[item.id] = item.colour
    ids, _ = _read(raster)
    # Nodata is greater than every id.
    return Picture(png_url(table[np.minimum(ids, len(classes))]))


def layer_picture(raster: Path, classes: ClassScheme) -> Picture:
    """A further layer: classes in their colours, numbers as below."""
    with rasterio.open(raster) as dataset:
        of_classes = dataset.colorinterp[0] == ColorInterp.palette
    return class_picture(raster, classes) if of_classes else number_picture(raster)


def number_picture(raster: Path) -> Picture:
    """A map of numbers from dark to light; nodata is grey.

    Dark is 0 and light 1 where all numbers lie between; else their 2nd and 98th percentile.
    """
    stored, scale = _read(raster)
    with rasterio.open(raster) as dataset:
        nodata = dataset.nodata
    empty = ~np.isfinite(stored) if nodata is None else ~np.isfinite(stored) | (stored == nodata)
    values = np.where(empty, 0, stored * scale)
    low, high = _limits(values[~empty])
    places = np.linspace(low, high, len(_RAMP))
    channels = [np.interp(values, places, _RAMP[:, channel]) for channel in range(3)]
    picture = np.stack(channels, axis=-1).astype(np.uint8)
    picture[empty] = _EMPTY
    return Picture(png_url(picture), (low, high))


def _limits(values: NDArray[Any]) -> tuple[float, float]:
    """What is drawn darkest and lightest."""
    if values.size == 0 or (values.min() >= 0 and values.max() <= 1):
        return 0.0, 1.0
    low, high = (float(value) for value in np.percentile(values, (2, 98)))
    return (low, high) if high > low else (low, low + 1)


def _read(raster: Path) -> tuple[NDArray[Any], float]:
    """(h, w) stored numbers of at most ``SIDE_PX`` a side, and what one step stands for."""
    with rasterio.open(raster) as dataset:
        step = max(1.0, max(dataset.width, dataset.height) / SIDE_PX)
        shape = max(1, round(dataset.height / step)), max(1, round(dataset.width / step))
        stored = dataset.read(1, out_shape=shape, resampling=Resampling.nearest)
        return stored, float(dataset.scales[0])
