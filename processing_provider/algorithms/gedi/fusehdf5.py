# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:fusehdf5."""

from __future__ import annotations

from typing import List

from ... import gedi_parameters, outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class FuseHdf5(CoverloomAlgorithm):
    """Makes one HDF5 file of many."""

    NAME, GROUP = "fusehdf5", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Fuse HDF5 files")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The files, and what to do with one that does not fit."""
        job = self.request_class
        return [
            gedi_parameters.files("INPUT", tr("HDF5 files, or folders of them")),
            parameters.choice("ON_MISMATCH", tr("If a file does not fit"), job),
            parameters.advanced(parameters.text("SPLIT", tr("Split"))),
        ]

    def gives(self) -> List[Outcome]:
        """The file, its card, and a count."""
        return [
            outputs.file("OUTPUT", tr("Fused file"), tr("HDF5 file (*.h5)"), optional=False),
            outputs.number("FOOTPRINTS", tr("Footprints")),
            outputs.text("CARD", tr("Dataset card")),
        ]
