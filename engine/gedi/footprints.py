# SPDX-License-Identifier: GPL-3.0-or-later
"""Footprints: one row a laser shot, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]
EPOCH = np.datetime64("2018-01-01T00:00:00", "us")
FILL = -9999.0
# Column to NumPy dtype: what every table has, and what it may have.
NEEDED = {
    "agbd": "f4",
    "agbd_se": "f4",
    "lon_lowestmode": "f8",
    "lat_lowestmode": "f8",
    "shot_number": "u8",
    "delta_time": "f8",
}
TEXTS = ("gedi_filename", "acquisition_time", "beam")
OPTIONAL = {
    "l2_quality_flag": "u1",
    "l4_quality_flag": "u1",
    "surface_flag": "u1",
    "algorithm_run_flag": "u1",
    "degrade_flag": "u1",
    "sensitivity": "f4",
    "solar_elevation": "f4",
}


@dataclass(frozen=True)
class Footprints:
    """A table of footprints.

    Args:
        columns: Name to ``(N,)`` array: those of ``NEEDED`` (Mg/ha, degrees, seconds since
            2018-01-01 UTC), any of ``OPTIONAL``, and ``TEXTS`` as objects.
    """

    columns: Dict[str, Column]

    def __len__(self) -> int:
        return len(self.columns["agbd"])

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def select(self, which: Column) -> Footprints:
        """Rows where a bool array is True, or at whole-number positions, in that order."""
        return Footprints({name: column[which] for name, column in self.columns.items()})

    @property
    def times(self) -> npt.NDArray[np.datetime64]:
        """``(N,)`` acquisition times, UTC, to the microsecond."""
        return EPOCH + np.rint(self["delta_time"] * 1e6).astype("timedelta64[us]")

    @property
    def years(self) -> npt.NDArray[np.int64]:
        """``(N,)`` years of acquisition."""
        return self.times.astype("datetime64[Y]").astype(np.int64) + 1970

    @property
    def days(self) -> npt.NDArray[np.int64]:
        """``(N,)`` days of the year, 1 to 366."""
        times = self.times
        start = times.astype("datetime64[Y]").astype("datetime64[D]")
        return (times.astype("datetime64[D]") - start).astype(np.int64) + 1


def join(parts: Iterable[Footprints]) -> Footprints:
    """All rows of several tables, with the columns that all of them have."""
    tables = list(parts)
    names = [n for n in tables[0].columns if all(n in table for table in tables)]
    return Footprints({n: np.concatenate([table[n] for table in tables]) for n in names})


def empty() -> Footprints:
    """No footprint at all."""
    columns: Dict[str, Column] = {n: np.zeros(0, d) for n, d in {**NEEDED, **OPTIONAL}.items()}
    columns.update({name: np.zeros(0, object) for name in TEXTS})
    return Footprints(columns)


def iso_times(times: npt.NDArray[np.datetime64]) -> Column:
    """``(N,)`` texts such as ``2020-02-05T15:13:58.123456Z``."""
    texts: List[str] = [f"{text}Z" for text in np.datetime_as_string(times, unit="us")]
    return np.array(texts, object)
