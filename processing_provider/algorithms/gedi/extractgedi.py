# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:extractgedi."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ExtractGedi(CoverloomAlgorithm):
    """Cuts a window of every source around each footprint."""

    NAME, GROUP = "extractgedi", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Extract windows around GEDI footprints")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """Footprints, catalogues, and what makes a window usable."""
        job = self.request_class
        return [
            gedi_parameters.table("FOOTPRINTS", tr("Footprints")),
            *gedi_parameters.catalogues(job),
            *gedi_parameters.extraction(job),
        ]

    def gives(self) -> List[Outcome]:
        """The batches, the log, and counts."""
        return [
            outputs.folder("OUTPUT", tr("Folder for HDF5 files")),
            outputs.number("EXTRACTED", tr("Footprints extracted")),
            outputs.number("REJECTED", tr("Footprints rejected")),
            outputs.text("LOG", tr("Log of rejected footprints")),
        ]
