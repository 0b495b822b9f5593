# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to map rasters with a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .map_settings import FILES, MAPS, MapRequest

__all__ = ["FILES", "MAPS", "ClassifyRaster"]


@dataclass(frozen=True)
class ClassifyRaster(MapRequest):
    """Map land cover and its uncertainty, chunk by chunk; ``input`` is one or more rasters."""

    name: ClassVar[str] = "classifyraster"
