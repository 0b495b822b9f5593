# SPDX-License-Identifier: GPL-3.0-or-later
"""How far predicted numbers are from observed ones, counted batch by batch."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Tuple

import numpy as np
from numpy.typing import NDArray

from .dataset_card import DatasetTarget

SIDE = 40  # cells along each axis of the plot of predicted against observed
FIGURES = ("rmse", "mae", "r2", "bias")


def plot_range(target: DatasetTarget) -> Tuple[float, float]:
    """Where a plot of a target's values begins and ends: round numbers around their range.

    Without a known range it is four deviations about the mean. Quarters of it are round, too.
    """
    low, high = target.mean - 4 * target.std, target.mean + 4 * target.std
    if target.minimum is not None and target.maximum is not None:
        low, high = min(0.0, target.minimum), target.maximum
    step = 4 * 10 ** math.floor(math.log10(max(high - low, 1e-6) / 4))
    return step * math.floor(low / step), step * math.ceil(high / step)


class Residuals:
    """Counts pairs of numbers; memory does not grow with them.

    Args:
        low, high: Range of the plot's two axes; what lies outside is counted at its edge.
    """

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high if high > low else low + 1.0
        self.density: NDArray[np.int64] = np.zeros((SIDE, SIDE), np.int64)
        """(predicted, observed) pairs in each cell of the plot, both from low to high."""
        self._count = 0
        self._mean = self._spread = 0.0  # of the observed: mean, sum of squares about it
        self._sum = self._absolute = self._squares = 0.0  # of predicted - observed

    @property
    def count(self) -> int:
        """How many pairs were counted."""
        return self._count

    def add(self, observed: NDArray[Any], predicted: NDArray[Any]) -> None:
        """Count pairs; those with an observed NaN are left out.

        Args:
            observed: (...) of any shape, float.
            predicted: Of the same shape and unit.
        """
        known = np.isfinite(observed)
        truth = observed[known].astype(np.float64)
        if not truth.size:
            return
        said = predicted[known].astype(np.float64)
        error = said - truth
        self._sum += float(error.sum())
        self._absolute += float(np.abs(error).sum())
        self._squares += float(np.square(error).sum())
        self._merge(truth)
        np.add.at(self.density, (self._cells(said), self._cells(truth)), 1)

    def _merge(self, truth: NDArray[np.float64]) -> None:
        """Mean and spread of two parts from those of each (Chan et al. 1979)."""
        mean, count = float(truth.mean()), self._count + truth.size
        away = mean - self._mean
        self._spread += float(np.square(truth - mean).sum())
        self._spread += away * away * self._count * truth.size / count
        self._mean += away * truth.size / count
        self._count = count

    def _cells(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        place = (np.nan_to_num(values) - self.low) / (self.high - self.low) * SIDE
        cells: NDArray[np.int64] = np.clip(place, 0, SIDE - 1).astype(np.int64)
        return cells

    def figures(self) -> Dict[str, float]:
        """``rmse``, ``mae`` and ``bias`` (predicted - observed) in their unit, and ``r2``.

        All NaN if nothing was counted. R2 is 1 - sum of squared errors / sum of squares about the
        mean; for one value NaN; for equal values 1 if all are met, else 0, as in scikit-learn.
        """
        if not self._count:
            return dict.fromkeys(FIGURES, math.nan)
        return {
            "rmse": math.sqrt(self._squares / self._count),
            "mae": self._absolute / self._count,
            "r2": self._r2(),
            "bias": self._sum / self._count,
        }

    def _r2(self) -> float:
        if self._count < 2:
            return math.nan
        if not self._spread:
            return 1.0 if not self._squares else 0.0
        return 1.0 - self._squares / self._spread

    def plot(self) -> Dict[str, Any]:
        """The plot as JSON: its range, and the pairs in each cell, row = predicted."""
        rows: List[List[int]] = self.density.tolist()
        return {"low": self.low, "high": self.high, "pairs": rows}
