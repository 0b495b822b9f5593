# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a window of a Sentinel-2 scene shows the ground, by its scene classification (SCL)."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import numpy as np
import numpy.typing as npt

from .window import CENTRE

CLASSES = (
    "no data",
    "saturated or defective",
    "cast shadows",
    "cloud shadows",
    "vegetation",
    "not vegetated",
    "water",
    "unclassified",
    "cloud medium probability",
    "cloud high probability",
    "thin cirrus",
    "snow or ice",
)
_GROUND = (4, 5)
# Reason, classes, most of them as a share of the window.
LIMITS: Tuple[Tuple[str, Tuple[int, ...], float], ...] = (
    ("clouds", (8, 9, 10), 0.25),
    ("shadows", (2, 3), 0.25),
    ("snow", (11,), 0.25),
    ("water", (6,), 0.25),
    ("defective", (0, 7, 1), 0.05),
)
Numbers = Dict[str, float]


def shares(scl: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """``(12,)`` share of each class in a window."""
    counts = np.bincount(scl.ravel(), minlength=len(CLASSES))[: len(CLASSES)]
    share: npt.NDArray[np.float64] = counts / scl.size
    return share


def fault_of(scl: npt.NDArray[np.uint8]) -> Optional[Tuple[str, Numbers]]:
    """Why a window cannot be used, with the numbers; None if it can.

    Args:
        scl: ``(32, 32)`` uint8.
    """
    centre = np.bincount(scl[CENTRE, CENTRE].ravel(), minlength=len(CLASSES))
    ground = int(centre[list(_GROUND)].sum())
    if ground < scl[CENTRE, CENTRE].size:
        return "scl centre", {"ground_px": ground, "of_px": scl[CENTRE, CENTRE].size}
    share = shares(scl)
    for name, classes, most in LIMITS:
        found = float(share[list(classes)].sum())
        if found > most:
            return f"scl {name}", {"share": round(found, 4), "limit": most}
    return None


def statistics(scl: npt.NDArray[np.uint8]) -> List[List[str]]:
    """Name and share of each of the 12 classes in (h, w) uint8 ``scl``, as text."""
    return [[name, repr(float(share))] for name, share in zip(CLASSES, shares(scl))]
