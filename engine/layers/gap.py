# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the mapped class is ahead."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .layer import Layer, Probabilities


class Gap(Layer):
    """Highest less second highest probability: 0 where two classes are level."""

    title = "Gap"
    formula = "p_(1) - p_(2), the two highest"

    def __call__(self, probabilities: Probabilities) -> NDArray[np.float32]:
        """(K, h, w) float32 to (h, w) float32; p itself where K is 1."""
        if len(probabilities) == 1:
            return probabilities[0]
        second, first = np.partition(probabilities, -2, axis=0)[-2:]
        return first - second
