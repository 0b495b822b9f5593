# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:subsetgedi."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class SubsetGedi(CoverloomAlgorithm):
    """Takes footprints that are even over the days of the year."""

    NAME, GROUP = "subsetgedi", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Subset GEDI footprints")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The table and how many."""
        job = self.request_class
        return [
            gedi_parameters.table("INPUT", tr("Footprints")),
            parameters.whole_number("SIZE", tr("How many"), job),
            parameters.advanced(parameters.whole_number("SEED", tr("Seed"), job)),
        ]

    def gives(self) -> List[Outcome]:
        """The subset, pictures, and a count."""
        forms = gedi_parameters.table_filters()
        return [
            outputs.file("OUTPUT", tr("Subset"), forms, optional=False),
            outputs.folder("PLOTS", tr("Folder for pictures"), optional=True),
            outputs.number("SELECTED", tr("Footprints selected")),
        ]
