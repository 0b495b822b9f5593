# SPDX-License-Identifier: GPL-3.0-or-later
"""BigEarthNet v2: how the official archive names, places and splits its patches.

The rules that readers of the real archive go by, written the other way round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Dict

PATCH_PX = 120
PATCH_M = 1200
TILE_PATCHES = 91
_TILE_M = 109_800.0

# Native size in px of each band's file; a patch is 1200 m wide, so 120 px are 10 m each.
S2_BANDS: Dict[str, int] = {
    "B01": 20,
    "B02": 120,
    "B03": 120,
    "B04": 120,
    "B05": 60,
    "B06": 60,
    "B07": 60,
    "B08": 120,
    "B8A": 60,
    "B09": 20,
    "B11": 60,
    "B12": 60,
}
S1_BANDS = ("VV", "VH")


@dataclass(frozen=True)
class TilePlace:
    """Where a patch lies in its Sentinel-2 tile.

    Args:
        h: Column, counted from the tile's left edge in patches, 0..90.
        v: Row, counted from the tile's upper edge in patches, 0..90.
    """

    h: int
    v: int

    @property
    def split(self) -> str:
        """``train``, ``validation`` or ``test``, as the official archive assigns it.

        The tile is cut into three rings of area 1/2, 1/4, 1/4 from its border inwards, so that
        one location is in one split whatever the date.
        """
        outer = _TILE_M * (2 - math.sqrt(2)) / 4
        middle = _TILE_M * (math.sqrt(2) - 1) / 4
        x, y = (self.h + 0.5) * PATCH_M, (self.v + 0.5) * PATCH_M
        inwards = min(x, y, _TILE_M - x, _TILE_M - y)
        if inwards < outer:
            return "train"
        return "validation" if inwards < outer + middle else "test"


@dataclass(frozen=True)
class PatchNames:
    """All names of one patch, made from the names of its two products.

    Args:
        s2_product: ``S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP``.
        s1_scene: ``S1B_IW_GRDH_1SDV_20170612T165809``.
        place: Where the patch lies in the tile.
    """

    s2_product: str
    s1_scene: str
    place: TilePlace

    @property
    def patch_id(self) -> str:
        """The v2 name; row and column have two digits."""
        return f"{self.s2_product}_{self.place.h:02d}_{self.place.v:02d}"

    @property
    def s1_name(self) -> str:
        """The Sentinel-1 patch's name; row and column are not padded."""
        tile = self.s2_product.rsplit("_T", 1)[1]
        return f"{self.s1_scene}_{tile}_{self.place.h}_{self.place.v}"

    @property
    def s2v1_name(self) -> str:
        """The v1 name: satellite, level and time, without padding."""
        satellite, level, time = self.s2_product.split("_")[:3]
        return f"{satellite}_{level}_{time}_{self.place.h}_{self.place.v}"

    @property
    def s2_folder(self) -> str:
        """Path below ``BigEarthNet-S2`` or ``Reference_Maps``."""
        return f"{self.s2_product}/{self.patch_id}"

    @property
    def s1_folder(self) -> str:
        """Path below ``BigEarthNet-S1``."""
        return f"{self.s1_scene}/{self.s1_name}"
