# SPDX-License-Identifier: GPL-3.0-or-later
"""Mean, deviation and range of each band, gathered patch by patch and merged in any grouping."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from .interleaving import real_moments, whole_moments

Vector = npt.NDArray[np.float64]


@lru_cache(maxsize=8)
def _ones(count: int) -> npt.NDArray[np.float32]:
    return np.ones(count, np.float32)


@dataclass(frozen=True)
class Moments:
    """Statistics of C bands over the pixels seen so far.

    Args:
        count: ``(C,)`` finite pixels.
        mean: ``(C,)`` in each band's unit.
        squares: ``(C,)`` sum of squared distances from the mean.
        minimum, maximum: ``(C,)``; infinite while nothing was seen.
    """

    count: Vector
    mean: Vector
    squares: Vector
    minimum: Vector
    maximum: Vector

    @classmethod
    def none(cls, bands: int) -> Moments:
        """Of no pixel at all."""
        zero, far = np.zeros(bands), np.full(bands, np.inf)
        return cls(zero, zero, zero, far, -far)

    @classmethod
    def of(cls, planar: npt.NDArray[Any]) -> Moments:
        """Of ``(C, H, W)`` float32 or uint16 measurements; without pixels that are not finite."""
        flat = planar.reshape(planar.shape[0], -1)
        if flat.dtype == np.uint16:
            return cls(*whole_moments(flat))
        if flat.dtype == np.float32 and flat.flags.c_contiguous:
            return cls._of_real(flat)
        total = (flat @ _ones(flat.shape[1])).astype(np.float64)  # faster than sum()
        if not np.isfinite(total).all():
            return cls._of_gaps(flat.astype(np.float64))
        count = np.full(len(flat), float(flat.shape[1]))
        mean = total / count
        # float32 sums of one patch; only the merging, over millions of pixels, needs float64.
        squares = np.einsum("cp,cp->c", flat, flat).astype(np.float64) - total * mean
        low, high = flat.min(axis=1), flat.max(axis=1)
        return cls(count, mean, np.maximum(squares, 0), low.astype("f8"), high.astype("f8"))

    @classmethod
    def _of_real(cls, flat: npt.NDArray[np.float32]) -> Moments:
        table = real_moments(flat, flat.view(np.int32))
        if not np.isfinite(table[1]).all():
            return cls._of_gaps(flat.astype(np.float64))
        keys = table[3:].astype(np.int32)
        table[3:] = (keys ^ ((keys >> 31) & 0x7FFFFFFF)).view(np.float32)
        return cls(*table)

    @classmethod
    def _of_gaps(cls, flat: Vector) -> Moments:
        known = np.isfinite(flat)
        count = known.sum(axis=1).astype(np.float64)
        mean = np.where(known, flat, 0).sum(axis=1) / np.maximum(count, 1)
        squares = (np.where(known, flat - mean[:, None], 0) ** 2).sum(axis=1)
        low = np.where(known, flat, np.inf).min(axis=1)
        return cls(count, mean, squares, low, np.where(known, flat, -np.inf).max(axis=1))

    def merge(self, other: Moments) -> Moments:
        """Of the pixels of both (Chan, Golub, LeVeque 1983)."""
        count = self.count + other.count
        safe = np.maximum(count, 1)
        step = other.mean - self.mean
        mean = self.mean + step * other.count / safe
        squares = self.squares + other.squares + step**2 * self.count * other.count / safe
        low = np.minimum(self.minimum, other.minimum)
        return Moments(count, mean, squares, low, np.maximum(self.maximum, other.maximum))

    @classmethod
    def side_by_side(cls, parts: Sequence[Moments]) -> Moments:
        """Of the bands of all parts, one after the other."""
        fields = ("count", "mean", "squares", "minimum", "maximum")
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in fields))

    @property
    def std(self) -> Vector:
        """``(C,)`` population standard deviation; 0 where nothing was seen."""
        return np.sqrt(self.squares / np.maximum(self.count, 1))

    def to_list(self) -> List[List[float]]:
        """The JSON form; exact, as Python writes floats so that they read back equal."""
        rows = (self.count, self.mean, self.squares, self.minimum, self.maximum)
        finite = [np.where(np.isfinite(row), row, 0.0) for row in rows]
        return [row.tolist() for row in finite]

    @classmethod
    def from_list(cls, rows: Sequence[Sequence[float]]) -> Moments:
        """Read the JSON form."""
        count, mean, squares, low, high = (np.array(row, np.float64) for row in rows)
        seen = count > 0
        return cls(count, mean, squares, np.where(seen, low, np.inf), np.where(seen, high, -np.inf))


def merge_all(parts: Sequence[Any], bands: int) -> Moments:
    """Merge JSON forms, in the order given, so that any number of workers gives one result."""
    total = Moments.none(bands)
    for part in parts:
        total = total.merge(Moments.from_list(part))
    return total


def pairs(names: Sequence[str], moments: Moments) -> Dict[str, Tuple[float, float]]:
    """Band to (mean, std)."""
    return {n: (float(moments.mean[i]), float(moments.std[i])) for i, n in enumerate(names)}
