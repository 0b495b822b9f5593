# SPDX-License-Identifier: GPL-3.0-or-later
"""The offset that Sentinel-2's numbers have since processing baseline 04.00."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def with_offset(pixels: npt.NDArray[Any], offset: Any) -> npt.NDArray[Any]:
    """Numbers that mean the same under every baseline.

    What was measured is never 0, which would say that it was not: dark water is that dark.

    Args:
        pixels: Any shape, DN, 0 for no data.
        offset: Such as -1000; a number, or an array that fits ``pixels``.

    Returns:
        The same shape and dtype: reflectance times 10000, 1 or more; 0 for no data.
    """
    shifted = np.maximum(pixels.astype(np.int32) + offset, 1)
    return np.where(pixels == 0, 0, shifted).astype(pixels.dtype)
