# SPDX-License-Identifier: GPL-3.0-or-later
"""The country of a patch, from its place, where no metadata say it.

A UTM zone does not tell the country. Of BigEarthNet's 54 tiles 52 lie in one country each; for
the other two the resource holds the border, patch by patch, as the official metadata have it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Dict

import numpy as np
import pyarrow as pa


def countries(tiles: pa.Array, h: np.ndarray, v: np.ndarray) -> np.ndarray:
    """``(N,)`` country names; empty text outside BigEarthNet's tiles.

    Args:
        tiles: ``(N,)`` MGRS tile names, null where unknown.
        h: ``(N,)`` columns in the tile.
        v: ``(N,)`` rows in the tile.
    """
    known = _resource()
    coded = tiles.fill_null("").dictionary_encode()
    tile = coded.indices.to_numpy()
    names = coded.dictionary.to_pylist()
    found = np.array([known["tiles"].get(name, "") for name in names] or [""], object)[tile]
    for name in known["mixed"]:
        if name in names:
            here = tile == names.index(name)
            found[here] = _grid(name)[v[here], h[here]]
    return found


@cache
def _grid(tile: str) -> np.ndarray:
    """``(91, 91)`` country names by V and H, of a tile on a border."""
    border = dict(_resource()["mixed"][tile])
    grid = np.full((91, 91), border.pop("otherwise"), object)
    for country, rows in border.items():
        for v, runs in rows.items():
            for first, last in runs:
                grid[int(v), first : last + 1] = country
    return grid


@cache
def _resource() -> Dict[str, Any]:
    path = Path(__file__).resolve().parents[2] / "resources" / "bigearthnet_countries.json"
    content: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
