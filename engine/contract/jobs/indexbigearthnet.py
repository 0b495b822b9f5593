# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to index a BigEarthNet archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class IndexBigEarthNet(Job):
    """List the patches of an archive: files, pairs, footprints, splits, labels.

    Args:
        root: Folder or ``s3://`` prefix that holds the archive, of version 1 or 2.
        output: Path of the patch index, a GeoParquet table.
        s1_root: Folder of Sentinel-1 if it does not lie in ``root``.
        maps_root: Folder of reference maps if it does not lie in ``root``.
        metadata: Official parquet files, separated by commas, or their folder; empty to find
            and pair patches by what is there. Lists of patches with snow or cloud (CSV, as
            published for version 1) may stand among them, or alone.
        max_days: Most days between Sentinel-1 and Sentinel-2 of a pair. Official pairs are at
            most 6 days apart.
        present_only: With metadata: leave out rows whose Sentinel-2 folder is not there.
        footprints: Path of a GeoPackage with the same polygons, for QGIS builds that do not
            read GeoParquet; empty for none.
    """

    name: ClassVar[str] = "indexbigearthnet"
    root: str
    output: str
    s1_root: str = ""
    maps_root: str = ""
    metadata: str = ""
    max_days: int = limited(6, minimum=0, maximum=366)
    present_only: bool = False
    footprints: str = ""
