# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a network is on a split it did not learn from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.dataset_card import DatasetTarget
from ..core.residuals import Residuals, plot_range
from .normalise import normalise
from .scores import Confusion, accuracy, average_precision, confusion_matrix, mean_iou
from .source import SplitSource

Predict = Callable[[NDArray[np.float32]], Any]
# What a network gives to the score that says which one is the best.
BEST_BY = {"pixel": "miou", "patch": "ap_macro", "regression": "rmse"}
_SMALLER = ("rmse",)
_AT_ONCE_PX = 8 * 120 * 120


@dataclass(frozen=True)
class Evaluation:
    """What a split says of a network.

    Args:
        scores: ``accuracy`` and ``miou`` per pixel; ``accuracy`` (share of right answers),
            ``ap_macro`` and ``ap_micro`` per patch; ``rmse``, ``mae``, ``r2``, ``bias`` of numbers.
        confusion: (K, K) per pixel, row = truth; None otherwise.
        average_precision: Of each class per patch, NaN without a positive; empty otherwise.
        residuals: Predicted against observed, of a regression.
    """

    scores: Dict[str, float]
    confusion: Optional[Confusion] = None
    average_precision: Tuple[float, ...] = ()
    residuals: Optional[Residuals] = None


def evaluate(predict: Predict, source: SplitSource) -> Evaluation:
    """Score a network on all patches of a split, one after the other.

    Args:
        predict: Normalised windows (N, H, W, C) to its logits, or values.
        source: The split.
    """
    if source.target is not None:
        return _values(predict, source, source.target)
    return _pixels(predict, source) if source.task == "pixel" else _patches(predict, source)


def is_better(name: str, score: float, best: Optional[float]) -> bool:
    """Whether a score called ``name`` is better than the best so far, if there is one."""
    if best is None or math.isnan(score):
        return best is None
    if math.isnan(best):
        return True
    return score < best if name in _SMALLER else score > best


def predictions(
    predict: Predict, source: SplitSource
) -> Iterator[Tuple[NDArray[Any], NDArray[Any], NDArray[np.float32]]]:
    """Some patches at a time: (N, H, W, C) as stored, their labels, and the logits."""
    at_once = max(1, _AT_ONCE_PX // (source.size[0] * source.size[1]))
    for begin in range(0, len(source), at_once):
        found = [source[i] for i in range(begin, min(begin + at_once, len(source)))]
        pixels, labels = np.stack([p for p, _ in found]), np.stack([lab for _, lab in found])
        missing = at_once - len(found)  # always the same shape, or the network is compiled again
        fed = np.concatenate([pixels, np.repeat(pixels[:1], missing, axis=0)])
        logits = np.asarray(predict(normalise(fed, source.bands)), np.float32)
        yield pixels, labels, logits[: len(found)]


def _pixels(predict: Predict, source: SplitSource) -> Evaluation:
    classes = source.classes
    total = np.zeros((classes, classes), np.int64)
    for _, labels, logits in predictions(predict, source):
        total += confusion_matrix(labels, logits.argmax(axis=-1), classes)
    return Evaluation({"accuracy": accuracy(total), "miou": mean_iou(total)}, total)


def _values(predict: Predict, source: SplitSource, target: DatasetTarget) -> Evaluation:
    total = Residuals(*plot_range(target))
    for _, labels, values in predictions(predict, source):
        total.add(labels, values.reshape(labels.shape))
    return Evaluation(total.figures(), residuals=total)


def _patches(predict: Predict, source: SplitSource) -> Evaluation:
    truth: List[NDArray[np.uint8]] = []
    found: List[NDArray[np.float32]] = []
    for _, labels, logits in predictions(predict, source):
        truth.append(labels)
        found.append(logits)
    hot, scores = np.concatenate(truth), np.concatenate(found)
    each = [average_precision(hot[:, k], scores[:, k]) for k in range(hot.shape[1])]
    known = [value for value in each if value == value]
    numbers = {
        "accuracy": float(((scores >= 0) == (hot > 0)).mean()),
        "ap_macro": float(np.mean(known)) if known else float("nan"),
        "ap_micro": average_precision(hot.ravel(), scores.ravel()),
    }
    return Evaluation(numbers, average_precision=tuple(each))
