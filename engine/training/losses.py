# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network is trained to make small, on any backend: functions of labels and logits.

Unlabelled pixels (255) count for nothing, in the loss as in the metric.
"""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence

import numpy as np

from ..contract.errors import InvalidRequest
from ..core.dataset_card import IGNORE

Loss = Callable[[Any, Any], Any]
_FOCUS = 2.0  # gamma of Lin et al. 2017 (doi:10.1109/ICCV.2017.324)
_SMALL = 1e-6


def loss_of(kind: str, task: str, weights: Optional[Sequence[float]]) -> Loss:
    """The loss called ``kind``.

    Args:
        kind: ``cross_entropy``, ``focal``, ``dice`` or ``binary``.
        task: ``pixel``: labels (N, H, W) of class ids; ``patch``: (N, K) of 0 and 1.
        weights: Of the K classes; None for all alike. For ``binary``, of their positives.

    Returns:
        A function of labels and logits that gives one number.
    """
    factors = None if weights is None else np.asarray(weights, np.float32)

    def loss(labels: Any, logits: Any) -> Any:
        from keras import ops

        truth, counted = _truth(labels, logits, task)
        if kind == "binary":
            return _binary(truth, counted, logits, factors)
        log_shares = ops.log_softmax(ops.cast(logits, "float32"), axis=-1)
        importance = counted
        if factors is not None:
            importance = counted * ops.sum(truth * factors, axis=-1)
        per_item = -ops.sum(truth * log_shares, axis=-1)
        if kind == "focal":
            right = ops.sum(truth * ops.exp(log_shares), axis=-1)
            per_item = per_item * ops.power(1.0 - right, _FOCUS)
        mean = ops.sum(per_item * importance) / (ops.sum(importance) + _SMALL)
        if kind != "dice":
            return mean
        return 0.5 * mean + 0.5 * _dice(truth, counted, ops.exp(log_shares))

    loss.__name__ = f"{kind}_loss"
    return loss


def right_share(task: str) -> Loss:
    """Share of pixels with the right class, or of right answers for a patch's classes."""

    def accuracy(labels: Any, logits: Any) -> Any:
        from keras import ops

        truth, counted = _truth(labels, logits, task)
        if task == "pixel":
            same = ops.equal(ops.argmax(truth, axis=-1), ops.argmax(logits, axis=-1))
            right = ops.cast(same, "float32")
        else:
            same = ops.equal(truth > 0.0, logits >= 0.0)
            right = ops.mean(ops.cast(same, "float32"), axis=-1)
        return ops.sum(right * counted) / (ops.sum(counted) + _SMALL)

    return accuracy


def _truth(labels: Any, logits: Any, task: str) -> Any:
    """Shares (…, K) float32, and 1 where they count, else 0."""
    from keras import ops

    if task == "patch":
        hot = ops.cast(labels, "float32")
        return hot, ops.ones_like(hot[..., 0])
    ids = ops.cast(labels, "int32")
    counted = ops.cast(ops.not_equal(ids, IGNORE), "float32")
    hot = ops.one_hot(ops.where(ids == IGNORE, 0, ids), logits.shape[-1], dtype="float32")
    return hot * counted[..., None], counted


def _binary(truth: Any, counted: Any, logits: Any, factors: Any) -> Any:
    """Each class by itself, from logits, so that nothing overflows."""
    from keras import ops

    logits = ops.cast(logits, "float32")
    present, absent = ops.softplus(-logits), ops.softplus(logits)
    if factors is not None:
        present = present * factors
    each = truth * present + (1.0 - truth) * absent
    return ops.sum(ops.mean(each, axis=-1) * counted) / (ops.sum(counted) + _SMALL)


def _dice(truth: Any, counted: Any, shares: Any) -> Any:
    """1 less the Dice coefficient, mean over the classes in the batch (Milletari et al. 2016)."""
    from keras import ops

    space = tuple(range(len(truth.shape) - 1))
    shares = shares * counted[..., None]
    both = ops.sum(truth * shares, axis=space)
    pixels = ops.sum(truth, axis=space)
    size = pixels + ops.sum(shares, axis=space)
    present = ops.cast(pixels > 0, "float32")
    dice = (2.0 * both + _SMALL) / (size + _SMALL)
    return 1.0 - ops.sum(dice * present) / (ops.sum(present) + _SMALL)


def class_weights(kind: str, counts: Sequence[int], binary: bool, total: int) -> List[float]:
    """What each class counts.

    Args:
        kind: ``balanced`` or ``median``.
        counts: Pixels or patches of each class in the train split.
        binary: Whether the weights are of the positives of each class by itself.
        total: Patches in the train split, where ``binary``.

    Returns:
        One number a class; 1 for a class that does not occur. ``balanced`` gives every class the
        same sum, ``median`` the median frequency over a class's own (Eigen and Fergus 2015). For
        positives, ``balanced`` weighs them like the patches without the class.

    Raises:
        InvalidRequest: Nothing was counted.
    """
    found = np.asarray(counts, np.float64)
    present = found > 0
    if not present.any():
        raise InvalidRequest(
            "The dataset's card counts no labels in the train split.", "Set CLASS_WEIGHTS to none."
        )
    weights = np.ones(len(found))
    if kind == "median":
        weights[present] = np.median(found[present]) / found[present]
    elif binary:
        weights[present] = np.maximum(total - found[present], 1) / found[present]
    else:
        weights[present] = found.sum() / (present.sum() * found[present])
    return [float(weight) for weight in weights]
