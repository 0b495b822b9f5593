# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:createsampledata."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class CreateSampleData(CoverloomAlgorithm):
    """Generates a scene and an archive to try everything with."""

    NAME, GROUP = "createsampledata", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Create sample data")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Runtime")

    def takes(self) -> List[Parameter]:
        """How much, and the seed."""
        job = self.request_class
        return [
            parameters.choice("SIZE", tr("Size"), job),
            parameters.advanced(parameters.whole_number("SEED", tr("Seed"), job)),
        ]

    def gives(self) -> List[Outcome]:
        """The folder."""
        return [outputs.folder("OUTPUT", tr("Sample data"))]
