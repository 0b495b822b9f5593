# SPDX-License-Identifier: GPL-3.0-or-later
"""One scene or tile of a catalogue, whatever catalogue it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, Mapping, Optional, Tuple

from .polygon import Polygon

Box = Tuple[float, float, float, float]


@dataclass(frozen=True)
class Asset:
    """One file.

    Args:
        href: Local path or address.
        offset: Added to its stored numbers, DN: -1000 for Sentinel-2 of baseline 04.00 and later.
    """

    href: str
    offset: int = 0


@dataclass(frozen=True)
class CatalogueItem:
    """One scene or tile.

    Args:
        id: Its name in the catalogue.
        collection: Collection it is of.
        bbox: (west, south, east, north), degrees.
        polygons: Where it has pixels, longitude and latitude.
        time: Acquisition, ISO 8601 UTC; empty if the catalogue does not say.
        cloud: Cloud cover, per cent; None if the catalogue does not say.
        product: Name of the product it was made from.
        assets: Band name (``B02``, ``SCL``, ``DEM``, ``MAP``) to file.
        signing: How addresses are signed before they are read; empty for not at all.
    """

    id: str
    collection: str
    bbox: Box
    polygons: Tuple[Polygon, ...]
    time: str = ""
    cloud: Optional[float] = None
    product: str = ""
    assets: Mapping[str, Asset] = field(default_factory=dict)
    signing: str = ""

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        plain["assets"] = {name: [a.href, a.offset] for name, a in self.assets.items()}
        return plain

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> CatalogueItem:
        """Read the JSON form.

        Raises:
            KeyError, TypeError, ValueError: It is none.
        """
        plain = dict(content)
        plain["assets"] = {name: Asset(*asset) for name, asset in content["assets"].items()}
        plain["bbox"] = tuple(content["bbox"])
        plain["polygons"] = tuple(
            tuple(tuple((x, y) for x, y in ring) for ring in polygon)
            for polygon in content["polygons"]
        )
        return cls(**plain)
