# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:tensorboard."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class TensorBoard(CoverloomAlgorithm):
    """Shows the logs of trainings in TensorBoard, until it is cancelled."""

    NAME, GROUP = "tensorboard", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("TensorBoard")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The run whose logs are shown."""
        port = parameters.whole_number("PORT", tr("Port, 0 for any"), self.request_class)
        return [
            parameters.folder("RUN", tr("Run folder")),
            parameters.advanced(port),
        ]

    def gives(self) -> List[Outcome]:
        """Nothing that stays: it runs until it is cancelled."""
        return [outputs.text("URL", tr("Address"))]
