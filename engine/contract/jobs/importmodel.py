# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to give a foreign ONNX file a card, or to take in a published model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import Job


@dataclass(frozen=True)
class ImportModel(Job):
    """Copy an ONNX file with a card inside, or make one of a published BigEarthNet model.

    Of an ONNX file, a field that is given wins over the JSON card, that over what the file says
    itself.

    Args:
        input: The foreign ``.onnx`` file; or the published model's id on Hugging Face
            (``BIFOLD-BigEarthNetv2-0/resnet50-s2-v0.2.0``, ``…@<commit>`` for a certain one), a
            folder with its ``config.json`` and ``model.safetensors``, or one of these; or a
            folder with a version 1 model's TensorFlow checkpoint, or its ``.index`` file.
        model: Path of the ``.onnx`` to write.
        card: Path of a JSON card, whole or in part; empty to use the other fields and the file.
        bands: Band names in the order of the model's channels; empty to take them from the card.
        classes: Class names in the order of the model's outputs, or the same way.
        nomenclature: Name of the nomenclature the classes are of; empty if none.
        version: Version of a published model, which decides the order of its bands; empty to go
            by its name.
        scale: Factor from stored numbers to the unit of ``mean``: one, or one a band; empty for 1.
        offset: Added after ``scale``: one, or one a band; empty for 0.
        mean: Subtracted from each band: one, or one a band; empty for 0.
        std: Each band is divided by it: one, or one a band; empty for 1.
    """

    name: ClassVar[str] = "importmodel"
    input: str
    model: str
    card: str = ""
    bands: Tuple[str, ...] = ()
    classes: Tuple[str, ...] = ()
    nomenclature: str = ""
    version: str = ""
    scale: Tuple[float, ...] = ()
    offset: Tuple[float, ...] = ()
    mean: Tuple[float, ...] = ()
    std: Tuple[float, ...] = ()

    def validate(self) -> None:
        """Check the fields, and that numbers per band are as many as the bands."""
        super().validate()
        for key in ("scale", "offset", "mean", "std"):
            count = len(getattr(self, key))
            if count > 1 and self.bands and count != len(self.bands):
                raise InvalidRequest(
                    f"{key.upper()} has {count} numbers, but BANDS has {len(self.bands)} names.",
                    "Give one number for all bands, or one for each.",
                )
