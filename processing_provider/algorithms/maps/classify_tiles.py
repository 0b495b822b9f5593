# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:classifytiles."""

from __future__ import annotations

from typing import List

from qgis.core import QgsProcessingOutputFile, QgsProcessingOutputHtml

from ... import outputs, parameters
from ...base import Outcome
from ...parameters import Parameter, advanced
from ...translation import tr
from .classify_sentinel2 import product_parameters
from .classifyraster import ClassifyRaster


class ClassifyTiles(ClassifyRaster):
    """Maps a folder of tiles; what it shares with rasters is said there."""

    NAME = "classifytiles"
    RESUMED_BY = ("OUTPUT",)

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Classify many tiles")

    def takes(self) -> List[Parameter]:
        """The tiles, what lies beside them, and how."""
        job = self.request_class
        _, model, *how = super().takes()
        return [
            parameters.folder("INPUT", tr("Folder of tiles")),
            model,
            *product_parameters(job),
            *how,
            parameters.yes_no("PROBS", tr("Keep the probabilities of all classes"), job),
            *map(advanced, parameters.hands(job)),
        ]

    def gives(self) -> List[Outcome]:
        """A folder, and what is in it that people look at first."""
        return [
            outputs.folder("OUTPUT", tr("Maps")),
            QgsProcessingOutputFile("REPORT", tr("What each tile took")),
            QgsProcessingOutputHtml("VIEWER", tr("Viewer of the tiles")),
            outputs.number("MAPPED", tr("Tiles mapped")),
            outputs.number("FAILED", tr("Tiles that failed")),
        ]
