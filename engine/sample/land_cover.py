# SPDX-License-Identifier: GPL-3.0-or-later
"""Land-cover classes as mixtures of materials.

A class is told from another less by what a px is made of than by what stands around it: pastures,
arable land and complex cultivation share their materials, and mixed forest is conifers beside
broad-leaved trees. That is what makes context worth learning, here as in CORINE Land Cover.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

Mixture = Tuple[Tuple[str, float], ...]


@dataclass(frozen=True)
class LandCover:
    """One CORINE class.

    Args:
        code: CORINE level-3 code.
        commonness: How often it is chosen where it fits, relative to the others.
        relief: Where it likes to be, from -2 (low) to 2 (high).
        wetness: Where it likes to be, from -2 (dry) to 2 (wet).
        pattern: What decides on the material: ``fields`` (large parcels), ``plots`` (small
            parcels), ``clumps`` (blobs some px wide), ``grain`` (each px by itself).
        mixture: Materials and their shares.
        scattered: Materials strewn over it px by px, and their shares.
        hedge: Material along the parcels' edges; empty for none.
        coast_only: Whether it needs the sea near.
    """

    code: int
    commonness: float
    relief: float
    wetness: float
    pattern: str
    mixture: Mixture
    scattered: Mixture = ()
    hedge: str = ""
    coast_only: bool = False


_CROPS = (("green crop", 0.3), ("ripe crop", 0.26), ("dark soil", 0.2), ("bright soil", 0.12))

LAND_COVERS = (
    LandCover(
        112,
        1.3,
        -0.8,
        0.0,
        "plots",
        (("roof", 0.4), ("asphalt", 0.2), ("grass", 0.4)),
        (("roof", 0.2), ("broadleaf", 0.2), ("asphalt", 0.1)),
    ),
    LandCover(
        121,
        0.7,
        -1.0,
        0.0,
        "plots",
        (("hall", 0.45), ("asphalt", 0.4), ("grass", 0.15)),
        (("asphalt", 0.12), ("roof", 0.08)),
    ),
    LandCover(131, 0.25, 0.3, -0.5, "clumps", (("rock", 0.6), ("bright soil", 0.4))),
    LandCover(211, 1.6, -0.8, -0.2, "fields", (*_CROPS, ("grass", 0.12))),
    LandCover(
        221,
        0.9,
        -0.3,
        -1.4,
        "fields",
        (("vines", 0.6), ("orchard", 0.3), ("dry grass", 0.1)),
        (("bright soil", 0.15), ("shrub", 0.1)),
    ),
    LandCover(
        231,
        1.3,
        -0.2,
        0.5,
        "fields",
        (("grass", 0.75), ("dry grass", 0.13), ("green crop", 0.12)),
        hedge="broadleaf",
    ),
    LandCover(
        242,
        1.1,
        -0.4,
        -0.2,
        "plots",
        (*_CROPS, ("grass", 0.2), ("vines", 0.12)),
        (("roof", 0.04), ("broadleaf", 0.06)),
    ),
    LandCover(
        243, 1.1, 0.1, 0.1, "fields", (*_CROPS, ("grass", 0.3), ("broadleaf", 0.35), ("shrub", 0.3))
    ),
    LandCover(
        244,
        0.8,
        0.0,
        -1.5,
        "clumps",
        (("dry grass", 0.75), ("ripe crop", 0.25)),
        (("broadleaf", 0.22), ("shrub", 0.08)),
    ),
    LandCover(311, 1.2, 0.4, 0.2, "clumps", (("broadleaf", 0.92), ("conifer", 0.08))),
    LandCover(312, 1.3, 1.0, 0.3, "clumps", (("conifer", 0.92), ("broadleaf", 0.08))),
    LandCover(313, 1.1, 0.7, 0.2, "clumps", (("conifer", 0.5), ("broadleaf", 0.5))),
    LandCover(321, 0.9, 1.4, -0.6, "clumps", (("dry grass", 0.5), ("grass", 0.35), ("rock", 0.15))),
    LandCover(
        322, 0.9, 1.2, 0.6, "clumps", (("heath", 0.72), ("shrub", 0.16), ("dry grass", 0.12))
    ),
    LandCover(
        324,
        1.1,
        0.6,
        -0.2,
        "clumps",
        (("shrub", 0.5), ("grass", 0.25), ("conifer", 0.25)),
        (("broadleaf", 0.12),),
    ),
    LandCover(
        331, 0.7, -1.6, -1.0, "clumps", (("sand", 0.85), ("dry grass", 0.15)), coast_only=True
    ),
    LandCover(332, 0.3, 1.8, -0.5, "clumps", (("rock", 0.85), ("dry grass", 0.15))),
    LandCover(411, 0.6, -1.0, 1.7, "clumps", (("marsh", 0.7), ("lake", 0.15), ("grass", 0.15))),
    LandCover(412, 0.7, 0.8, 1.7, "clumps", (("peat", 0.7), ("heath", 0.2), ("lake", 0.1))),
    LandCover(
        421,
        1.8,
        -1.6,
        1.4,
        "clumps",
        (("saltmarsh", 0.5), ("mud", 0.3), ("sea", 0.2)),
        coast_only=True,
    ),
    LandCover(512, 0.8, -0.7, 1.2, "clumps", (("lake", 1.0),)),
)

RIVER = LandCover(511, 0, 0, 0, "clumps", (("river", 1.0),))
SEA = LandCover(523, 0, 0, 0, "clumps", (("sea", 1.0),))
ALL_COVERS = (*LAND_COVERS, RIVER, SEA)
