# SPDX-License-Identifier: GPL-3.0-or-later
"""The class that comes second."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .layer import Layer, Probabilities
from .most_likely import class_storage


class SecondClass(Layer):
    """Id of the class with the second highest probability; of equal ones, the lowest id."""

    title, dtype, nodata, limits = "Second class", "uint8", 255.0, (0.0, 254.0)
    categorical = True
    formula = "argmax of p without the first class"

    def __call__(self, probabilities: Probabilities) -> NDArray[Any]:
        """(K, h, w) float32 to (h, w) ids, of ``class_storage(K)``'s type; nodata where K is 1."""
        dtype, nodata = class_storage(len(probabilities))
        if len(probabilities) == 1:
            return np.full(probabilities.shape[1:], nodata, dtype)
        others = probabilities.copy()
        np.put_along_axis(others, probabilities.argmax(axis=0)[None], -1.0, axis=0)
        return others.argmax(axis=0).astype(dtype)
