# SPDX-License-Identifier: GPL-3.0-or-later
"""How close the second class comes to the first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .gap import Gap
from .layer import Layer, Probabilities


class MarginOfDoubt(Layer):
    """1 less the gap: 1 where two classes are level, 0 where one is certain."""

    title = "Margin of doubt"
    formula = "1 - (p_(1) - p_(2))"

    def __call__(self, probabilities: Probabilities) -> NDArray[np.float32]:
        """(K, h, w) float32 to (h, w) float32."""
        return np.float32(1.0) - Gap()(probabilities)
