# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to measure how good a model is on a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class EvaluateModel(Job):
    """Run a model on one split of a dataset and compare with the labels.

    Args:
        model: The model file.
        dataset: Folder of the dataset.
        split: The split to measure on; never by itself the one that was trained on.
        device: ``auto``, ``cpu`` or ``cuda``.
        gpu_index: Which GPU, for ``auto`` and ``cuda``.
        batch_size: Patches in one inference.
        report: Path of the HTML report; empty for none.
        metrics: Path of the figures as JSON; empty for none.
    """

    name: ClassVar[str] = "evaluatemodel"
    model: str
    dataset: str
    split: str = "test"
    device: str = limited("auto", choices=("auto", "cpu", "cuda"))
    gpu_index: int = limited(0, minimum=0)
    batch_size: int = limited(8, minimum=1)
    report: str = ""
    metrics: str = ""
