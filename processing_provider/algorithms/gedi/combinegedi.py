# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:combinegedi."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class CombineGedi(CoverloomAlgorithm):
    """Turns granules into tables of footprints worth keeping."""

    NAME, GROUP = "combinegedi", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Combine GEDI granules")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Granules, years, and which footprints to keep."""
        job = self.request_class
        more = [
            parameters.whole_number("WORKERS", tr("Processes, 0 for all cores"), job),
            parameters.text("SCHEDULER", tr("Dask scheduler")),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]
        return [
            gedi_parameters.files("INPUT", tr("GEDI L4A granules, or folders of them")),
            gedi_parameters.years("TRAIN_YEARS", tr("Years for training"), "2020"),
            gedi_parameters.years("TEST_YEARS", tr("Years for testing"), "2021"),
            *gedi_parameters.filters(job),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """Tables, pictures, and counts."""
        forms = gedi_parameters.table_filters()
        return [
            outputs.file("TRAIN", tr("Footprints for training"), forms, optional=False),
            outputs.file("TEST", tr("Footprints for testing"), forms),
            outputs.folder("PLOTS", tr("Folder for pictures"), optional=True),
            outputs.number("KEPT_TRAIN", tr("Footprints for training")),
            outputs.number("KEPT_TEST", tr("Footprints for testing")),
        ]
