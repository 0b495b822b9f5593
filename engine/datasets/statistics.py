# SPDX-License-Identifier: GPL-3.0-or-later
"""Mean, deviation and range of each band, gathered patch by patch and merged in any grouping."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from .moment_tables import all_measured, real_moments, whole_moments

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Statistics of C bands over the pixels seen so far.

    Args:
        table: ``(5, C)`` float64, whose rows are the properties below.
    """

    table: npt.NDArray[np.float64]

    @property
    def count(self) -> Vector:
        """``(C,)`` finite pixels."""
        return self.table[0]

    @property
    def mean(self) -> Vector:
        """``(C,)`` in each band's unit."""
        return self.table[1]

    @property
    def squares(self) -> Vector:
        """``(C,)`` sum of squared distances from the mean."""
        return self.table[2]

    @property
    def minimum(self) -> Vector:
        """``(C,)``; infinite while nothing was seen."""
        return self.table[3]

    @property
    def maximum(self) -> Vector:
        """``(C,)``; minus infinite while nothing was seen."""
        return self.table[4]

    @property
    def std(self) -> Vector:
        """``(C,)`` population standard deviation; 0 where nothing was seen."""
        return np.sqrt(self.squares / np.maximum(self.count, 1))

    @classmethod
    def none(cls, bands: int) -> Moments:
        """Of no pixel at all."""
        table = np.zeros((5, bands))
        table[3], table[4] = np.inf, -np.inf
        return cls(table)

    @classmethod
    def of(cls, planar: npt.NDArray[Any]) -> Moments:
        """Of ``(C, H, W)`` float32 or uint16 measurements; without pixels that are not finite."""
        flat = planar.reshape(planar.shape[0], -1)
        if flat.dtype == np.uint16:
            return cls(whole_moments(flat))
        flat = np.ascontiguousarray(flat, np.float32)  # whose bits are seen as whole numbers
        table = real_moments(flat, flat.view(np.int32))
        # The sum of the means is finite if each of them is.
        return cls(table) if math.isfinite(table[1].sum()) else cls._of_gaps(flat)

    @classmethod
    def _of_gaps(cls, real: npt.NDArray[Any]) -> Moments:
        flat = real.astype(np.float64)
        known = np.isfinite(flat)
        count = known.sum(axis=1).astype(np.float64)
        mean = np.where(known, flat, 0).sum(axis=1) / np.maximum(count, 1)
        squares = (np.where(known, flat - mean[:, None], 0) ** 2).sum(axis=1)
        low = np.where(known, flat, np.inf).min(axis=1)
        high = np.where(known, flat, -np.inf).max(axis=1)
        return cls(np.array([count, mean, squares, low, high]))

    def merge(self, other: Moments) -> Moments:
        """Of the pixels of both (Chan, Golub, LeVeque 1983)."""
        # Not compiled: a process that merges what others measured would load the compiler for it.
        one, two, table = self.table, other.table, np.empty_like(self.table)
        count = np.add(one[0], two[0], out=table[0])
        safe = np.maximum(count, 1)
        step = two[1] - one[1]
        table[1] = one[1] + step * two[0] / safe
        table[2] = one[2] + two[2] + step**2 * one[0] * two[0] / safe
        np.minimum(one[3], two[3], out=table[3])
        np.maximum(one[4], two[4], out=table[4])
        return Moments(table)

    def complete(self, pixels: int) -> bool:
        """Whether every band has so many finite pixels, and its greatest value is not 0."""
        return bool(all_measured(self.table, pixels))

    @classmethod
    def side_by_side(cls, parts: Sequence[Moments]) -> Moments:
        """Of the bands of all parts, one after the other."""
        return cls(np.concatenate([part.table for part in parts], axis=1))

    def to_list(self) -> List[List[float]]:
        """The JSON form; exact, as Python writes floats so that they read back equal."""
        rows: List[List[float]] = np.where(np.isfinite(self.table), self.table, 0.0).tolist()
        return rows

    @classmethod
    def from_list(cls, rows: Sequence[Sequence[float]]) -> Moments:
        """Read the JSON form."""
        table = np.array(rows, np.float64)
        unseen = table[0] == 0
        table[3, unseen], table[4, unseen] = np.inf, -np.inf
        return cls(table)


def merge_all(parts: Sequence[Any], bands: int) -> Moments:
    """Merge JSON forms, in the order given, so that any number of workers gives one result."""
    total = Moments.none(bands)
    for part in parts:
        total = total.merge(Moments.from_list(part))
    return total


def pairs(names: Sequence[str], moments: Moments) -> Dict[str, Tuple[float, float]]:
    """Band to (mean, std)."""
    return {n: (float(moments.mean[i]), float(moments.std[i])) for i, n in enumerate(names)}
