# SPDX-License-Identifier: GPL-3.0-or-later
"""Predicted against observed numbers, as cells of an SVG: darker where more pairs lie."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Tuple

from ..core.dataset_card import DatasetTarget

SIDE_PX = 320
_TICKS = 4
_FAINTEST = 0.15


def scatter(plot: Mapping[str, Any], target: DatasetTarget) -> Dict[str, Any]:
    """What the template ``scatter.html`` draws.

    Args:
        plot: ``Residuals.plot()``.
        target: What was predicted.
    """
    pairs: List[List[int]] = plot["pairs"]
    cell = SIDE_PX / len(pairs)
    most = max((max(row) for row in pairs), default=0) or 1
    cells = [
        {
            "x": round(observed * cell, 2),
            "y": round(SIDE_PX - (predicted + 1) * cell, 2),
            "opacity": round(_FAINTEST + (1 - _FAINTEST) * math.sqrt(count / most), 2),
            "count": count,
        }
        for predicted, row in enumerate(pairs)
        for observed, count in enumerate(row)
        if count
    ]
    return {
        "side": SIDE_PX, "cell": round(cell, 2), "cells": cells, "name": target.name,
        "unit": target.unit, "ticks": _ticks(plot["low"], plot["high"]),
    }  # fmt: skip


def _ticks(low: float, high: float) -> List[Tuple[float, str]]:
    """Where the axes are labelled, px from their beginning, and with what."""
    step = (high - low) / _TICKS
    return [(i * SIDE_PX / _TICKS, f"{low + i * step:.4g}") for i in range(_TICKS + 1)]
