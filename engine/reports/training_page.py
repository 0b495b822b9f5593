# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows how a training went and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..core.classes import LandCoverClass
from .page import render

_WIDTH, _HEIGHT = 340, 150
_COLOURS = ("#2a6f4f", "#d08c2e", "#6b4fa0", "#a8321f", "#2f6ea8")
_NAMES = {
    "loss": "Loss (train)",
    "train_accuracy": "Accuracy (train)",
    "accuracy": "Accuracy (validation)",
    "miou": "Mean IoU (validation)",
    "ap_macro": "Average precision, macro (validation)",
    "ap_micro": "Average precision, micro (validation)",
    "train_mae": "Mean absolute error (train)",
    "rmse": "RMSE (validation)",
    "mae": "Mean absolute error (validation)",
    "r2": "R2 (validation)",
    "bias": "Bias, predicted less observed (validation)",
    "images_s": "Images a second",
}


@dataclass(frozen=True)
class Prediction:
    """A patch, what is there, and what the network says.

    Args:
        picture: ``data:`` address of the image.
        truth, predicted: The same of the maps; empty where there are texts instead.
        present, said: Names of classes, or values; empty where pixels have classes.
    """

    picture: str
    truth: str
    predicted: str
    present: str
    said: str


def training_page(
    title: str,
    classes: Sequence[LandCoverClass],
    history: Sequence[Mapping[str, float]],
    best_by: str,
    scores: Mapping[str, float],
    table: Mapping[str, npt.NDArray[np.float64]],
    confusion: Optional[npt.NDArray[np.int64]],
    shown: Sequence[Prediction],
    provenance: Mapping[str, Any],
    plot: Optional[Mapping[str, Any]] = None,
) -> str:
    """A training as HTML.

    Args:
        title: Name of the model.
        classes: In the order of outputs.
        history: One mapping an epoch.
        best_by: The score that chose the best network.
        scores: Of the best network, on the validation split.
        table: Score to its value for each class.
        confusion: (K, K) of the best network, row = truth; None if there is none.
        shown: Some patches.
        provenance: Where the model comes from.
        plot: For ``scatter.html``, of a regression.
    """
    return render(
        "training.html",
        title=title,
        best_by=_NAMES.get(best_by, best_by),
        scores=[(_NAMES.get(key, key), value) for key, value in scores.items()],
        curves=_curves(history),
        width=_WIDTH,
        height=_HEIGHT,
        columns=list(table),
        rows=_rows(classes, table),
        matrix=_matrix(classes, confusion),
        shown=shown,
        facts=_facts(provenance),
        scatter=plot,
        unit=plot["unit"] if plot else "",
    )


def _curves(history: Sequence[Mapping[str, float]]) -> List[Dict[str, Any]]:
    """A plot for each number that changed from epoch to epoch."""
    names = list(dict.fromkeys(key for row in history for key in row))
    plots = []
    for index, name in enumerate(names):
        points = [(e, row[name]) for e, row in enumerate(history, 1) if _is_number(row.get(name))]
        if not points:
            continue
        values = [value for _, value in points]
        low, high = min(values), max(values)
        span, last = (high - low) or 1.0, max(2, len(history))
        line = [
            (
                round((epoch - 1) / (last - 1) * (_WIDTH - 20) + 10, 1),
                round((1 - (value - low) / span) * (_HEIGHT - 20) + 10, 1),
            )
            for epoch, value in points
        ]
        plots.append(
            {
                "name": _NAMES.get(name, name),
                "line": " ".join(f"{x},{y}" for x, y in line),
                "dots": line,
                "low": low,
                "high": high,
                "colour": _COLOURS[index % len(_COLOURS)],
            }
        )
    return plots


def _is_number(value: Optional[float]) -> bool:
    return value is not None and value == value


def _rows(
    classes: Sequence[LandCoverClass], table: Mapping[str, npt.NDArray[np.float64]]
) -> List[Tuple[str, List[str]]]:
    return [
        (c.name, [_share(float(values[c.id])) for values in table.values()])
        for c in classes
        if table
    ]


def _share(value: float) -> str:
    return f"{value:.3f}" if value == value else "-"


def _matrix(
    classes: Sequence[LandCoverClass], confusion: Optional[npt.NDArray[np.int64]]
) -> List[Dict[str, Any]]:
    """Rows of the classes that occur: shares of their pixels, in percent, and a shade."""
    if confusion is None:
        return []
    used = np.flatnonzero(confusion.sum(axis=0) + confusion.sum(axis=1))
    rows = []
    for truth in used:
        total = max(1, int(confusion[truth].sum()))
        shares = [float(confusion[truth, k]) / total for k in used]
        cells = [(f"{100 * s:.0f}" if s >= 0.005 else "", round(s, 2)) for s in shares]
        rows.append({"id": int(truth), "name": classes[int(truth)].name, "cells": cells})
    return rows


def _facts(content: Mapping[str, Any], prefix: str = "") -> List[Tuple[str, str]]:
    rows: List[Tuple[str, str]] = []
    for key, value in content.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            rows.extend(_facts(value, f"{name}: "))
        else:
            listed = isinstance(value, (list, tuple))
            rows.append((name, ", ".join(map(str, value)) if listed else str(value)))
    return rows
