# SPDX-License-Identifier: GPL-3.0-or-later
"""A subset of footprints, as even over the days of the year as the data allows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_DAYS = 365
_PLACE_DEGREES = 0.01


def choose_even(
    days: npt.NDArray[np.int64], size: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Choose footprints.

    First at most ``int(size * 1.5 / 365)`` a day (at least 1), by chance. Then days are topped up
    or trimmed, level by level, so that ``size`` is met whenever there are as many.

    Args:
        days: ``(N,)`` day of the year of each footprint, 1 to 366.
        size: How many to choose.
        rng: Source of chance.

    Returns:
        ``(min(size, N),)`` positions, ascending.
    """
    if len(days) <= size:
        return np.arange(len(days), dtype=np.int64)
    cap = max(1, int(size * 1.5 / _DAYS))
    order = rng.permutation(len(days))
    # The rank of each footprint within its day, in random order.
    by_day = order[np.argsort(days[order], kind="stable")]
    sorted_days = days[by_day]
    starts = np.flatnonzero(np.r_[True, sorted_days[1:] != sorted_days[:-1]])
    counts = np.diff(np.r_[starts, len(days)])
    quota = _quotas(counts, np.minimum(counts, cap), size, rng)
    rank = np.arange(len(days)) - np.repeat(starts, counts)
    chosen: npt.NDArray[np.int64] = np.sort(by_day[rank < np.repeat(quota, counts)])
    return chosen


def _quotas(
    counts: npt.NDArray[np.int64],
    quota: npt.NDArray[np.int64],
    size: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """How many of each day: raise the lowest days, or lower the highest, until ``size`` is met."""
    quota = quota.astype(np.int64)
    while quota.sum() != size:
        missing = size - int(quota.sum())
        if missing > 0:
            open_days = np.flatnonzero(quota < counts)
            level = quota[open_days].min()
            days = open_days[quota[open_days] == level]
        else:
            days = np.flatnonzero(quota == quota.max())
        taken = rng.permutation(days)[: abs(missing)]
        quota[taken] += 1 if missing > 0 else -1
    return quota


def by_place(
    lon: npt.NDArray[np.float64],
    lat: npt.NDArray[np.float64],
    share: float,
    rng: np.random.Generator,
) -> npt.NDArray[np.bool_]:
    """Choose a share of footprints, whole places of a hundredth of a degree at a time.

    Args:
        lon: ``(N,)`` degrees.
        lat: ``(N,)`` degrees.
        share: How many, in [0, 1]; at least one place is chosen and one left, if there are two.
        rng: Source of chance.

    Returns:
        ``(N,)`` bool.
    """
    cells = np.stack([np.floor(lat / _PLACE_DEGREES), np.floor(lon / _PLACE_DEGREES)], axis=1)
    _, place, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    order = rng.permutation(len(counts))
    before = np.cumsum(counts[order]) - counts[order]
    # Up to the place that reaches the share.
    taken = order[(before < share * len(lon)) & (np.arange(len(order)) < len(order) - 1)]
    chosen: npt.NDArray[np.bool_] = np.isin(place.ravel(), taken)
    return chosen
