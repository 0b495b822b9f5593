# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a map of classes is, from its confusion matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]


def confusion_matrix(
    truth: NDArray[np.integer], predicted: NDArray[np.integer], classes: int
) -> Confusion:
    """Count pairs of classes; a truth outside [0, classes), such as 255, is left out.

    Returns:
        (classes, classes) int64: row = truth, column = predicted.
    """
    counted = truth.ravel() < classes
    pairs = truth.ravel()[counted].astype(np.int64) * classes + predicted.ravel()[counted]
    counts = np.bincount(pairs, minlength=classes * classes)
    return counts.reshape(classes, classes).astype(np.int64)


def accuracy(confusion: Confusion) -> float:
    """Share of right pixels; NaN if there are none."""
    total = int(confusion.sum())
    return float(np.trace(confusion)) / total if total else float("nan")


def mean_iou(confusion: Confusion) -> float:
    """Intersection over union, mean over the classes in the truth; NaN if there are none."""
    right = np.diag(confusion).astype(np.float64)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - np.diag(confusion)
    present = confusion.sum(axis=1) > 0
    return float((right[present] / union[present]).mean()) if present.any() else float("nan")
