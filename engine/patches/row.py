# SPDX-License-Identifier: GPL-3.0-or-later
"""One row of a patch index: where a patch's files are and what is known of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Optional, Tuple

from ..contract.errors import MissingBand
from ..core.storage import join, name_of

S2_BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
S1_BANDS = ("VV", "VH")
MAP = "reference_map"
FILES = (*S2_BANDS, *S1_BANDS, MAP)
SIDE_M = 1200  # a patch's side on the ground, metres

PX: Dict[str, int] = {name: 120 for name in FILES}
PX.update(dict.fromkeys(("B05", "B06", "B07", "B8A", "B11", "B12"), 60))
PX.update(dict.fromkeys(("B01", "B09"), 20))


@dataclass(frozen=True)
class PatchRow:
    """A patch. Text that is not known is empty; what else is not known is None.

    Args:
        patch_id: Its name, which is its key in the index.
        version: BigEarthNet 1 or 2.
        s1_name, s2v1_name: Names of its Sentinel-1 part and of itself in version 1.
        s2_path, s1_path, map_path: Folders of its files, local or ``s3://``; empty if absent.
        labels: 19-class names, alphabetical.
        labels43: 43-class names, of version 1.
        split: ``train``, ``validation`` or ``test``.
        country: English name.
        date_s2, date_s1: Days of acquisition, UTC.
        days_apart: Days from ``date_s1`` to ``date_s2``, without sign.
        tile: MGRS tile, such as ``33UUP``.
        h, v: Column and row of the patch in its tile, 0..90.
        epsg: CRS of its files.
        ulx, uly: Its upper left corner in that CRS, metres.
        contains_seasonal_snow, contains_cloud_or_shadow: As the official metadata say.
        status: ``paired``, ``unpaired`` or ``ambiguous``.
        reason: Why it is not paired.
    """

    patch_id: str
    version: int = 2
    s1_name: str = ""
    s2v1_name: str = ""
    s2_path: str = ""
    s1_path: str = ""
    map_path: str = ""
    labels: Tuple[str, ...] = ()
    labels43: Tuple[str, ...] = ()
    split: str = ""
    country: str = ""
    date_s2: Optional[dt.date] = None
    date_s1: Optional[dt.date] = None
    days_apart: Optional[int] = None
    tile: str = ""
    h: Optional[int] = None
    v: Optional[int] = None
    epsg: Optional[int] = None
    ulx: Optional[float] = None
    uly: Optional[float] = None
    contains_seasonal_snow: Optional[bool] = None
    contains_cloud_or_shadow: Optional[bool] = None
    status: str = "paired"
    reason: str = ""

    def file(self, band: str) -> str:
        """Path of the file of a band, or of ``reference_map``.

        Raises:
            MissingBand: The patch has no such part.
        """
        if band not in PX:
            raise MissingBand(f"There is no band {band!r}.", f"Bands are {', '.join(FILES)}.")
        folder = self.folder(band)
        if not folder:
            raise MissingBand(
                f"Patch {self.patch_id} has no {band}: its index row names no folder for it.",
                "Leave the band out, or index the archive together with that part.",
            )
        return f"{_stem(folder)}_{band}.tif"

    def folder(self, band: str) -> str:
        """Folder that holds a band's file; empty if the patch has no such part."""
        if band in S1_BANDS:
            return self.s1_path
        return self.map_path if band == MAP else self.s2_path


@lru_cache(maxsize=16)  # a patch's bands are asked for one after the other
def _stem(folder: str) -> str:
    """What the paths of a folder's files begin with."""
    return join(folder, name_of(folder))
