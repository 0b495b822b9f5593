# SPDX-License-Identifier: GPL-3.0-or-later
"""How probable the mapped class is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .layer import Layer, Probabilities


class HighestProbability(Layer):
    """Probability of the most probable class."""

    title = "Maximum probability"
    formula = "max_k p_k"

    def __call__(self, probabilities: Probabilities) -> NDArray[np.float32]:
        """(K, h, w) float32 to (h, w) float32."""
        return probabilities.max(axis=0)
