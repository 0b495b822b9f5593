# SPDX-License-Identifier: GPL-3.0-or-later
"""Give a foreign ONNX file a card, or take in a published model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Mapping

from ..contract.errors import InvalidCard, MissingInput, OutputIsInput
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.importmodel import ImportModel
from ..core.card import ModelCard
from ..model_file import read_model, save_model
from ..model_file.constant_factors import with_constant_factors
from ..model_file.deepness import KEYS, card_fields
from ..model_file.foreign import SCALING, foreign_card
from ..model_file.onnx_file import load_whole
from ..patches.nomenclature import NOMENCLATURES, nomenclature
from ..published.snapshot import is_published
from .published_model import import_published


def run(request: ImportModel, emit: Emit) -> Dict[str, Any]:
    """Write the model with its card and return ``{"MODEL": path}``.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    if is_published(request.input):
        return import_published(request, emit)
    source, target = Path(request.input), Path(request.model)
    for given in filter(None, (request.input, request.card)):
        if target.exists() and Path(given).exists() and target.samefile(given):
            raise OutputIsInput(f"{target} is an input.", "Give MODEL another path.")
    emit(Progress(0.0, None, "Reading the model"))
    proto = load_whole(source)
    emit(Progress(0.2, None, "Running the model to measure it"))
    known = [_json_card(request.card), _classes_of(request.nomenclature), _parameters(request)]
    card = foreign_card(proto, known, source.stem)
    card = replace(card, provenance={**card.provenance, "imported_from": source.name})
    save_model(with_constant_factors(proto, card), card, target)
    emit(Message(_summary(read_model(target).card)))
    return {"MODEL": str(target)}


def _json_card(path: str) -> Mapping[str, Any]:
    """What a JSON file says, in a card's words or in Deepness's."""
    if not path:
        return {}
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingInput(f"There is no card {path}.", "Give its path.") from error
    except (OSError, ValueError) as error:
        raise InvalidCard(
            f"The card {path} is no JSON: {error}.", "Correct or copy the file."
        ) from error
    if not isinstance(content, dict):
        raise InvalidCard(f"The card {path} is no JSON object.", "Write it as {…}.")
    # Both speak of classes and resolution; only Deepness in centimetres, under its own names.
    theirs = {key: content.pop(key) for key in KEYS if key in content and key != "resolution"}
    if theirs and "resolution" in content and "bands" not in content:
        theirs["resolution"] = content.pop("resolution")
    return {**card_fields(theirs), **content}


def _classes_of(name: str) -> Mapping[str, Any]:
    """The classes of a nomenclature; of one that Coverloom does not know, just its name."""
    if not name:
        return {}
    if name not in NOMENCLATURES:
        return {"nomenclature": name}
    return {"classes": nomenclature(name).scheme.to_list(), "nomenclature": name}


def _parameters(request: ImportModel) -> Mapping[str, Any]:
    said: Dict[str, Any] = {key: list(getattr(request, key)) for key in (*SCALING, "bands")}
    said["classes"] = _coloured(request)
    return {key: value for key, value in said.items() if value}


def _coloured(request: ImportModel) -> List[Any]:
    """The classes given by name, with the colours that a known nomenclature has for them."""
    known = _classes_of(request.nomenclature).get("classes", [])
    colours = {item["name"]: item["colour"] for item in known}
    return [
        {"name": name, "colour": colours[name]} if name in colours else name
        for name in request.classes
    ]


def _summary(card: ModelCard) -> str:
    looks = f"{card.receptive_field} px" if card.receptive_field else "without bound"
    answer = f"{len(card.classes)} classes, {card.activation} {card.output}"
    if card.target is not None:
        answer = f"{card.target.name} in {card.target.unit}"
    return (
        f"{card.name}: {len(card.bands)} bands, {answer}, stride {card.stride} px, "
        f"receptive field {looks}."
    )
