# SPDX-License-Identifier: GPL-3.0-or-later
"""How far two networks answer alike."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
from numpy.typing import NDArray

_NEAR = 0.01  # standard deviations of the target within which two numbers are one answer


class ValueAgreement:
    """Compares the numbers of two networks, batch by batch.

    Args:
        std: Standard deviation of the target over what was learnt from, in its unit.
    """

    def __init__(self, std: float) -> None:
        self._std = std
        self._same = self._numbers = self._windows = 0
        self._largest = self._sum = 0.0

    def add(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> None:
        """Compare (N, 1, …) numbers of the same windows."""
        difference = np.abs(before.astype(np.float64) - after)
        self._same += int((difference <= _NEAR * self._std).sum())
        self._numbers += difference.size
        self._windows += len(before)
        self._largest = max(self._largest, float(difference.max()))
        self._sum += float(difference.sum())

    def figures(self) -> Dict[str, Any]:
        """Share of numbers within a hundredth of ``std``, and differences in the target's unit."""
        return {
            "windows": self._windows,
            "same_answer": self._same / max(1, self._numbers),
            "largest_difference": self._largest,
            "mean_difference": self._sum / max(1, self._numbers),
        }


class Agreement:
    """Compares the probabilities of two networks, batch by batch.

    Args:
        several: Whether any number of classes may hold at once, from a probability of 0.5 on.
    """

    def __init__(self, several: bool) -> None:
        self._several = several
        self._same = self._answers = self._windows = 0
        self._largest, self._sum, self._numbers = 0.0, 0.0, 0

    def add(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> None:
        """Compare (N, K, …) probabilities of the same windows."""
        difference = np.abs(before.astype(np.float64) - after)
        if self._several:
            same = (before >= 0.5) == (after >= 0.5)
        else:
            same = before.argmax(axis=1) == after.argmax(axis=1)
        self._same += int(same.sum())
        self._answers += same.size
        self._windows += len(before)
        self._largest = max(self._largest, float(difference.max()))
        self._sum += float(difference.sum())
        self._numbers += difference.size

    def figures(self) -> Dict[str, Any]:
        """Share of equal answers, and the differences of probabilities, as JSON."""
        return {
            "windows": self._windows,
            "same_answer": self._same / max(1, self._answers),
            "largest_difference": self._largest,
            "mean_difference": self._sum / max(1, self._numbers),
        }
