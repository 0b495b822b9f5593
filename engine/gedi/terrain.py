# SPDX-License-Identifier: GPL-3.0-or-later
"""Slope, from altitudes on the window's grid."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .window import PIXEL_M


def slope_of(altitude: npt.NDArray[np.float32], unit: str) -> npt.NDArray[np.float32]:
    """Slope from central differences (Zevenbergen and Thorne 1987), one-sided at the edge.

    Args:
        altitude: ``(H, W)`` float32, metres, 10 m a pixel.
        unit: ``degrees``, or ``percent`` (metres up for 100 metres along).

    Returns:
        ``(H, W)`` float32.
    """
    down, across = np.gradient(altitude.astype(np.float64), PIXEL_M)
    rise = np.hypot(down, across)
    slope = np.degrees(np.arctan(rise)) if unit == "degrees" else 100 * rise
    return slope.astype(np.float32)
