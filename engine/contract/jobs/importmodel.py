# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to give a foreign ONNX file a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from .base import Job


@dataclass(frozen=True)
class ImportModel(Job):
    """Copy an ONNX file with a card inside.

    Args:
        input: The foreign ``.onnx`` file.
        model: Path of the ``.onnx`` to write.
        card: Path of a JSON card, whole or in part; empty to use the other fields and the file.
        bands: Band names in the order of the model's channels; empty to take them from the card.
        classes: Class names in the order of the model's outputs, or the same way.
        nomenclature: Name of the nomenclature the classes are of; empty if none.
        version: Which of several published versions the file is; empty if it does not matter.
    """

    name: ClassVar[str] = "importmodel"
    input: str
    model: str
    card: str = ""
    bands: Tuple[str, ...] = ()
    classes: Tuple[str, ...] = ()
    nomenclature: str = ""
    version: str = ""
