# SPDX-License-Identifier: GPL-3.0-or-later
"""How evenly the probability is spread over the classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .layer import Layer, Probabilities


class Entropy(Layer):
    """Shannon entropy, normalised: 0 where the model is sure, 1 where all classes are equal.

    H = -sum_k q_k ln q_k / ln K with q = p / sum(p)  (Shannon 1948). For softmax q is p; the
    probabilities of a sigmoid model are no distribution until they are divided by their sum.
    """

    title = "Entropy"
    formula = "-sum_k(q_k ln q_k) / ln K, q = p / sum(p)"

    def __call__(self, probabilities: Probabilities) -> NDArray[np.float64]:
        """(K, h, w) float32 to (h, w) float64; 0 where K is 1 or every probability is 0."""
        total = probabilities.sum(axis=0, dtype=np.float64)
        sum_p_ln_p = np.zeros_like(total)
        for p in probabilities.astype(np.float64):
            sum_p_ln_p += p * np.log(p, out=np.zeros_like(p), where=p > 0)
        safe = np.where(total > 0, total, 1.0)
        nats = np.where(total > 0, np.log(safe) - sum_p_ln_p / safe, 0.0)
        return np.clip(nats / np.log(max(2, len(probabilities))), 0.0, 1.0)
