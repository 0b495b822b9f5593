# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:importmodel."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ImportModel(CoverloomAlgorithm):
    """Gives a foreign ONNX file a card, or takes in a published model."""

    NAME, GROUP = "importmodel", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Import a model")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The file and what it does not say of itself."""
        filters = tr("Card (*.json)")
        return [
            parameters.path(
                "INPUT",
                tr("ONNX file, or a published model's id or folder"),
                tr("Model (*.onnx *.safetensors *.index)") + ";;" + tr("All files") + " (*)",
            ),
            parameters.file("CARD", tr("Card"), filters, optional=True),
            parameters.names("BANDS", tr("Bands, in the model's order")),
            parameters.names("CLASSES", tr("Classes, in the model's order")),
            parameters.advanced(parameters.text("NOMENCLATURE", tr("Nomenclature"))),
            parameters.advanced(parameters.text("VERSION", tr("Published version"))),
            parameters.advanced(parameters.numbers("SCALE", tr("Scale, one or one a band"))),
            parameters.advanced(parameters.numbers("OFFSET", tr("Offset, one or one a band"))),
            parameters.advanced(parameters.numbers("MEAN", tr("Mean, one or one a band"))),
            parameters.advanced(parameters.numbers("STD", tr("Deviation, one or one a band"))),
        ]

    def gives(self) -> List[Outcome]:
        """The model file."""
        filters = tr("Model file (*.onnx)")
        return [outputs.file("MODEL", tr("Model file"), filters, optional=False)]
