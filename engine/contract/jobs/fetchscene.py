# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to fetch the least cloudy scene of an area and a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import Job, limited
from .extractgedi import SIGNINGS


@dataclass(frozen=True)
class FetchScene(Job):
    """Fetch the least cloudy scene as one local raster with named bands.

    Args:
        catalog: As for ``extractgedi``.
        extent: (xmin, ymin, xmax, ymax) in ``extent_crs``.
        start, end: First and last day, ``YYYY-MM-DD``.
        output: The raster to write.
        extent_crs: CRS of the extent; empty for longitude and latitude.
        collection: Collection of Sentinel-2 scenes.
        max_cloud: Cloud cover of a scene, per cent; taken is what lies below.
        bands: Band names in order; empty for all, with the scene classification last.
        resolution: Pixel size, metres.
        signing: How asset addresses are signed.
    """

    name: ClassVar[str] = "fetchscene"
    catalog: str
    extent: Tuple[float, float, float, float]
    start: str
    end: str
    output: str
    extent_crs: str = ""
    collection: str = "sentinel-2-l2a"
    max_cloud: float = limited(25.0, minimum=0.0, maximum=101.0)
    bands: Tuple[str, ...] = ()
    resolution: float = limited(10.0, minimum=1.0)
    signing: str = limited("auto", choices=SIGNINGS)

    def validate(self) -> None:
        """Check the fields, the dates, and that the extent has an area."""
        super().validate()
        if _day("START", self.start) > _day("END", self.end):
            raise InvalidRequest(
                f"START is {self.start} and END {self.end}.", "Give a START before END."
            )
        if not (self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]):
            raise InvalidRequest(
                f"EXTENT is {self.extent}, which has no area.", "Give xmin < xmax and ymin < ymax."
            )


def _day(key: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise InvalidRequest(f"{key} is {text!r}.", "Give a day such as 2020-06-30.") from error
