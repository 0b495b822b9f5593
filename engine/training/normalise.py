# SPDX-License-Identifier: GPL-3.0-or-later
"""Stored numbers to what a network takes."""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.band import Band


def normalise(pixels: NDArray[Any], bands: Sequence[Band]) -> NDArray[np.float32]:
    """Stored numbers to network input, by each band's scale, offset, mean and std.

    Args:
        pixels: (..., C), of any type of numbers.
        bands: The C bands.
    """
    factor = np.array([band.factor for band in bands], np.float32)
    shift = np.array([band.shift for band in bands], np.float32)
    normalised: NDArray[np.float32] = pixels.astype(np.float32) * factor + shift
    return normalised
