# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:exportonnx."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class ExportOnnx(CoverloomAlgorithm):
    """Writes a trained network as a model file, in the precision wanted."""

    NAME, GROUP = "exportonnx", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Export a model to ONNX")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The network, and what it is turned into."""
        job = self.request_class
        cards = tr("Card (*.json *.onnx)")
        return [
            parameters.path(
                "INPUT",
                tr("Keras file, run folder or model file"),
                tr("Keras or model file (*.keras *.onnx)"),
            ),
            parameters.choice("PRECISION", tr("Precision"), job),
            parameters.folder("DATASET", tr("Dataset to calibrate and compare on"), optional=True),
            parameters.advanced(parameters.file("CARD", tr("Card"), cards, optional=True)),
            parameters.advanced(
                parameters.whole_number("OPSET", tr("ONNX opset, 0 for the usual one"), job)
            ),
            parameters.advanced(
                parameters.whole_number("PATCHES", tr("Patches to calibrate on"), job)
            ),
            parameters.advanced(parameters.whole_number("SEED", tr("Seed"), job)),
        ]

    def gives(self) -> List[Outcome]:
        """The model file, and how far it agrees with float32."""
        filters = tr("Model file (*.onnx)")
        return [
            outputs.file("MODEL", tr("Model file"), filters, optional=False),
            outputs.number("AGREEMENT", tr("Share of answers as in float32")),
        ]
