# SPDX-License-Identifier: GPL-3.0-or-later
"""Which footprints are worth keeping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

import numpy as np
import numpy.typing as npt

from .footprints import Footprints
from .granule import POWER_BEAMS
from .region import Region

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FootprintFilter:
    """The conditions; a footprint must meet all.

    Args:
        max_relative_error: ``agbd_se / agbd`` in per cent must lie below.
        flags: Flags that must be 1.
        not_degraded: ``degrade_flag`` must be 0.
        min_sensitivity: Least beam sensitivity; 0 for no limit.
        night_only: The sun must be below the horizon.
        power_beams_only: Only full power beams.
        min_agbd: Least biomass, Mg/ha; always above 0.
        max_agbd: Most biomass, Mg/ha; 0 for no limit.
        region: Where footprints must lie; None for everywhere.
    """

    max_relative_error: float = 50.0
    flags: Tuple[str, ...] = ()
    not_degraded: bool = False
    min_sensitivity: float = 0.0
    night_only: bool = False
    power_beams_only: bool = False
    min_agbd: float = 0.0
    max_agbd: float = 0.0
    region: Optional[Region] = None

    @property
    def fields(self) -> Tuple[str, ...]:
        """Fields beyond the flags that the conditions need."""
        wanted: Dict[str, Any] = {
            "degrade_flag": self.not_degraded,
            "sensitivity": self.min_sensitivity > 0,
            "solar_elevation": self.night_only,
        }
        return tuple(name for name, used in wanted.items() if used)

    def apply(self, table: Footprints) -> Tuple[Footprints, Dict[str, int]]:
        """The footprints that meet all conditions, and how many were left after each.

        Returns:
            The rest, and condition to count, in the order in which they were applied.
        """
        kept = np.ones(len(table), np.bool_)
        counts = {"all": len(table)}
        for name, condition in self._conditions(table):
            kept &= condition
            counts[name] = int(kept.sum())
        return table.select(kept), counts

    def _conditions(self, table: Footprints) -> Tuple[Tuple[str, Mask], ...]:
        flags = np.ones(len(table), np.bool_)
        for name in self.flags:
            flags &= table[name] == 1
        found = [("flags", flags), ("error", self._precise(table))]
        if self.not_degraded:
            found.append(("degrade", table["degrade_flag"] == 0))
        if self.min_sensitivity > 0:
            found.append(("sensitivity", table["sensitivity"] >= self.min_sensitivity))
        if self.night_only:
            found.append(("night", table["solar_elevation"] < 0))
        if self.power_beams_only:
            found.append(("power beams", np.isin(table["beam"].astype(str), POWER_BEAMS)))
        if self.min_agbd > 0 or self.max_agbd > 0:
            high = self.max_agbd or np.inf
            found.append(("range", (table["agbd"] >= self.min_agbd) & (table["agbd"] <= high)))
        if self.region is not None:
            inside = self.region.holds(table["lon_lowestmode"], table["lat_lowestmode"])
            found.append(("region", inside))
        return tuple(found)

    def _precise(self, table: Footprints) -> Mask:
        agbd, error = table["agbd"].astype(np.float64), table["agbd_se"].astype(np.float64)
        # Without biomass there is no relative error; -9999 over -9999 would pass as 1.
        positive = np.isfinite(agbd) & np.isfinite(error) & (agbd > 0) & (error >= 0)
        relative = np.full(len(agbd), np.inf)
        np.divide(100 * error, agbd, out=relative, where=positive)
        place = np.isfinite(table["lon_lowestmode"]) & (np.abs(table["lat_lowestmode"]) <= 90)
        return (relative < self.max_relative_error) & place
