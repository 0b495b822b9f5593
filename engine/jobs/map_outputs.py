# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the maps asked for a model can give: classes and doubts, or one number."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List

from ..contract.errors import InvalidRequest
from ..contract.events import Emit, Message
from ..contract.jobs.map_settings import MapRequest
from ..core.card import ModelCard

# Fields of a request that the Toolbox fills by itself: what a model cannot give is left out.
_OF_CLASSES = {"class_map": "CLASS", "maxprob": "MAXPROB", "entropy": "ENTROPY", "gap": "GAP"}
# Fields that only their user fills: what a model cannot give is an error.
_ASKED_FOR = ("probs", "classmap", "preview", "layers", "expressions", "layers_file")


def fitting(request: MapRequest, card: ModelCard, emit: Emit) -> MapRequest:
    """The request with the maps alone that the model can give.

    Args:
        request: What was asked for.
        card: The model's card.
        emit: Told what is left out.

    Raises:
        InvalidRequest: The model's own map has no path, or something was asked for on purpose
            that it cannot give.
    """
    if card.target is not None:
        return _of_a_number(request, card, emit)
    if not request.class_map:
        raise InvalidRequest(
            f"{card.name} gives classes, but CLASS has no path.",
            "Give CLASS; VALUE is for models that give a number.",
        )
    if request.value:
        emit(Message("VALUE is left out: the model gives classes.", about="VALUE"))
    return replace(request, value="")


def _of_a_number(request: MapRequest, card: ModelCard, emit: Emit) -> MapRequest:
    target = card.target
    if target is None:
        raise ValueError("A model of classes gives no number.")
    gives = f"gives one number a pixel, {target.name} in {target.unit}"
    refused: List[str] = [name.upper() for name in _ASKED_FOR if getattr(request, name)]
    if refused:
        raise InvalidRequest(
            f"{refused[0]} needs class probabilities, but {card.name} {gives}.",
            f"Leave {', '.join(refused)} out; the map is VALUE.",
        )
    if request.layer_type != "float32":
        raise InvalidRequest(
            f"LAYER_TYPE is {request.layer_type!r}, for numbers in [0, 1]; {card.name} {gives}.",
            "Use float32.",
        )
    if not request.value:
        raise InvalidRequest(f"{card.name} {gives}, but VALUE has no path.", "Give VALUE.")
    left = {field: key for field, key in _OF_CLASSES.items() if getattr(request, field)}
    if left:
        verb = "are" if len(left) > 1 else "is"
        emit(Message(f"{', '.join(left.values())} {verb} left out: the model {gives}."))
    return replace(request, class_map="", maxprob="", entropy="", gap="")


def left_out(asked: MapRequest, done: MapRequest) -> Dict[str, None]:
    """Fields with a path in ``asked`` that were not written, each with None."""
    written = done.outputs()
    return {name: None for name in asked.outputs() if name not in written}
