# SPDX-License-Identifier: GPL-3.0-or-later
"""A band as a model wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional


@dataclass(frozen=True)
class Band:
    """One input channel and how its stored numbers become what the network was trained on.

    ``(stored * scale + offset - mean) / std``

    Args:
        name: ``B02``, ``VV``, …: what binds it to a scene's band.
        unit: Unit of ``stored * scale + offset``: ``reflectance``, ``DN``, ``dB``, ….
        scale: Factor from stored numbers to ``unit``.
        offset: Added after ``scale``, in ``unit``.
        mean: Subtracted, in ``unit``.
        std: Divided by, in ``unit``; above 0.
        nodata: Stored number that means no measurement; None if the raster says.
    """

    name: str
    unit: str = "DN"
    scale: float = 1.0
    offset: float = 0.0
    mean: float = 0.0
    std: float = 1.0
    nodata: Optional[float] = None

    @property
    def factor(self) -> float:
        """``a`` in ``network input = a * stored + b``."""
        return self.scale / self.std

    @property
    def shift(self) -> float:
        """``b`` in ``network input = a * stored + b``."""
        return (self.offset - self.mean) / self.std
