# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of BigEarthNet patches: Sentinel-2 of both versions, and Sentinel-1.

A name is kept as it was written; what is compared between names are tile, H, V and the date, as
numbers: version 2 pads H and V with zeros, version 1 and Sentinel-1 do not.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Dict, Optional, Union

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import UnknownName

PATCHES_PER_TILE = 91  # 109.8 km / 1.2 km, rounded down

_WHEN = r"(?P<day>\d{8})T(?P<time>\d{5,6})"
_TILE = r"(?P<tile>\d{2}[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V])"
_PLACE = r"(?P<h>\d{1,2})_(?P<v>\d{1,2})"
_S2 = r"(?P<satellite>S2[A-D])_MSIL2A_" + _WHEN
_S2_V2 = rf"^{_S2}_N(?P<baseline>\d{{4}})_R(?P<orbit>\d{{3}})_T{_TILE}_{_PLACE}$"
_S2_V1 = rf"^{_S2}_{_PLACE}$"
_S1 = rf"^(?P<satellite>S1[A-D])_IW_GRDH_1SDV_{_WHEN}_{_TILE}_{_PLACE}$"
PATTERNS: Dict[str, str] = {"s2v2": _S2_V2, "s2v1": _S2_V1, "s1": _S1}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}


@dataclass(frozen=True)
class Sentinel2Name:
    """A Sentinel-2 patch.

    Args:
        satellite: ``S2A``, ``S2B``, ….
        day: Day of acquisition, UTC.
        time: Its time as written, ``HHMMSS``; version 1 may lack the leading 0.
        h: Column of the patch in its tile, 0..90, counted from the west.
        v: Row of the patch in its tile, 0..90, counted from the north.
        tile: MGRS tile such as ``33UUP``; empty in version 1, whose names do not say it.
        baseline: Processing baseline, four digits; empty in version 1.
        orbit: Relative orbit, three digits; empty in version 1.
    """

    satellite: str
    day: dt.date
    time: str
    h: int
    v: int
    tile: str = ""
    baseline: str = ""
    orbit: str = ""

    @property
    def version(self) -> int:
        """Which BigEarthNet writes such names: 1 or 2."""
        return 2 if self.tile else 1

    @property
    def scene(self) -> str:
        """The part before H and V, which is the archive's folder in version 2."""
        start = f"{self.satellite}_MSIL2A_{self.day:%Y%m%d}T{self.time}"
        return f"{start}_N{self.baseline}_R{self.orbit}_T{self.tile}" if self.tile else start

    def __str__(self) -> str:
        place = f"{self.h:02d}_{self.v:02d}" if self.tile else f"{self.h}_{self.v}"
        return f"{self.scene}_{place}"


@dataclass(frozen=True)
class Sentinel1Name:
    """A Sentinel-1 patch; fields as in ``Sentinel2Name``."""

    satellite: str
    day: dt.date
    time: str
    tile: str
    h: int
    v: int

    @property
    def scene(self) -> str:
        """The part before tile, H and V, which is the archive's folder in version 2."""
        return f"{self.satellite}_IW_GRDH_1SDV_{self.day:%Y%m%d}T{self.time}"

    def __str__(self) -> str:
        return f"{self.scene}_{self.tile}_{self.h}_{self.v}"


PatchName = Union[Sentinel2Name, Sentinel1Name]


def parse(name: str) -> PatchName:
    """Read the name of a patch of any kind.

    Raises:
        UnknownName: It is none.
    """
    parsed = try_parse(name)
    if parsed is None:
        raise UnknownName(
            f"{name!r} is no BigEarthNet patch name.",
            "Names look like S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57.",
        )
    return parsed


def try_parse(name: str) -> Optional[PatchName]:
    """Read the name of a patch, or None if it is none."""
    for kind, pattern in _COMPILED.items():
        match = pattern.match(name)
        if match is None:
            continue
        parts = match.groupdict()
        h, v = int(parts.pop("h")), int(parts.pop("v"))
        try:
            day = dt.datetime.strptime(parts.pop("day"), "%Y%m%d").date()
        except ValueError:
            return None
        if max(h, v) >= PATCHES_PER_TILE:
            return None
        made = Sentinel1Name if kind == "s1" else Sentinel2Name
        return made(day=day, h=h, v=v, **parts)
    return None


def split_names(names: pa.Array, kind: str) -> Dict[str, Any]:
    """Take many names of one kind apart at once.

    Args:
        names: Strings.
        kind: ``s2v2``, ``s2v1`` or ``s1``.

    Returns:
        ``ok`` bool, ``h`` and ``v`` int32, ``day`` datetime64[D], ``second`` int64 (seconds since
        1970, UTC), and ``tile`` (a pyarrow array; None for version 1), all of the names' length.
        Where ``ok`` is False the others hold no meaning.
    """
    parts = pc.extract_regex(names, PATTERNS[kind])
    ok = pc.is_valid(parts).to_numpy(zero_copy_only=False)

    def numbers(key: str) -> np.ndarray:
        text = pc.if_else(pa.array(ok), pc.struct_field(parts, key), "0")
        values: np.ndarray = pc.cast(text, pa.int64()).to_numpy()
        return values

    ymd, hms = numbers("day"), numbers("time")
    day = _days(ymd)
    ok &= ~np.isnat(day)
    h, v = numbers("h").astype(np.int32), numbers("v").astype(np.int32)
    ok &= (h < PATCHES_PER_TILE) & (v < PATCHES_PER_TILE)
    # Version 1 holds times such as 9:41:61, so seconds are summed up, not parsed.
    seconds = hms // 10000 * 3600 + hms // 100 % 100 * 60 + hms % 100
    second = np.where(ok, day.astype("datetime64[s]").astype(np.int64) + seconds, 0)
    tile = None if kind == "s2v1" else pc.struct_field(parts, "tile")
    return {"ok": ok, "h": h, "v": v, "day": day, "second": second, "tile": tile}


def _days(ymd: np.ndarray) -> np.ndarray:
    """``(N,)`` whole numbers such as 20170613 to datetime64[D]; NaT where there is no such day."""
    unique, where = np.unique(ymd, return_inverse=True)
    days = np.full(unique.shape, "NaT", "datetime64[D]")
    for i, number in enumerate(unique):
        try:
            days[i] = dt.date(int(number) // 10000, int(number) // 100 % 100, int(number) % 100)
        except ValueError:
            continue  # stays NaT
    of_all: np.ndarray = days[where]
    return of_all
