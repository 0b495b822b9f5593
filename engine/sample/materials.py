# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ground is made of, pixel by pixel, and how each material looks to both sensors.

Typical summer values from the open literature on Sentinel-2 surface reflectance and C-band
backscatter, rounded; they are the sample's ingredients, not measurements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Material:
    """One material.

    Args:
        name: What it is.
        reflectance: B01 B02 B03 B04 B05 B06 B07 B08 B8A B09 B11 B12, reflectance times 10,000.
        backscatter: (VV, VH), dB.
        texture: Standard deviation of brightness from px to px, as a share of it.
    """

    name: str
    reflectance: Tuple[int, ...]
    backscatter: Tuple[float, float]
    texture: float


def _material(
    name: str, reflectance: str, backscatter: Tuple[float, float], texture: float
) -> Material:
    return Material(name, tuple(int(dn) for dn in reflectance.split()), backscatter, texture)


#                B01  B02  B03  B04  B05  B06  B07  B08  B8A  B09  B11  B12
MATERIALS = (
    _material("lake", "240 260 320 220 200 160 150 130 120 110 60 40", (-18.5, -26.0), 0.08),
    _material("river", "270 320 430 330 300 220 200 180 160 150 80 50", (-17.5, -25.5), 0.10),
    _material("sea", "250 270 270 150 130 110 100 90 80 70 50 35", (-15.5, -25.0), 0.08),
    _material(
        "broadleaf", "190 220 450 260 760 2450 3150 3300 3500 3450 1600 700", (-9, -14.2), 0.13
    ),
    _material("conifer", "170 190 320 210 540 1500 1850 1950 2100 2100 900 430", (-8.6, -14), 0.16),
    _material(
        "shrub", "260 300 520 420 880 1950 2350 2450 2650 2650 1750 950", (-10.5, -16.5), 0.14
    ),
    _material(
        "heath", "280 320 480 520 850 1450 1650 1750 1950 2000 1900 1200", (-11.5, -18), 0.12
    ),
    _material("grass", "290 340 700 450 1150 2700 3250 3400 3600 3550 2200 1150", (-12, -19), 0.06),
    _material(
        "dry grass", "430 550 850 980 1500 2150 2400 2500 2750 2800 2950 1850", (-12.5, -20), 0.08
    ),
    _material(
        "green crop", "280 320 690 400 1120 3000 3750 3900 4100 4050 2000 980", (-10.8, -17.2), 0.05
    ),
    _material(
        "ripe crop", "530 720 1120 1380 1800 2250 2500 2650 2900 2950 3250 2250", (-11, -18.5), 0.05
    ),
    _material(
        "dark soil", "450 570 770 950 1120 1280 1380 1470 1630 1680 2150 1780", (-11.8, -21), 0.06
    ),
    _material(
        "bright soil",
        "700 950 1330 1680 1950 2120 2230 2330 2530 2580 3250 2750",
        (-12.3, -21.5),
        0.06,
    ),
    _material(
        "vines", "390 470 740 740 1140 1950 2300 2400 2600 2650 2450 1650", (-10, -16.8), 0.12
    ),
    _material(
        "orchard", "320 380 660 560 1020 2150 2550 2650 2850 2850 2050 1200", (-9.8, -15.8), 0.14
    ),
    _material("marsh", "270 310 530 430 820 1700 2000 2080 2230 2230 1300 680", (-11, -18), 0.12),
    _material("peat", "250 290 430 500 760 1200 1400 1480 1620 1680 1500 920", (-12, -19), 0.10),
    _material(
        "saltmarsh", "340 400 620 590 900 1550 1780 1880 1980 2000 1350 780", (-12, -19.5), 0.12
    ),
    _material("mud", "480 590 760 820 900 920 930 940 960 940 700 480", (-15, -24), 0.10),
    _material(
        "sand", "1250 1650 2150 2550 2800 2950 3050 3150 3250 3300 3700 3250", (-16, -25), 0.08
    ),
    _material(
        "rock", "680 830 1030 1190 1360 1470 1570 1620 1740 1760 2050 1800", (-10, -18.5), 0.16
    ),
    _material(
        "roof", "780 930 1130 1380 1560 1720 1830 1930 2050 2080 2200 1920", (-5, -12.5), 0.28
    ),
    _material(
        "hall", "1500 1800 2000 2150 2280 2380 2450 2550 2630 2650 2650 2400", (-3.5, -11), 0.25
    ),
    _material(
        "asphalt", "640 740 860 930 1000 1060 1110 1170 1220 1250 1340 1220", (-13, -20), 0.14
    ),
)

BAND_NAMES = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")

# How a px's second, independent variation moves each band: denser leaves are darker in red and
# shortwave infrared and brighter in near infrared.
GREENNESS = np.array(
    [-0.04, -0.05, -0.03, -0.12, -0.06, 0.06, 0.09, 0.10, 0.10, 0.09, -0.07, -0.10], np.float32
)


def numbered(name: str) -> int:
    """A material's number in ``MATERIALS``."""
    return [material.name for material in MATERIALS].index(name)


def reflectances() -> NDArray[np.float32]:
    """(12, materials) float32, reflectance times 10,000."""
    return np.array([m.reflectance for m in MATERIALS], np.float32).T.copy()


def backscatters() -> NDArray[np.float32]:
    """(2, materials) float32, linear power of VV and VH."""
    decibel = np.array([m.backscatter for m in MATERIALS], np.float64).T
    return (10 ** (decibel / 10)).astype(np.float32)


def textures() -> NDArray[np.float32]:
    """(materials,) float32, px-to-px standard deviation as a share of brightness."""
    return np.array([m.texture for m in MATERIALS], np.float32)
