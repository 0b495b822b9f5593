# SPDX-License-Identifier: GPL-3.0-or-later
"""The class raster."""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
from numpy.typing import NDArray

from .layer import Layer, Probabilities


class MostLikelyClass(Layer):
    """Id of the class with the highest probability; of equal ones, the lowest id."""

    title, dtype, nodata, limits = "Class", "uint8", 255.0, (0.0, 254.0)
    categorical = True
    formula = "argmax_k p_k"

    def __call__(self, probabilities: Probabilities) -> NDArray[Any]:
        """(K, h, w) float32 to (h, w) ids, of ``class_storage(K)``'s type."""
        return np.argmax(probabilities, axis=0).astype(class_storage(len(probabilities))[0])


def class_storage(classes: int) -> Tuple[str, int]:
    """(dtype, nodata) of a class raster: bytes and 255, or uint16 where 255 is a class itself."""
    return ("uint8", 255) if classes <= 255 else ("uint16", 65535)
