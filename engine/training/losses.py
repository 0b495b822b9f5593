# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network is trained to make small, on any backend: functions of labels and logits.

Unlabelled pixels (255, or NaN for a number) count for nothing, in the loss as in the metric.
"""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence

import numpy as np

from ..contract.errors import InvalidRequest
from ..core.dataset_card import IGNORE

Loss = Callable[[Any, Any], Any]
_FOCUS = 2.0  # gamma of Lin et al. 2017 (doi:10.1109/ICCV.2017.324)
_SMALL = 1e-6
REGRESSION = ("mse", "huber")
_TURN = 1.0  # standard deviations from which on Huber's loss grows in a straight line


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


def value_loss(kind: str, std: float) -> Loss:
    """The loss of a regression called ``kind``, in standard deviations of the target.

    Args:
        kind: ``mse``, or ``huber`` (Huber 1964, doi:10.1214/aoms/1177703732).
        std: Of the target over the train split, in its unit.

    Returns:
        A function of observed values, (N, H, W) or (N, 1), NaN where there is none, and the
        network's, (N, H, W, 1) or (N, 1), in the target's unit, that gives one number.
    """

    def loss(labels: Any, values: Any) -> Any:
        from keras import ops

        error, counted = _errors(labels, values)
        error = error / std
        each = ops.square(error)
        if kind == "huber":
            size = ops.absolute(error)
            each = ops.where(size <= _TURN, 0.5 * each, _TURN * (size - 0.5 * _TURN))
        return ops.sum(each * counted) / (ops.sum(counted) + _SMALL)

    loss.__name__ = f"{kind}_loss"
    return loss


def mean_error(labels: Any, values: Any) -> Any:
    """Mean absolute error in the target's unit, of the values that there are."""
    from keras import ops

    error, counted = _errors(labels, values)
    return ops.sum(ops.absolute(error) * counted) / (ops.sum(counted) + _SMALL)


mean_error.__name__ = "mae"


def _errors(labels: Any, values: Any) -> Any:
    """Network less observed, and 1 where there is an observed value, else 0 with error 0."""
    from keras import ops

    values = ops.cast(values, "float32")
    observed = ops.reshape(ops.cast(labels, "float32"), ops.shape(values))
    known = ops.isfinite(observed)
    # Set before anything is computed of it: NaN times 0 is NaN, in a gradient too.
    observed = ops.where(known, observed, ops.zeros_like(observed))
    counted = ops.cast(known, "float32")
    return (values - observed) * counted, counted


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
