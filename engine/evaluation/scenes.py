# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a classifier of whole patches that may show several classes.

Definitions: Zhang and Zhou, A Review on Multi-Label Learning Algorithms (TKDE 2014), and
Tsoumakas et al., Mining Multi-label Data (2010), as scikit-learn has them.
"""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.5
_AT_ONCE = 4096  # patches; their (K, K) comparisons are held together
Scores = NDArray[np.float64]
Truth = NDArray[np.bool_]


class SceneTally:
    """Collects one row of scores and truth a patch: 5 K bytes each, whatever its size in px."""

    def __init__(self) -> None:
        self._scores: List[NDArray[np.float32]] = []
        self._truth: List[Truth] = []

    def add(self, probabilities: NDArray[np.float32], truth: NDArray[Any]) -> None:
        """Take patches in.

        Args:
            probabilities: (N, K) in [0, 1].
            truth: (N, K), not 0 where the patch shows the class.
        """
        self._scores.append(np.array(probabilities, np.float32))
        self._truth.append(truth.astype(bool))

    def figures(self) -> Dict[str, Any]:
        """All figures, as JSON."""
        scores = np.concatenate(self._scores).astype(np.float64)
        truth = np.concatenate(self._truth)
        predicted = scores >= THRESHOLD
        average = [average_precision(scores[:, k], truth[:, k]) for k in range(truth.shape[1])]
        shown = truth.any(axis=0)
        return {
            "patches": len(truth),
            "ap_macro": float(np.array(average)[shown].mean()) if shown.any() else None,
            "ap_micro": average_precision(scores.ravel(), truth.ravel()),
            "threshold": THRESHOLD,
            **thresholded(predicted, truth),
            **ranking(scores, truth),
            "classes": _per_class(average, predicted, truth),
        }


def average_precision(scores: Scores, truth: Truth) -> float:
    """Area under the precision-recall steps: sum of (R_n - R_(n-1)) P_n; 0 without positives.

    Args:
        scores: (N,); equal scores share one step.
        truth: (N,).
    """
    order = np.argsort(-scores, kind="stable")
    last_of_step = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    right = np.cumsum(truth[order])[last_of_step]
    if not right[-1]:
        return 0.0
    recall = np.concatenate([[0.0], right / right[-1]])
    return float((np.diff(recall) * (right / (last_of_step + 1))).sum())


def thresholded(predicted: Truth, truth: Truth) -> Dict[str, Any]:
    """Figures of yes or no for each class.

    Args:
        predicted: (N, K), the answers.
        truth: (N, K), what is right.

    Returns:
        ``samples``, ``micro`` and ``macro`` averages of precision, recall, F0.5, F1 and F2 (0
        where nothing can be right; macro over all classes), and the Hamming loss and the share
        of patches with no error at all.
    """
    right, said, true = predicted & truth, predicted, truth
    found: Dict[str, Any] = {
        "samples": _averaged(right.sum(1), said.sum(1), true.sum(1)),
        "micro": _averaged(*(np.array([x.sum()]) for x in (right, said, true))),
        "macro": _averaged(right.sum(0), said.sum(0), true.sum(0)),
    }
    found["hamming_loss"] = float((predicted != truth).mean())
    found["subset_accuracy"] = float((predicted == truth).all(axis=1).mean())
    return found


def _averaged(right: Any, said: Any, true: Any) -> Dict[str, float]:
    scores = {
        "precision": _share(right, said),
        "recall": _share(right, true),
        "f0_5": _f_score(right, said, true, 0.5),
        "f1": _f_score(right, said, true, 1.0),
        "f2": _f_score(right, said, true, 2.0),
    }
    return {name: float(values.mean()) for name, values in scores.items()}


def _share(part: Any, whole: Any) -> NDArray[np.float64]:
    return np.asarray(part / np.maximum(whole, 1), np.float64)


def _f_score(right: Any, said: Any, true: Any, beta: float) -> NDArray[np.float64]:
    whole = beta**2 * true + said
    return np.asarray((1 + beta**2) * right / np.where(whole > 0, whole, 1), np.float64)


def ranking(scores: Scores, truth: Truth) -> Dict[str, float]:
    """Figures of the order in which a patch's classes come.

    Args:
        scores: (N, K), the probabilities.
        truth: (N, K), what is right.

    Returns:
        ``one_error``: share of patches whose first class is wrong. ``coverage``: how many
        classes must be read to have all right ones, mean (0 for a patch without any).
        ``ranking_loss``: share of pairs in the wrong order, ties included. ``lrap``: label
        ranking average precision; 1 for a patch that shows none or all.
    """
    parts = [
        _ranked(scores[i : i + _AT_ONCE], truth[i : i + _AT_ONCE])
        for i in range(0, len(scores), _AT_ONCE)
    ]
    names = ("one_error", "coverage", "ranking_loss", "lrap")
    return dict(zip(names, map(float, np.concatenate(parts, axis=1).mean(axis=1))))


def _ranked(scores: Scores, truth: Truth) -> NDArray[np.float64]:
    """(4, N): the figures of each patch."""
    true = truth.sum(axis=1)
    false = truth.shape[1] - true
    # before[n, j, i]: class i is not behind class j.
    before = scores[:, None, :] >= scores[:, :, None]
    rank = before.sum(axis=2)
    rank_of_true = (before & truth[:, None, :]).sum(axis=2)
    wrong_pairs = (before & ~truth[:, None, :] & truth[:, :, None]).sum(axis=(1, 2))
    mixed = (true > 0) & (false > 0)
    precision = np.where(truth, rank_of_true / rank, 0).sum(axis=1) / np.maximum(true, 1)
    first = scores.argmax(axis=1)
    return np.stack(
        [
            ~truth[np.arange(len(truth)), first],
            np.where(truth, rank, 0).max(axis=1),
            np.where(mixed, wrong_pairs / np.maximum(true * false, 1), 0),
            np.where(mixed, precision, 1),
        ]
    ).astype(np.float64)


def _per_class(average: List[float], predicted: Truth, truth: Truth) -> List[Dict[str, Any]]:
    """Each class's figures; none for one that no patch shows and that is never predicted."""
    right, said, true = (predicted & truth).sum(0), predicted.sum(0), truth.sum(0)
    columns = {
        "precision": _share(right, said),
        "recall": _share(right, true),
        "f1": _f_score(right, said, true, 1.0),
    }
    return [
        {
            "id": k,
            "patches": int(true[k]),
            "predicted": int(said[k]),
            "ap": average[k] if true[k] else None,
            **{n: float(v[k]) if true[k] or said[k] else None for n, v in columns.items()},
        }
        for k in range(truth.shape[1])
    ]
