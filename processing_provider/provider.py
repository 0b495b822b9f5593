# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the algorithms known to QGIS."""

from __future__ import annotations

from pathlib import Path
from typing import List

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .algorithms import ALGORITHMS
from .outputs import VECTOR_SUFFIXES

ICON = Path(__file__).resolve().parents[1] / "resources" / "icons" / "coverloom.svg"


class CoverloomProvider(QgsProcessingProvider):
    """All algorithms of Coverloom, in the Toolbox, the modeler and ``qgis_process``."""

    def id(self) -> str:
        """What stands before the colon in an algorithm's id; never changes."""
        return "coverloom"

    def name(self) -> str:
        """What users read."""
        return "Coverloom"

    def icon(self) -> QIcon:
        """The Toolbox's picture of it."""
        return QIcon(str(ICON))

    def svgIconPath(self) -> str:
        """The same, for where QGIS draws it itself."""
        return str(ICON)

    def supportedOutputRasterLayerExtensions(self) -> List[str]:
        """What the worker writes."""
        return ["tif", "tiff"]

    def supportedOutputVectorLayerExtensions(self) -> List[str]:
        """The same of layers; the first is that of temporary ones."""
        return list(VECTOR_SUFFIXES)

    def loadAlgorithms(self) -> None:
        """Add every registered algorithm."""
        for name in ALGORITHMS:
            self.addAlgorithm(ALGORITHMS.load(name)())
