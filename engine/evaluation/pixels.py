# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a map: agreement with the truth, calibration, and what the entropy tells.

Definitions: Congalton and Green, Assessing the Accuracy of Remotely Sensed Data (3rd ed., 2019);
kappa: Cohen 1960; expected calibration error: Guo et al., ICML 2017.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import numpy as np
from numpy.typing import NDArray

CALIBRATION_BINS = 15
ENTROPY_BINS = 50
Counts = NDArray[np.int64]


class PixelTally:
    """Counts pixels, batch by batch; its memory does not grow with them.

    Args:
        classes: K, the number of classes.
    """

    def __init__(self, classes: int) -> None:
        self.confusion: Counts = np.zeros((classes, classes), np.int64)
        """Row = truth, column = predicted."""
        self._bins: Counts = np.zeros((2, CALIBRATION_BINS), np.int64)
        self._confidence = np.zeros(CALIBRATION_BINS)
        self._entropies: Counts = np.zeros((2, ENTROPY_BINS), np.int64)
        self._entropy_sums = np.zeros(2)

    def add(
        self,
        probabilities: NDArray[np.float32],
        entropy: NDArray[np.floating[Any]],
        truth: NDArray[np.integer[Any]],
    ) -> None:
        """Count labelled pixels.

        Args:
            probabilities: (K, N) in [0, 1].
            entropy: (N,) in [0, 1]; 0 where the model is sure.
            truth: (N,) class ids in [0, K).
        """
        classes = len(self.confusion)
        predicted = probabilities.argmax(axis=0)
        confidence = probabilities.max(axis=0).astype(np.float64)
        right = (predicted == truth).astype(np.int64)
        pairs = truth.astype(np.int64) * classes + predicted
        self.confusion += np.bincount(pairs, minlength=classes**2).reshape(classes, classes)
        # Bins are open below and closed above, so that a confidence of 1 has one.
        edges = np.linspace(0, 1, CALIBRATION_BINS + 1)[1:-1]
        place = np.digitize(confidence, edges, right=True)
        both = np.bincount(right * CALIBRATION_BINS + place, minlength=2 * CALIBRATION_BINS)
        self._bins += both.reshape(2, CALIBRATION_BINS)
        self._confidence += np.bincount(place, confidence, CALIBRATION_BINS)
        level = np.minimum((entropy * ENTROPY_BINS).astype(np.int64), ENTROPY_BINS - 1)
        spread = np.bincount(right * ENTROPY_BINS + level, minlength=2 * ENTROPY_BINS)
        self._entropies += spread.reshape(2, ENTROPY_BINS)
        self._entropy_sums += np.bincount(right, entropy, 2)

    def figures(self) -> Dict[str, Any]:
        """All figures, as JSON; None for what the pixels cannot tell."""
        return {
            "pixels": int(self.confusion.sum()),
            **agreement(self.confusion),
            "calibration": self._calibration(),
            "entropy": self._entropy(),
            "confusion": self.confusion.tolist(),
        }

    def _calibration(self) -> Dict[str, Any]:
        counts = self._bins.sum(axis=0)
        filled = np.maximum(counts, 1)
        confidence, accuracy = self._confidence / filled, self._bins[1] / filled
        total = counts.sum()
        gaps = np.abs(confidence - accuracy)
        return {
            "ece": _number(float((counts * gaps).sum() / total) if total else None),
            "mce": _number(float(gaps[counts > 0].max()) if total else None),
            "bins": [
                {
                    "from": i / CALIBRATION_BINS,
                    "to": (i + 1) / CALIBRATION_BINS,
                    "pixels": int(counts[i]),
                    "confidence": float(confidence[i]) if counts[i] else None,
                    "accuracy": float(accuracy[i]) if counts[i] else None,
                }
                for i in range(CALIBRATION_BINS)
            ],
        }

    def _entropy(self) -> Dict[str, Any]:
        """Mean entropy and its distribution, of right and of wrong pixels."""
        found: Dict[str, Any] = {}
        for place, name in ((1, "right"), (0, "wrong")):
            count = int(self._entropies[place].sum())
            mean = float(self._entropy_sums[place]) / count if count else None
            found[name] = {
                "pixels": count,
                "mean": mean,
                "histogram": self._entropies[place].tolist(),
            }
        return found


def agreement(confusion: Counts) -> Dict[str, Any]:
    """Figures of a confusion matrix; row = truth, column = predicted.

    A class that is neither in the truth nor in the prediction has no scores. Means over classes
    (``miou``, ``macro_f1``) take the classes that are in the truth.
    """
    total = int(confusion.sum())
    right = np.diag(confusion).astype(np.float64)
    truth, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    union = truth + predicted - right
    seen, present = union > 0, truth > 0
    scores = {
        "precision": _shares(right, predicted),
        "recall": _shares(right, truth),
        "f1": _shares(2 * right, truth + predicted),
        "iou": _shares(right, union),
    }
    classes: List[Dict[str, Any]] = [
        {
            "id": k,
            "pixels": int(truth[k]),
            "predicted": int(predicted[k]),
            **{name: float(values[k]) if seen[k] else None for name, values in scores.items()},
        }
        for k in range(len(confusion))
    ]
    return {
        "accuracy": float(right.sum()) / total if total else None,
        "miou": float(scores["iou"][present].mean()) if total else None,
        "macro_f1": float(scores["f1"][present].mean()) if total else None,
        "kappa": _kappa(confusion),
        "classes": classes,
    }


def _shares(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    """``part / whole``, and 0 where there is nothing."""
    return np.asarray(part / np.maximum(whole, 1), np.float64)


def _kappa(confusion: Counts) -> Optional[float]:
    """Cohen's kappa; None where chance alone would agree fully."""
    total = float(confusion.sum())
    if not total:
        return None
    chance = float((confusion.sum(axis=0) / total) @ (confusion.sum(axis=1) / total))
    seen = float(np.trace(confusion)) / total
    return None if chance >= 1 else (seen - chance) / (1 - chance)


def _number(value: Optional[float]) -> Optional[float]:
    return None if value is None or not np.isfinite(value) else value
