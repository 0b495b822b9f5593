# SPDX-License-Identifier: GPL-3.0-or-later
"""Clouds, the shadows they throw, and snow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np
from numpy.typing import NDArray

from .fields import Field, Shape, fractal_noise

_CLOUD_DN = {
    "B01": 4600, "B02": 4500, "B03": 4400, "B04": 4500, "B05": 4700, "B06": 5000,
    "B07": 5100, "B08": 5100, "B8A": 5200, "B09": 4200, "B11": 3600, "B12": 2800,
}  # fmt: skip
_SNOW_DN = {
    "B01": 7600, "B02": 7800, "B03": 7700, "B04": 7600, "B05": 7500, "B06": 7400,
    "B07": 7300, "B08": 7100, "B8A": 6900, "B09": 6500, "B11": 900, "B12": 600,
}  # fmt: skip
_SHADOW_SHIFT = (-21, -27)  # px up and left: the sun stands in the south-east
_THIN = 0.05


@dataclass(frozen=True)
class Weather:
    """What lies between the ground and the sensor, or on the ground.

    Args:
        cloud: (H, W) float32 in [0, 1], share of light from the cloud.
        shadow: (H, W) float32 in [0, 1], share of sunlight kept away.
        snow: (H, W) float32 in [0, 1], share of ground under snow.
    """

    cloud: Field
    shadow: Field
    snow: Field

    @property
    def clouded(self) -> NDArray[np.bool_]:
        """(H, W): under a cloud or in its shadow."""
        clouded: NDArray[np.bool_] = (self.cloud > _THIN) | (self.shadow > _THIN)
        return clouded

    @property
    def snowy(self) -> NDArray[np.bool_]:
        """(H, W): under snow."""
        snowy: NDArray[np.bool_] = self.snow > _THIN
        return snowy

    def over_band(self, name: str, ground: Field) -> Field:
        """What reaches the sensor of what the ground reflects, DN."""
        white = ground + self.snow * (_SNOW_DN[name] - ground)
        dimmed = white * (1 - 0.7 * self.shadow)
        seen: Field = (dimmed + self.cloud * (_CLOUD_DN[name] - dimmed)).astype(np.float32)
        return seen


def clear(shape: Shape) -> Weather:
    """No weather at all."""
    nothing = np.zeros(shape, np.float32)
    return Weather(nothing, nothing, nothing)


def make_weather(rng: np.random.Generator, shape: Shape, cover: float, snow: float) -> Weather:
    """Generate weather.

    Args:
        rng: Source of randomness.
        shape: (H, W) px.
        cover: Share of the sky under clouds, in [0, 1).
        snow: Share of the ground under snow, in [0, 1).
    """
    cloud = _patches(rng, shape, (130, 45, 16), cover)
    return Weather(cloud, _shift(cloud, _SHADOW_SHIFT), _patches(rng, shape, (150, 40, 10), snow))


def _patches(
    rng: np.random.Generator, shape: Shape, wavelengths: Tuple[float, ...], share: float
) -> Field:
    """Soft-edged patches that cover ``share`` of the plane."""
    if share <= 0:
        return np.zeros(shape, np.float32)
    field = fractal_noise(rng, shape, wavelengths)
    limit = np.float32(np.quantile(field[::7, ::7], 1 - share))
    soft: Field = np.clip((field - limit) / np.float32(0.25), 0, 1).astype(np.float32)
    return soft


def _shift(field: Field, by: Tuple[int, int]) -> Field:
    """Move a field; what comes in from outside is 0."""
    rows, columns = by
    moved = np.zeros_like(field)
    height, width = field.shape
    to = slice(max(0, rows), height + min(0, rows)), slice(max(0, columns), width + min(0, columns))
    of = (
        slice(max(0, -rows), height + min(0, -rows)),
        slice(max(0, -columns), width + min(0, -columns)),
    )
    moved[to] = field[of]
    return moved
