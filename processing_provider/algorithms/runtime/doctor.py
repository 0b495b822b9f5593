# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:doctor."""

from __future__ import annotations

import platform
from typing import Any, Dict, List

from osgeo import gdal
from qgis.core import Qgis

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class Doctor(CoverloomAlgorithm):
    """Looks over the machine and the runtime, and tries an inference."""

    NAME, GROUP = "doctor", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Doctor")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Runtime")

    def takes(self) -> List[Parameter]:
        """The model to try."""
        return [
            parameters.file("MODEL", tr("Model to try"), tr("Model file (*.onnx)"), optional=True),
        ]

    def gives(self) -> List[Outcome]:
        """The report, and its headline for a script."""
        return [
            outputs.file("REPORT", tr("Report of the doctor"), tr("HTML file (*.html)")),
            outputs.file("JSON", tr("Report as JSON"), tr("JSON file (*.json)"), by_default=False),
            outputs.text("PROVIDER", tr("Execution provider")),
            outputs.number("THROUGHPUT", tr("Throughput in Mpx/s")),
            outputs.yes_no("OK", tr("Ready to work")),
        ]

    def extra_fields(self) -> Dict[str, Any]:
        """What only QGIS can say."""
        host = (
            ("QGIS", Qgis.QGIS_VERSION),
            ("QGIS's Python", platform.python_version()),
            ("QGIS's GDAL", gdal.VersionInfo("RELEASE_NAME")),
        )
        return {"host": host}
