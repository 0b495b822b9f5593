# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to extract a window of every source around each footprint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited
from .combinegedi import check_given

SLOPE_UNITS = ("degrees", "percent")
SIGNINGS = ("auto", "none", "planetary-computer")


@dataclass(frozen=True)
class Extraction(Job):
    """How windows are extracted; shared by the requests that do it.

    Args:
        catalog: STAC API or static catalogue by address, ``planetary-computer``,
            ``earth-search``, a ``catalog.json``, or a folder of SAFE products and tiles.
        dem_catalog: Where the Copernicus DEM comes from; empty for ``catalog``.
        worldcover_catalog: Where WorldCover comes from; empty for ``catalog``.
        collection: Collection of Sentinel-2 scenes.
        dem_collection: Collection of Copernicus DEM tiles.
        worldcover_collection: Collection of WorldCover tiles.
        signing: How asset addresses are signed.
        days: Most days between a footprint and its scene.
        max_cloud: Cloud cover of a scene, per cent; taken is what lies below.
        max_slope: Most slope at a footprint, in ``slope_unit``.
        slope_unit: Unit of ``max_slope`` and of the slope stored.
        batch_size: Footprints in a file.
        resume: Go on with what an earlier run with the same settings finished.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
    """

    catalog: str = ""
    dem_catalog: str = ""
    worldcover_catalog: str = ""
    collection: str = "sentinel-2-l2a"
    dem_collection: str = "cop-dem-glo-30"
    worldcover_collection: str = "esa-worldcover"
    signing: str = limited("auto", choices=SIGNINGS)
    days: int = limited(10, minimum=0, maximum=366)
    max_cloud: float = limited(25.0, minimum=0.0, maximum=101.0)
    max_slope: float = limited(15.0, minimum=0.0)
    slope_unit: str = limited("degrees", choices=SLOPE_UNITS)
    batch_size: int = limited(1000, minimum=1)
    resume: bool = True
    workers: int = limited(0, minimum=0)
    scheduler: str = ""


@dataclass(frozen=True)
class ExtractGedi(Extraction):
    """Extract Sentinel-2, DEM and WorldCover windows around footprints, in batches.

    Args:
        footprints: Table of footprints.
        output: Folder of the HDF5 files; new, empty, or an unfinished run to go on with.
    """

    name: ClassVar[str] = "extractgedi"
    footprints: str = ""
    output: str = ""

    def validate(self) -> None:
        """Check the fields."""
        super().validate()
        check_given(self, "footprints", "catalog", "output")
