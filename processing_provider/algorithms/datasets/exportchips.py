# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:exportchips."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ExportChips(CoverloomAlgorithm):
    """Cuts rasters and labels into a dataset."""

    NAME, GROUP = "exportchips", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Export chips")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Rasters, labels, and how to cut them."""
        job = self.request_class
        more = [
            parameters.names("BANDS", tr("Names of the bands")),
            parameters.real_number("MIN_LABELLED", tr("Least share of labelled pixels"), job),
            parameters.choice("RESAMPLING", tr("Resampling onto the first raster's grid"), job),
            parameters.whole_number("SHARD_SIZE", tr("Chips in a shard"), job),
            parameters.choice("COMPRESSION", tr("Compression"), job),
            parameters.yes_no("RESUME", tr("Go on with an unfinished run"), job),
            *parameters.hands(job),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]
        return [
            parameters.rasters("RASTERS", tr("Rasters")),
            parameters.labels("LABELS", tr("Labels (raster or polygons)")),
            parameters.field("FIELD", tr("Field with the class, for polygons")),
            parameters.whole_number("CHIP_SIZE", tr("Chip size in px"), job),
            parameters.whole_number("STRIDE", tr("Stride in px (0: chip size)"), job),
            parameters.extent("EXTENT", tr("Extent")),
            parameters.choice("FORMAT", tr("Format"), job),
            parameters.choice("SPLITS", tr("Splits"), job),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The dataset."""
        return [
            outputs.folder("OUTPUT", tr("Dataset")),
            outputs.number("WRITTEN", tr("Chips written")),
        ]
