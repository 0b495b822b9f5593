# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:buildgedidataset."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class BuildGediDataset(CoverloomAlgorithm):
    """Goes from granules to a biomass dataset in one."""

    NAME, GROUP = "buildgedidataset", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Build a GEDI biomass dataset")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Granules or tables, catalogues, and what to keep."""
        job = self.request_class
        starts = [
            gedi_parameters.table(
                "TRAIN_COMBINED", tr("Start from training footprints"), optional=True
            ),
            gedi_parameters.table("TEST_COMBINED", tr("Start from test footprints"), optional=True),
            gedi_parameters.table(
                "TRAIN_SUBSET", tr("Start from a training subset"), optional=True
            ),
            gedi_parameters.table("TEST_SUBSET", tr("Start from a test subset"), optional=True),
            parameters.real_number("VALIDATION_SHARE", tr("Share for validation"), job),
            parameters.yes_no("PLOTS", tr("Draw where and when footprints lie"), job),
            parameters.choice("ON_MISMATCH", tr("If a batch does not fit"), job),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]
        return [
            gedi_parameters.files(
                "INPUT", tr("GEDI L4A granules, or folders of them"), optional=True
            ),
            *gedi_parameters.catalogues(job),
            gedi_parameters.years("TRAIN_YEARS", tr("Years for training"), "2020"),
            gedi_parameters.years("TEST_YEARS", tr("Years for testing"), "2021"),
            parameters.whole_number("TRAIN_SIZE", tr("Most training footprints (0: all)"), job),
            parameters.whole_number("TEST_SIZE", tr("Most test footprints (0: all)"), job),
            *gedi_parameters.filters(job),
            *gedi_parameters.extraction(job),
            *map(parameters.advanced, starts),
        ]

    def gives(self) -> List[Outcome]:
        """The dataset, its files, and counts."""
        return [
            outputs.folder("OUTPUT", tr("Dataset")),
            outputs.text("TRAIN", tr("Training file")),
            outputs.text("TEST", tr("Test file")),
            outputs.number("EXTRACTED", tr("Footprints extracted")),
            outputs.number("REJECTED", tr("Footprints rejected")),
        ]
