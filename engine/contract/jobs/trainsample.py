# SPDX-License-Identifier: GPL-3.0-or-later
"""The request behind ``make demo``: a small U-Net trained on the sample archive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class TrainSample(Job):
    """Train on a generated archive and write a model file.

    Args:
        archive: The sample's BigEarthNet v2 folder.
        model: Path of the ``.onnx`` to write.
        epochs: Passes over the training patches.
        seed: Seed of weights, order and augmentation.
    """

    name: ClassVar[str] = "trainsample"
    archive: str
    model: str
    epochs: int = limited(12, minimum=1)
    seed: int = limited(42, minimum=0)
