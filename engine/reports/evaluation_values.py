# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows how good a model is that gives a number."""

from __future__ import annotations

from typing import Any, Mapping

from ..core.card import ModelCard
from ..core.dataset_card import DatasetTarget
from .evaluation_page import figure
from .page import render
from .scatter import scatter


def values_page(card: ModelCard, target: DatasetTarget, content: Mapping[str, Any]) -> str:
    """The evaluation of a regression as HTML, everything inside it.

    Args:
        card: The model's card.
        target: What was observed, with the range of the plot.
        content: The figures with what they were measured on, as the JSON has them.
    """
    unit = target.unit
    headlines = [
        ("RMSE", f"{figure(content['rmse'])} {unit}"),
        ("Mean absolute error", f"{figure(content['mae'])} {unit}"),
        ("R2", figure(content["r2"])),
        ("Bias, predicted less observed", f"{figure(content['bias'])} {unit}"),
    ]
    return render(
        "evaluation_values.html",
        title=f"How good is {card.name}?",
        content=content,
        headlines=headlines,
        scatter=scatter(content["plot"], target),
    )
