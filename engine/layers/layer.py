# SPDX-License-Identifier: GPL-3.0-or-later
"""What a layer is: what it says of itself, and one function of the probabilities."""

from __future__ import annotations

from typing import Any, ClassVar, Tuple

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]


class Layer:
    """A map with one value a pixel, computed from that pixel's class probabilities alone.

    A child sets what is declared here and defines ``__call__``; it is listed by one line in
    ``engine/layers/__init__.py``.
    """

    title: ClassVar[str]
    """What the legend says."""
    unit: ClassVar[str] = ""
    """Unit of the values; empty for a pure number."""
    dtype: ClassVar[str] = "float32"
    """NumPy's name of the type that is written."""
    nodata: ClassVar[float] = -1.0
    """Value where the scene has none; outside ``limits``."""
    limits: ClassVar[Tuple[float, float]] = (0.0, 1.0)
    """Least and greatest possible value."""
    categorical: ClassVar[bool] = False
    """Whether values are class ids; then ``dtype`` and ``nodata`` follow the number of classes."""
    formula: ClassVar[str]
    """What is computed, for the file's tag."""

    def __call__(self, probabilities: Probabilities) -> NDArray[Any]:
        """Compute the layer.

        Args:
            probabilities: (K, h, w) float32 in [0, 1]; they sum to 1 for softmax models only.

        Returns:
            (h, w) values in ``limits``, of any float type or of ``dtype``.
        """
        raise TypeError(f"{type(self).__name__} defines no __call__.")
