# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to compute layers from a raster of class probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import Job


@dataclass(frozen=True)
class DeriveLayers(Job):
    """Compute layers from probabilities that were stored, without the model.

    Args:
        probs: Raster with a band a class: PROBS of a mapping run.
        output: New folder; ``<layer>.tif`` goes there.
        layers: Names of built-in layers.
        expressions: ``name = expression``, one a line.
        layers_file: Python file with functions that compute layers; it is run by the worker.
    """

    name: ClassVar[str] = "derivelayers"
    probs: str
    output: str
    layers: Tuple[str, ...] = ()
    expressions: str = ""
    layers_file: str = ""

    def validate(self) -> None:
        """Check the fields, and that there is something to do."""
        super().validate()
        if not (self.layers or self.expressions.strip() or self.layers_file):
            raise InvalidRequest(
                "LAYERS, EXPRESSIONS and LAYERS_FILE are all empty.", "Give one of them."
            )
