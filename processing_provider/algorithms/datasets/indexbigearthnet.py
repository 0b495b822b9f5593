# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:indexbigearthnet."""

from __future__ import annotations

from typing import Dict, List

from osgeo import gdal

from ....engine.contract.jobs.base import Job
from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class IndexBigEarthNet(CoverloomAlgorithm):
    """Lists the patches of an archive."""

    NAME, GROUP = "indexbigearthnet", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Index a BigEarthNet archive")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Where the archive lies, and what pairs its patches."""
        job = self.request_class
        tables = tr("Parquet file (*.parquet);;All files (*)")
        more = [
            parameters.folder("S1_ROOT", tr("Sentinel-1, if elsewhere"), optional=True),
            parameters.folder("MAPS_ROOT", tr("Reference maps, if elsewhere"), optional=True),
            parameters.whole_number("MAX_DAYS", tr("Most days in a pair"), job),
            parameters.yes_no("PRESENT_ONLY", tr("Leave out patches without files"), job),
        ]
        return [
            parameters.folder("ROOT", tr("Archive")),
            parameters.path("METADATA", tr("Official metadata"), tables, optional=True),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The index, and counts."""
        return [
            outputs.file("OUTPUT", tr("Patch index"), tr("GeoParquet (*.parquet)"), optional=False),
            outputs.vector_layer("FOOTPRINTS", tr("Footprints")),
            outputs.number("PATCHES", tr("Patches")),
            outputs.number("PAIRS", tr("Pairs")),
            outputs.number("UNPAIRED", tr("Patches that are no pair")),
        ]

    def _request(self, fields: dict, paths: Dict[str, str]) -> Job:
        """With a layer beside the index where this QGIS reads no GeoParquet (as Debian's)."""
        if not paths["footprints"] and gdal.GetDriverByName("Parquet") is None:
            # Not "<stem>.gpkg": that may be a file of the user's.
            paths = {**paths, "footprints": f"{paths['output']}.gpkg"}
        return super()._request(fields, paths)
