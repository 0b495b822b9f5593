# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:derivelayers."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP
from .classifyraster import own_layers


class DeriveLayers(CoverloomAlgorithm):
    """Computes layers from stored probabilities."""

    NAME, GROUP = "derivelayers", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Derive layers")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Maps")

    def takes(self) -> List[Parameter]:
        """Probabilities, and what to compute from them."""
        return [
            parameters.raster("PROBS", tr("Probabilities of all classes")),
            *own_layers(),
        ]

    def gives(self) -> List[Outcome]:
        """A raster a layer."""
        return [outputs.folder("OUTPUT", tr("Folder for the layers"))]
