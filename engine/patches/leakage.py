# SPDX-License-Identifier: GPL-3.0-or-later
"""How far splits see each other: neighbouring and overlapping patches in different splits."""

from __future__ import annotations

from typing import Dict, List, Tuple

import numpy as np

from .footprints import lonlat
from .row import SIDE_M

_NEAR_M = 1.0


def leakage(
    split: np.ndarray, epsg: np.ndarray, ulx: np.ndarray, uly: np.ndarray
) -> Dict[str, int]:
    """Count patches that touch or overlap a patch of another split.

    Args:
        split: ``(N,)`` split names.
        epsg: ``(N,)`` CRS of each patch, a UTM zone.
        ulx: ``(N,)`` left edges, metres.
        uly: ``(N,)`` upper edges, metres.

    Returns:
        ``patches``; ``touching`` another split's patch (side or corner); ``overlapping`` one.
        Across the border of two UTM zones the second zone's patches are taken as upright
        squares in the first, which is right to within about 60 m.
    """
    code = np.unique(split, return_inverse=True)[1]
    touching, overlapping = np.zeros(len(split), bool), np.zeros(len(split), bool)
    for zone in np.unique(epsg):
        rows, x, y = _in_zone(int(zone), epsg, ulx, uly)
        for i, j in _close(x, y):
            differ = code[rows[i]] != code[rows[j]]
            i, j = i[differ], j[differ]
            apart = np.maximum(np.abs(x[i] - x[j]), np.abs(y[i] - y[j]))
            near, over = apart <= SIDE_M + _NEAR_M, apart < SIDE_M - _NEAR_M
            for hit, mark in ((near, touching), (over, overlapping)):
                mark[rows[i[hit]]] = mark[rows[j[hit]]] = True
    return {
        "patches": len(split),
        "touching": int(touching.sum()),
        "overlapping": int(overlapping.sum()),
    }


def leakage_sentence(found: Dict[str, int]) -> str:
    """What ``leakage`` returned, in words."""
    return (
        f"Leakage: {found['touching']} of {found['patches']} patches touch a patch of another "
        f"split, {found['overlapping']} overlap one."
    )


def _in_zone(
    zone: int, epsg: np.ndarray, ulx: np.ndarray, uly: np.ndarray
) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of a zone and of the next one near their border: rows, ulx and uly in the zone."""
    from rasterio.warp import transform

    own = np.flatnonzero(epsg == zone)
    half = SIDE_M / 2
    guests = np.flatnonzero(epsg == zone + 1)
    if len(guests):
        lon, _ = lonlat(epsg[guests], ulx[guests] + half, uly[guests] - half)
        # Tiles reach far into the next zone in the north: look as far east as this zone's go.
        east, _ = lonlat(epsg[own], ulx[own] + half, uly[own] - half)
        guests = guests[lon < east.max() + 0.1]
    if not len(guests):
        return own, ulx[own], uly[own]
    x, y = transform(f"EPSG:{zone + 1}", f"EPSG:{zone}", ulx[guests] + half, uly[guests] - half)
    rows = np.concatenate([own, guests])
    return (
        rows,
        np.concatenate([ulx[own], np.array(x) - half]),
        np.concatenate([uly[own], np.array(y) + half]),
    )


def _close(x: np.ndarray, y: np.ndarray) -> List[Tuple[np.ndarray, np.ndarray]]:
    """Pairs (i, j) in the same or adjacent cells of ``SIDE_M`` + tolerance; each pair once."""
    cell = SIDE_M + 2 * _NEAR_M
    col, row = np.floor(x / cell).astype(np.int64), np.floor(y / cell).astype(np.int64)
    key = col * (1 << 24) + row
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    pairs = []
    for step in (0, 1, (1 << 24) - 1, 1 << 24, (1 << 24) + 1):
        first = np.searchsorted(ordered, ordered + step, side="left")
        last = np.searchsorted(ordered, ordered + step, side="right")
        if step == 0:
            first = np.arange(len(ordered)) + 1
        count = np.maximum(last - first, 0)
        i = np.repeat(np.arange(len(ordered)), count)
        within = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)
        pairs.append((order[i], order[np.repeat(first, count) + within]))
    return pairs
