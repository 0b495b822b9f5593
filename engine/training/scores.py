# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a map of classes, or the classes of patches, are."""

from __future__ import annotations

from typing import Any, Dict

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]


def confusion_matrix(
    truth: NDArray[np.integer], predicted: NDArray[np.integer], classes: int
) -> Confusion:
    """Count pairs of classes; a truth of ``classes`` or more, such as 255, is left out.

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


def class_scores(confusion: Confusion) -> Dict[str, NDArray[np.float64]]:
    """``precision``, ``recall``, ``f1`` and ``iou`` of each class; NaN where there is nothing.

    Args:
        confusion: (K, K); row = truth.
    """
    right = np.diag(confusion).astype(np.float64)
    truth, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    return {
        "precision": _over(right, predicted),
        "recall": _over(right, truth),
        "f1": _over(2 * right, truth + predicted),
        "iou": _over(right, truth + predicted - right),
    }


def _over(top: NDArray[np.float64], bottom: NDArray[Any]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.full(len(top), np.nan)
    np.divide(top, bottom, out=share, where=bottom > 0)
    return share


def average_precision(truth: NDArray[Any], scores: NDArray[Any]) -> float:
    """Area under the precision-recall steps; NaN without a positive.

    Args:
        truth: (N,) of 0 and 1.
        scores: (N,) numbers; larger for more likely.
    """
    positives = int(truth.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(truth[order], dtype=np.float64)
    # Equal scores are one threshold.
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    recall = hits[last] / positives
    precision = hits[last] / (last + 1)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))
