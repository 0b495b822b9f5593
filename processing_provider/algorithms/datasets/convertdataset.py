# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:convertdataset."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ConvertDataset(CoverloomAlgorithm):
    """Writes a dataset again in another form."""

    NAME, GROUP = "convertdataset", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Convert a dataset")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The dataset and the other form."""
        job = self.request_class
        more = [
            parameters.choice("COMPRESSION", tr("Compression"), job),
            parameters.yes_no("RESUME", tr("Go on with an unfinished run"), job),
            *parameters.hands(job),
        ]
        return [
            parameters.folder("INPUT", tr("Dataset")),
            parameters.choice("FORMAT", tr("Format"), job),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The other dataset."""
        return [
            outputs.folder("OUTPUT", tr("Converted dataset")),
            outputs.number("WRITTEN", tr("Patches written")),
        ]
