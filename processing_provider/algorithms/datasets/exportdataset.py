# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:exportdataset."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ExportDataset(CoverloomAlgorithm):
    """Writes patches for training."""

    NAME, GROUP = "exportdataset", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Export a dataset")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Which patches, what of them, in which form."""
        job = self.request_class
        return [
            parameters.file("INDEX", tr("Patch index"), tr("GeoParquet (*.parquet)")),
            parameters.choice("FORMAT", tr("Format"), job),
            parameters.names("BANDS", tr("Bands, or all, s1, s2, rgb, six")),
            parameters.choice("LABELS", tr("Labels"), job),
            parameters.choice("NOMENCLATURE", tr("Nomenclature"), job),
            parameters.choice("SPLITS", tr("Splits"), job),
            parameters.real_number("FRACTION", tr("Share of each split"), job),
            *map(parameters.advanced, self._more()),
        ]

    def _more(self) -> List[Parameter]:
        job = self.request_class
        return [
            parameters.choice("SCALING", tr("Scaling"), job),
            parameters.choice("STATISTICS", tr("Statistics for z-scores"), job),
            parameters.choice("DTYPE", tr("Data type"), job),
            parameters.choice("RESAMPLING", tr("Resampling of 20 and 60 m bands"), job),
            parameters.names("SPLIT_FILES", tr("Split files (CSV)")),
            parameters.names("COUNTRIES", tr("Only these countries")),
            parameters.whole_number("SHARD_SIZE", tr("Patches in a shard"), job),
            parameters.choice("COMPRESSION", tr("Compression"), job),
            parameters.yes_no("EXCLUDE_SNOW", tr("Leave out patches with snow"), job),
            parameters.yes_no("EXCLUDE_CLOUD", tr("Leave out patches with cloud or shadow"), job),
            parameters.real_number("MIN_FREE_GB", tr("Least free disk, GB"), job),
            parameters.yes_no("DELETE_SOURCES", tr("Delete sources once written"), job),
            parameters.yes_no("DRY_RUN", tr("Only say what would be deleted"), job),
            parameters.yes_no("RESUME", tr("Go on with an unfinished run"), job),
            *parameters.hands(job),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]

    def gives(self) -> List[Outcome]:
        """The dataset, its log, and counts."""
        return [
            outputs.folder("OUTPUT", tr("Dataset")),
            outputs.text("LOG", tr("Log")),
            outputs.number("WRITTEN", tr("Patches written")),
            outputs.number("FAILED", tr("Patches that failed")),
        ]
