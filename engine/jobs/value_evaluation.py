# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a regression's numbers are from a dataset's, by the path that maps take."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np

from ..contract.errors import CardMismatch, EmptySelection
from ..contract.events import Emit
from ..core.dataset_card import DatasetTarget
from ..core.progress import ProgressMeter
from ..core.residuals import Residuals, plot_range
from ..inference.network import OnnxNetwork
from .model_windows import ModelWindows

HEADLINES = {"RMSE": "rmse", "MAE": "mae", "R2": "r2", "BIAS": "bias"}


def measure_values(
    windows: ModelWindows,
    network: OnnxNetwork,
    numbers: List[int],
    size: int,
    emit: Emit,
) -> Dict[str, Any]:
    """Compare a model's numbers with what was observed.

    Args:
        windows: The patches, with their targets.
        network: The model.
        numbers: Which patches.
        size: Patches at once.
        emit: Told how far it is.

    Returns:
        ``patches``, ``values``, ``ignored``, ``target``, ``unit``, the figures of ``Residuals``
        (None for none) and its ``plot``.

    Raises:
        CardMismatch: The model gave NaN.
        EmptySelection: No patch has a value.
    """
    target = _target(windows)
    found, seen = Residuals(*plot_range(target)), 0
    meter = ProgressMeter(emit, len(numbers), 0.0, 1.0, "Evaluating")
    for batch in windows.batches(numbers, size if windows.card.dynamic_batch else 1):
        values = network.scores(batch.windows)
        if not np.isfinite(values).all():
            raise CardMismatch(
                f"The model gave no number (NaN) {int((~np.isfinite(values)).sum())} times.",
                "Check the model, and that the scaling of its card fits the dataset.",
            )
        if values.ndim == 4:  # what was added to reach a multiple of the stride is left out
            height, width = batch.truth.shape[1:]
            values = values[:, 0, :height, :width]
        found.add(batch.truth, values)
        seen += batch.truth.size
        meter.advance(len(batch.windows))
    if not found.count:
        raise EmptySelection(
            f"None of the {len(numbers)} patches has a value of {target.name} where all bands have "
            "measurements.",
            "Choose another SPLIT.",
        )
    figures = {key: value if value == value else None for key, value in found.figures().items()}
    counted = {"values": found.count, "ignored": seen - found.count}
    named = {"target": target.name, "unit": target.unit}
    return {"patches": len(numbers), **counted, **named, **figures, "plot": found.plot()}


def _target(windows: ModelWindows) -> DatasetTarget:
    target = windows.dataset.card.target
    if target is None:
        raise ValueError("Windows of a regression come from a dataset with a target.")
    return target
