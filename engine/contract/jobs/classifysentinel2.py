# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to map a Sentinel-2 product with a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional, Tuple

from ..errors import InvalidRequest
from .base import Job, limited
from .map_settings import MapRequest

RADAR_UNITS = ("auto", "db", "linear")
_SCENE_CLASSES = range(12)


@dataclass(frozen=True)
class ProductSettings(Job):
    """What is said of Sentinel-2 products besides where they are.

    Args:
        s1: Raster or folder with VV and VH, brought to the product's grid; empty for none.
        s1_unit: Whether its numbers are ``db`` or ``linear`` power; ``auto`` to look at them.
        scl_mask: Classes of the scene classification (0 to 11) that are left out of the map.
        add_offset: Added to the stored numbers instead of the product's own BOA_ADD_OFFSET.
    """

    s1: str = ""
    s1_unit: str = limited("auto", choices=RADAR_UNITS)
    scl_mask: Tuple[int, ...] = ()
    add_offset: Optional[int] = None

    def validate(self) -> None:
        """Check the fields, and that the scene classes exist."""
        super().validate()
        unknown = [number for number in self.scl_mask if number not in _SCENE_CLASSES]
        if unknown:
            raise InvalidRequest(
                f"SCL_MASK has {unknown[0]}, which is no scene class.",
                "Classes are 0 to 11, such as 3 (shadow), 8, 9, 10 (cloud) and 11 (snow).",
            )


@dataclass(frozen=True)
class ClassifySentinel2(ProductSettings, MapRequest):
    """Map a Sentinel-2 product; ``input`` is one SAFE folder, zip, or folder of bands."""

    name: ClassVar[str] = "classifysentinel2"

    def inputs(self) -> Tuple[str, ...]:
        """Every path that is read."""
        return (*super().inputs(), self.s1)

    def validate(self) -> None:
        """Check the fields, and that one product is given."""
        super().validate()
        if len(self.input) != 1:
            raise InvalidRequest(
                f"INPUT has {len(self.input)} paths.",
                "Give one product; 'Classify many tiles' takes a folder of them.",
            )
