# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a network gives to probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# How a model's scores become probabilities; the compiled pass branches on these numbers.
SOFTMAX, SIGMOID, AS_THEY_ARE = 0, 1, 2


def activation_of(output: str, activation: str) -> int:
    """The number for a card's ``output`` and ``activation``."""
    if output in ("probabilities", "values"):
        return AS_THEY_ARE
    return SOFTMAX if activation == "softmax" else SIGMOID


def probabilities_of(scores: NDArray[np.float32], activation: int) -> NDArray[np.float32]:
    """Turn scores into probabilities, class by class, so that one copy of them is held.

    Args:
        scores: (K, h, w) float32 logits, or probabilities for AS_THEY_ARE.
        activation: SOFTMAX, SIGMOID or AS_THEY_ARE.

    Returns:
        (K, h, w) float32 in [0, 1]; a new array.
    """
    if activation == AS_THEY_ARE:
        return scores.copy()
    if activation == SIGMOID:
        e = np.exp(-np.abs(scores))  # of the absolute value: never overflows, keeps small p exact
        return np.asarray(np.where(scores >= 0, 1, e) / (1 + e), dtype=np.float32)
    p = scores - scores.max(axis=0)
    np.exp(p, out=p)
    p /= p.sum(axis=0)
    return p
