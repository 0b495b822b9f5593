# SPDX-License-Identifier: GPL-3.0-or-later
"""What Sentinel-2 and Sentinel-1 record of a landscape: blurred, mixed, noisy, through weather."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict

import numpy as np
from numpy.typing import NDArray

from .fields import Field, Shape, blur
from .landscape import Landscape
from .materials import BAND_NAMES, GREENNESS, backscatters, reflectances, textures
from .patch_names import PATCH_PX, S2_BANDS
from .weather import Weather

_PSF_PX = 0.6  # standard deviation of the point spread, in px of the band
_LOOKS = 4.4  # equivalent number of looks of Sentinel-1 IW GRDH
_NOISE_DN = 12.0
_VEGETATION_BANDS = ("B06", "B07", "B08", "B8A", "B09")


@dataclass(frozen=True)
class Acquisition:
    """What differs from one overpass to the next, in one place the same for all px.

    Args:
        gains: (12,) float32, factor of each band.
        haze_dn: Added in blue, fading towards red, DN.
        growth: Added to greenness: the season.
    """

    gains: NDArray[np.float32]
    haze_dn: float
    growth: float


def draw_acquisition(rng: np.random.Generator) -> Acquisition:
    """An overpass on some day of the growing season."""
    return Acquisition(
        gains=(1 + 0.025 * rng.standard_normal(len(BAND_NAMES))).astype(np.float32),
        haze_dn=float(rng.uniform(0, 90)),
        growth=float(rng.normal(0, 0.5)),
    )


def observe_sentinel2(
    rng: np.random.Generator, landscape: Landscape, weather: Weather, acquisition: Acquisition
) -> Dict[str, NDArray[np.uint16]]:
    """All 12 bands at their native resolutions.

    Args:
        rng: Source of randomness.
        landscape: (H, W) on the 10 m grid, H and W multiples of 6.
        weather: Clouds, shadows and snow over it.
        acquisition: The overpass.

    Returns:
        Band name to DN, uint16 of at least 1: (H, W), (H/2, W/2) or (H/6, W/6).
    """
    spectra, texture = reflectances(), textures()[landscape.materials]
    grain = rng.standard_normal(landscape.codes.shape, np.float32)
    lit = landscape.brightness * landscape.shading * (1 + texture * grain)
    green = landscape.greenness + np.float32(acquisition.growth)
    bands = {}
    for row, name in enumerate(BAND_NAMES):
        field = spectra[row][landscape.materials] * lit * (1 + GREENNESS[row] * green)
        field = weather.over_band(name, field * acquisition.gains[row] + _haze(acquisition, name))
        bands[name] = _sample(rng, field, PATCH_PX // S2_BANDS[name])
    return bands


def _haze(acquisition: Acquisition, name: str) -> np.float32:
    strength = {"B01": 1.3, "B02": 1.0, "B03": 0.6, "B04": 0.4}.get(name, 0.0)
    return np.float32(strength * acquisition.haze_dn)


def _sample(rng: np.random.Generator, field: Field, step: int) -> NDArray[np.uint16]:
    """Blur with the band's point spread, average to its px, add noise, round."""
    mixed = mean_blocks(blur(field, _PSF_PX * step), step)
    noise = rng.standard_normal(mixed.shape, np.float32)
    noisy = mixed + noise * (np.float32(_NOISE_DN) + np.float32(0.008) * mixed)
    return np.clip(np.rint(noisy), 1, 65535).astype(np.uint16)


def mean_blocks(field: Field, step: int) -> Field:
    """Average blocks of ``step`` x ``step`` px; sides must be multiples of ``step``."""
    if step == 1:
        return field
    height, width = field.shape[0] // step, field.shape[1] // step
    blocks = field.reshape(height, step, width, step)
    mean: Field = blocks.mean(axis=(1, 3), dtype=np.float32)
    return mean


def observe_sentinel1(rng: np.random.Generator, landscape: Landscape) -> NDArray[np.float32]:
    """VV and VH: mixed in linear power, with speckle, in dB.

    Returns:
        (2, H, W) float32, dB.
    """
    powers = backscatters()
    moisture = np.float32(1) + np.float32(0.12) * landscape.greenness
    result = np.empty((2, *landscape.codes.shape), np.float32)
    for row in range(2):
        texture = textures()[landscape.materials] * rng.standard_normal(
            landscape.codes.shape, np.float32
        )
        power = powers[row][landscape.materials] * np.maximum(moisture * (1 + texture), 0.1)
        power = blur(power * landscape.shading, 0.8)
        result[row] = 10 * np.log10(power * _speckle(rng, landscape.codes.shape) + 1e-5)
    return result


def _speckle(rng: np.random.Generator, shape: Shape) -> Field:
    speckle: Field = rng.standard_gamma(_LOOKS, shape).astype(np.float32) / np.float32(_LOOKS)
    return blur(speckle, 0.5)
