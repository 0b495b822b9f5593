# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:validatepatches."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ValidatePatches(CoverloomAlgorithm):
    """Sees whether the files of an index are there and sound."""

    NAME, GROUP = "validatepatches", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Validate patches")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Datasets")

    def takes(self) -> List[Parameter]:
        """The index, how many patches, and how closely."""
        job = self.request_class
        more = [
            parameters.whole_number("WORKERS", tr("Processes, 0 for all cores"), job),
            parameters.text("SCHEDULER", tr("Dask scheduler")),
            parameters.whole_number("SEED", tr("Seed"), job),
        ]
        return [
            parameters.file("INDEX", tr("Patch index"), tr("GeoParquet (*.parquet)")),
            parameters.choice("DEPTH", tr("How closely"), job),
            parameters.real_number("FRACTION", tr("Share of each split"), job),
            *map(parameters.advanced, more),
        ]

    def gives(self) -> List[Outcome]:
        """The report, and counts."""
        return [
            outputs.file("OUTPUT", tr("Report"), tr("JSON file (*.json)"), optional=False),
            outputs.number("CHECKED", tr("Patches checked")),
            outputs.number("FAULTY", tr("Patches with faults")),
        ]
