# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:describemodel."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class DescribeModel(CoverloomAlgorithm):
    """Shows what a model file says of itself."""

    NAME, GROUP = "describemodel", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Describe a model")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The model."""
        return [parameters.file("MODEL", tr("Model file"), tr("Model file (*.onnx)"))]

    def gives(self) -> List[Outcome]:
        """The card, for reading and for programs."""
        return [
            outputs.file("REPORT", tr("Report of the model"), tr("HTML file (*.html)")),
            outputs.file("CARD", tr("Card as JSON"), tr("JSON file (*.json)"), by_default=False),
        ]
