# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated piece of the Earth as functions of place, and what is acquired of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
import numpy.typing as npt
from rasterio.warp import transform

Array = npt.NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True)
class ScenePlan:
    """One acquisition.

    Args:
        day: When.
        cloud: Cloud cover that the catalogue states, per cent.
        blobs: Clouds to draw.
        baseline: Processing baseline; from 04.00 on, numbers are stored 1000 higher.
        window: (left, right) as shares of the area's width that the scene covers.
    """

    day: dt.date
    cloud: float
    blobs: int = 0
    baseline: str = "02.14"
    window: Tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True)
class Area:
    """One piece of the Earth.

    Args:
        epsg: UTM zone.
        tile: Name of the Sentinel-2 tile to put into products' names.
        left, upper: Corner, metres; multiples of 60.
        width, height: px of 10 m; multiples of 6.
        scenes: What was acquired.
        dem_border: Latitude at which two DEM tiles meet; None for one tile.
        cover_border: Longitude at which two WorldCover tiles meet; None for one tile.
        relief: Height of the hills, metres.
    """

    epsg: int
    tile: str
    left: float
    upper: float
    width: int
    height: int
    scenes: Tuple[ScenePlan, ...]
    dem_border: Optional[float] = None
    cover_border: Optional[float] = None
    relief: float = 60.0

    @property
    def box(self) -> Tuple[float, float, float, float]:
        """(west, south, east, north), degrees, with a margin for windows at the edge."""
        right, lower = self.left + 10 * self.width, self.upper - 10 * self.height
        xs = [self.left, right, self.left, right]
        ys = [self.upper, self.upper, lower, lower]
        lon, lat = transform(f"EPSG:{self.epsg}", "OGC:CRS84", xs, ys)
        return min(lon) - 0.01, min(lat) - 0.01, max(lon) + 0.01, max(lat) + 0.01


class Land:
    """Terrain and vegetation as functions of place, metres in the area's zone."""

    def __init__(self, rng: Rng, relief: float) -> None:
        self._hills = _waves(rng, (1500, 6000), 9)
        self._plants = _waves(rng, (600, 5000), 12)
        self._relief = relief

    def altitude(self, x: Array, y: Array) -> Array:
        """Metres."""
        return 900 + self._relief * _sum(self._hills, x, y)

    def vegetation(self, x: Array, y: Array) -> Array:
        """Share of the ground under trees, in [0, 1]."""
        return np.clip(0.5 + 0.35 * _sum(self._plants, x, y), 0, 1)

    def biomass(self, x: Array, y: Array) -> Array:
        """Mg/ha: what a footprint would measure."""
        return 5 + 220 * self.vegetation(x, y) ** 1.5


def _waves(rng: Rng, lengths: Tuple[float, float], count: int) -> Array:
    """``(count, 4)``: wave numbers along x and y, phase, height; heights sum to about 1."""
    length = np.exp(rng.uniform(np.log(lengths[0]), np.log(lengths[1]), count))
    angle, phase = rng.uniform(0, 2 * np.pi, (2, count))
    height = length / length.sum() * 1.8
    return np.stack(
        [2 * np.pi * np.cos(angle) / length, 2 * np.pi * np.sin(angle) / length, phase, height], 1
    )


def _sum(waves: Array, x: Array, y: Array) -> Array:
    total = np.zeros(np.broadcast(x, y).shape)
    for along_x, along_y, phase, height in waves:
        total += height * np.sin(along_x * x + along_y * y + phase)
    return total
