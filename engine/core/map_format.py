# SPDX-License-Identifier: GPL-3.0-or-later
"""How a map is stored: type, nodata, unit, and numbers in [0, 1] as bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Optional, Tuple

import numpy as np
from numpy.typing import NDArray

BYTE_NODATA = 255
BYTE_TOP = 254


@dataclass(frozen=True)
class MapFormat:
    """How one map is stored.

    Args:
        bands: Description of each band.
        dtype: ``uint8`` or ``float32``.
        nodata: Value where there is no map.
        unit: Unit of the values, after ``scale``.
        scale: Value of one step, for bytes that stand for numbers in [0, 1]; None if none.
        categorical: Whether numbers are names, so that overviews must not average them.
        tags: For the file.
    """

    bands: Tuple[str, ...]
    dtype: str
    nodata: float
    unit: str = ""
    scale: Optional[float] = None
    categorical: bool = False
    tags: Dict[str, str] = field(default_factory=dict)

    @property
    def bytes_per_px(self) -> int:
        """Uncompressed, without overviews."""
        return len(self.bands) * np.dtype(self.dtype).itemsize


def as_bytes(values: NDArray[np.float32], nodata: float) -> NDArray[np.uint8]:
    """(h, w) or (B, h, w) numbers in [0, 1] as bytes 0..254, 255 for nodata; at most 1/508 off."""
    steps = np.rint(values * np.float32(BYTE_TOP)).clip(0, BYTE_TOP).astype(np.uint8)
    return np.where(values == np.float32(nodata), np.uint8(BYTE_NODATA), steps)
