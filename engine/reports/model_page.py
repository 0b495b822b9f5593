# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows a model's card."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

from ..core.card import ModelCard
from .page import render

_ANSWERS = {
    "pixel": "a class for every pixel",
    "patch": "classes for a whole patch",
    "softmax": "one class (softmax)",
    "sigmoid": "any number of classes (sigmoid)",
}
_MEASURES = {"pixel": "a number for every pixel", "patch": "a number for a whole patch"}


def model_page(card: ModelCard, facts: Mapping[str, Any]) -> str:
    """A model's card as HTML.

    Args:
        card: The card.
        facts: What else is known of the file: name to value, shown as it is.
    """
    return render(
        "model.html",
        title=card.name,
        card=card,
        answers=_answers(card),
        windows=_windows(card),
        looks=_looks(card),
        facts=[(key.replace("_", " "), value) for key, value in facts.items()],
        provenance=_flat(card.provenance),
    )


def _answers(card: ModelCard) -> str:
    if card.target is None:
        return f"{_ANSWERS[card.task]}, {_ANSWERS[card.activation]}"
    return f"{_MEASURES[card.task]}: {card.target.name} in {card.target.unit or 'no unit'}"


def _windows(card: ModelCard) -> str:
    if not card.dynamic_space and card.patch:
        return f"exactly {card.patch[0]} x {card.patch[1]} px"
    return f"any size that is a multiple of {card.stride} px"


def _looks(card: ModelCard) -> str:
    if card.unbounded:
        return "its whole window, so that chunks may show seams"
    if card.receptive_field is None:
        return "not known"
    return f"{card.receptive_field} px"


def _flat(content: Mapping[str, Any], prefix: str = "") -> List[Tuple[str, str]]:
    """Nested provenance as rows."""
    rows: List[Tuple[str, str]] = []
    for key, value in content.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping):
            rows.extend(_flat(value, f"{name}: "))
        else:
            rows.append((name, str(value)))
    return rows
