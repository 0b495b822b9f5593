# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to write a trained network as a model file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import InvalidRequest
from .base import Job, limited

PRECISIONS = ("float32", "float16", "int8")


@dataclass(frozen=True)
class ExportOnnx(Job):
    """Write a Keras file, a run or a model file as a model file of some precision.

    Args:
        input: A ``.keras`` file, a run's folder, or a ``.onnx`` with its card.
        model: Path of the ``.onnx`` to write; a STAC item is written beside it.
        card: Path of a JSON card, or of a ``.onnx`` that has one, for a ``.keras`` file that has
            none beside it.
        opset: Version of ONNX's operators; 0 for the oldest that serves, 17.
        precision: Of weights and of what flows between layers; input and output stay float32.
        dataset: Folder of a dataset on which agreement with float32 is measured, and on which
            int8 is calibrated; empty to measure on random windows.
        patches: Patches to calibrate on, and as many others to measure on.
        seed: Of the choice of patches.
    """

    name: ClassVar[str] = "exportonnx"
    input: str
    model: str
    card: str = ""
    opset: int = limited(0, minimum=0, maximum=22)
    precision: str = limited("float32", choices=PRECISIONS)
    dataset: str = ""
    patches: int = limited(64, minimum=1)
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields and what depends on each other."""
        super().validate()
        if not self.model.lower().endswith(".onnx"):
            raise InvalidRequest(f"MODEL is {self.model!r}.", "Give a path that ends in .onnx.")
        if self.opset and self.opset < 13:
            raise InvalidRequest(
                f"OPSET is {self.opset}.", "Give one from 13 to 22, or 0 for the usual one."
            )
        if self.precision == "int8" and not self.dataset:
            raise InvalidRequest(
                "PRECISION is 'int8', but DATASET is empty.",
                "Give a dataset: the range of each layer's numbers is measured on it.",
            )
