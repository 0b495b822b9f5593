# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to combine GEDI granules into tables of footprints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional, Tuple

from ..errors import InvalidRequest
from .base import Job, limited

FLAGS = ("l2_quality_flag", "l4_quality_flag", "surface_flag")
TABLE_SUFFIXES = (".csv", ".gpkg", ".parquet")
KNOWN_FLAGS = (*FLAGS, "algorithm_run_flag")


@dataclass(frozen=True)
class GediFilter(Job):
    """Which footprints to keep; shared by the requests that read granules.

    Args:
        max_relative_error: Standard error over biomass, per cent; kept is what lies below.
        flags: Flags that must be 1.
        not_degraded: Keep only footprints whose ``degrade_flag`` is 0.
        min_sensitivity: Least beam sensitivity, in [0, 1]; 0 for no limit.
        night_only: Keep only footprints taken with the sun below the horizon.
        power_beams_only: Keep only the four full power beams.
        min_agbd: Least biomass, Mg/ha; kept is always only what is above 0.
        max_agbd: Most biomass, Mg/ha; 0 for no limit.
        region: GeoJSON polygons to keep footprints in; empty for everywhere.
        extent: (xmin, ymin, xmax, ymax) in ``extent_crs``; None for everywhere.
        extent_crs: CRS of the extent; empty for longitude and latitude.
    """

    max_relative_error: float = limited(50.0, minimum=0.0)
    flags: Tuple[str, ...] = FLAGS
    not_degraded: bool = False
    min_sensitivity: float = limited(0.0, minimum=0.0, maximum=1.0)
    night_only: bool = False
    power_beams_only: bool = False
    min_agbd: float = limited(0.0, minimum=0.0)
    max_agbd: float = limited(0.0, minimum=0.0)
    region: str = ""
    extent: Optional[Tuple[float, float, float, float]] = None
    extent_crs: str = ""

    def validate(self) -> None:
        """Check the fields, the flags' names, and that ranges are not empty."""
        super().validate()
        for flag in self.flags:
            if flag not in KNOWN_FLAGS:
                raise InvalidRequest(f"FLAGS has {flag!r}.", f"Use of {', '.join(KNOWN_FLAGS)}.")
        if 0 < self.max_agbd <= self.min_agbd:
            raise InvalidRequest(
                f"MIN_AGBD is {self.min_agbd} and MAX_AGBD {self.max_agbd}.",
                "Give a MAX_AGBD above MIN_AGBD, or 0 for no limit.",
            )
        if self.extent and not (
            self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]
        ):
            raise InvalidRequest(
                f"EXTENT is {self.extent}, which has no area.", "Give xmin < xmax and ymin < ymax."
            )


@dataclass(frozen=True)
class CombineGedi(GediFilter):
    """Read GEDI L4A granules and write the footprints worth keeping, a table a split.

    Args:
        input: Granules (HDF5, or ZIP with one inside), or folders of them.
        train: Table of the training years; ``.csv``, ``.gpkg`` or ``.parquet``.
        test: Table of the test years; empty for none.
        train_years, test_years: Years of acquisition.
        plots: Folder for pictures of where and when footprints lie; empty for none.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
        seed: Seed of the tables' order.
    """

    name: ClassVar[str] = "combinegedi"
    input: Tuple[str, ...] = ()
    train: str = ""
    test: str = ""
    train_years: Tuple[int, ...] = (2020,)
    test_years: Tuple[int, ...] = (2021,)
    plots: str = ""
    workers: int = limited(1, minimum=0)
    scheduler: str = ""
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields, the tables' forms, and that no year is in both splits."""
        super().validate()
        check_given(self, "input", "train")
        check_table("TRAIN", self.train)
        check_table("TEST", self.test)
        check_years(self.train_years, self.test_years)


def check_given(request: Job, *names: str) -> None:
    """Check that fields have values which, for the sake of inheritance, have a default.

    Raises:
        InvalidRequest: One is empty.
    """
    for name in names:
        if getattr(request, name) in ("", ()):
            raise InvalidRequest(f"{name.upper()} is empty.", "It must be given.")


def check_table(key: str, path: str) -> None:
    """Check that a table's suffix is one that can be written.

    Raises:
        InvalidRequest: It is another.
    """
    if path and not path.lower().endswith(TABLE_SUFFIXES) and not path.startswith("temporary "):
        raise InvalidRequest(f"{key} is {path!r}.", f"End it in {', '.join(TABLE_SUFFIXES)}.")


def check_years(train: Tuple[int, ...], test: Tuple[int, ...]) -> None:
    """Check that splits have years, and none in common.

    Raises:
        InvalidRequest: They do not.
    """
    if not train:
        raise InvalidRequest("TRAIN_YEARS is empty.", "Give at least one year.")
    both = sorted(set(train) & set(test))
    if both:
        raise InvalidRequest(
            f"{both[0]} is in TRAIN_YEARS and in TEST_YEARS.", "Give each year to one split."
        )
