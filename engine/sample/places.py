# SPDX-License-Identifier: GPL-3.0-or-later
"""Which places the sample archive has: blocks of patches in real Sentinel-2 tiles.

Tiles, their corners and countries are real; the acquisitions lie in 2020, when BigEarthNet has
none, so that no generated patch can be taken for an official one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Tuple

import numpy as np

from .patch_names import PATCH_M, TILE_PATCHES, PatchNames, TilePlace

BLOCK = 3  # patches along a block's side


@dataclass(frozen=True)
class Tile:
    """A Sentinel-2 tile with one acquisition of each sensor.

    Args:
        epsg: CRS of its files.
        ulx, uly: Its upper left corner, metres.
        country: Where it lies.
        coastal: Whether its places lie at the sea.
        s2_product: Name of the Sentinel-2 product, less H and V.
        s1_scene: Name of the Sentinel-1 scene, less tile, H and V.
    """

    epsg: int
    ulx: float
    uly: float
    country: str
    coastal: bool
    s2_product: str
    s1_scene: str


TILES = (
    Tile(32633, 300000, 5400000, "Austria", False,
         "S2A_MSIL2A_20200613T101031_N9999_R022_T33UUP", "S1B_IW_GRDH_1SDV_20200612T165809"),
    Tile(32629, 499980, 4400040, "Portugal", True,
         "S2A_MSIL2A_20200428T112111_N9999_R037_T29SND", "S1A_IW_GRDH_1SDV_20200430T064235"),
    Tile(32635, 600000, 7000020, "Finland", False,
         "S2B_MSIL2A_20200805T093039_N9999_R136_T35VPK", "S1B_IW_GRDH_1SDV_20200803T153202"),
    Tile(32629, 600000, 5900040, "Ireland", True,
         "S2A_MSIL2A_20200702T113321_N9999_R080_T29UPU", "S1A_IW_GRDH_1SDV_20200702T064724"),
)  # fmt: skip

# Of every twelve blocks, how many have their centre in each split: the official shares.
_ROUND: Tuple[Tuple[str, int], ...] = (("train", 6), ("validation", 3), ("test", 3))


@dataclass(frozen=True)
class Place:
    """A block of ``BLOCK`` x ``BLOCK`` patches that show one landscape.

    Args:
        tile: The tile it lies in.
        h, v: Its upper left patch.
        cloud_cover: Share of the sky under clouds.
        snow_cover: Share of the ground under snow.
    """

    tile: Tile
    h: int
    v: int
    cloud_cover: float
    snow_cover: float

    def patch(self, row: int, column: int) -> PatchNames:
        """Names of one of its patches, counted from its upper left one."""
        place = TilePlace(self.h + column, self.v + row)
        return PatchNames(self.tile.s2_product, self.tile.s1_scene, place)

    def corner(self, row: int, column: int) -> Tuple[float, float]:
        """Upper left corner of one of its patches in the tile's CRS, metres."""
        x = self.tile.ulx + (self.h + column) * PATCH_M
        y = self.tile.uly - (self.v + row) * PATCH_M
        return float(x), float(y)


def choose_places(rng: np.random.Generator, count: int) -> List[Place]:
    """Spread blocks over all tiles, in the official shares of train, validation and test.

    Args:
        rng: Source of randomness.
        count: How many, a multiple of 12.
    """
    free = [_blocks_by_split(rng) for _ in TILES]
    wanted = [split for split, share in _ROUND for _ in range(share * count // 12)]
    places = []
    for number, split in enumerate(wanted):
        h, v = free[number % len(TILES)][split].pop()
        # A few places have bad weather; their patches go into the second metadata table.
        clouds = 0.25 if number % 18 == 4 else 0.0
        snow = 0.4 if number % 36 == 8 else 0.0
        places.append(Place(TILES[number % len(TILES)], h, v, clouds, snow))
    return places


def _blocks_by_split(rng: np.random.Generator) -> Dict[str, List[Tuple[int, int]]]:
    """Upper left patches of all blocks of a tile, by the split of their middle, shuffled."""
    blocks: Dict[str, List[Tuple[int, int]]] = {split: [] for split, _ in _ROUND}
    starts = range(0, TILE_PATCHES - BLOCK, BLOCK)
    for h, v in rng.permutation([(h, v) for h in starts for v in starts]).tolist():
        blocks[TilePlace(h + BLOCK // 2, v + BLOCK // 2).split].append((h, v))
    return blocks
