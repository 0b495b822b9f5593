# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:relabelbigearthnet."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class RelabelBigEarthNet(CoverloomAlgorithm):
    """Gives a version 1 archive the 19-class labels."""

    NAME, GROUP = "relabelbigearthnet", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Relabel a BigEarthNet v1 archive")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The archive, and whether to rewrite it."""
        return [
            parameters.folder("ROOT", tr("Archive")),
            parameters.yes_no(
                "IN_PLACE", tr("Rewrite the archive's own files"), self.request_class
            ),
        ]

    def gives(self) -> List[Outcome]:
        """Where the labels are, and how many files were written."""
        return [
            outputs.folder("OUTPUT", tr("Folder for the labels"), optional=True),
            outputs.number("UPDATED", tr("Files written")),
        ]
