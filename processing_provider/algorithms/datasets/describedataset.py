# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:describedataset."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class DescribeDataset(CoverloomAlgorithm):
    """Shows what a dataset holds."""

    NAME, GROUP = "describedataset", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Describe a dataset")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The dataset, and how closely to look."""
        job = self.request_class
        more = [
            parameters.whole_number("SAMPLES", tr("Patches shown as pictures"), job),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]
        return [
            parameters.folder("INPUT", tr("Dataset")),
            parameters.yes_no("PIXELS", tr("Look at every patch's measurements"), job),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The page, the layer, the numbers."""
        return [
            outputs.file("OUTPUT", tr("Report of the dataset"), tr("HTML file (*.html)")),
            outputs.vector_layer("FOOTPRINTS", tr("Footprints")),
            outputs.file(
                "STATISTICS", tr("Statistics"), tr("JSON file (*.json)"), by_default=False
            ),
        ]
