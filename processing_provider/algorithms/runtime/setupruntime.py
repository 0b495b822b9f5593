# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:setupruntime."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

from ....engine.contract.runtime import runtime_folder
from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...interpreter import base_python
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class SetupRuntime(CoverloomAlgorithm):
    """Builds the Python environment in which everything else runs."""

    NAME, GROUP = "setupruntime", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Set up the runtime")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Runtime")

    def takes(self) -> List[Parameter]:
        """What to install and from where."""
        job = self.request_class
        return [
            parameters.choice("TIER", tr("What to install"), job),
            parameters.advanced(
                parameters.folder("WHEELHOUSE", tr("Folder of wheels (no network)"), optional=True)
            ),
            parameters.advanced(
                parameters.yes_no("RECREATE", tr("Build again even if it is complete"), job)
            ),
        ]

    def gives(self) -> List[Outcome]:
        """The interpreter and what was done."""
        return [
            outputs.file("REPORT", tr("Report"), tr("JSON file (*.json)"), by_default=False),
            outputs.text("PYTHON", tr("Python interpreter")),
        ]

    def extra_fields(self) -> Dict[str, Any]:
        """The folder is the user's, not the profile's: a profile's plugins come and go."""
        return {"target": str(runtime_folder())}

    def python(self) -> Path:
        """A Python of the system: the one to be built is not there yet."""
        return base_python()
