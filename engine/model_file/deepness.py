# SPDX-License-Identifier: GPL-3.0-or-later
"""The metadata keys of the Deepness plugin, written and read.

Deepness (github.com/PUTvision/qgis-plugin-deepness) divides 8-bit pixels by 255, subtracts
``standardization_mean`` and divides by ``standardization_std``, channel by channel. Its values are
JSON; its documentation says ``tiles_size`` where its code reads ``tile_size``.
"""

from __future__ import annotations

import ast
import json
from typing import Any, Dict, List, Mapping

from ..contract.errors import InvalidCard
from ..core.card import ModelCard

_BYTE = 255.0
_TILE = 512
_OVERLAP_PERCENT = (15, 80)
KEYS = (
    "model_type",
    "class_names",
    "names",
    "resolution",
    "tile_size",
    "tiles_size",
    "tiles_overlap",
    "standardization_mean",
    "standardization_std",
    "seg_thresh",
    "seg_small_segment",
    "reg_output_scaling",
)


def deepness_keys(card: ModelCard) -> Dict[str, str]:
    """The keys by which Deepness runs this model; none where it could not.

    It knows models per pixel in NCHW only. It takes raw scores as they come, so a model of
    logits is cut at 0 there; models of probabilities map alike in both.
    """
    if card.task != "pixel" or card.layout != "NCHW":
        return {}
    tile = card.patch[0] if card.patch else _TILE - _TILE % card.stride or card.stride
    overlap = -(-100 * (card.receptive_field or 0) // tile)
    low, high = _OVERLAP_PERCENT
    values: Dict[str, Any] = {
        **_answer(card),
        "tile_size": tile,
        "tiles_size": tile,
        "tiles_overlap": min(high, max(low, overlap)),
        "standardization_mean": [(b.mean - b.offset) / (_BYTE * b.scale) for b in card.bands],
        "standardization_std": [b.std / (_BYTE * b.scale) for b in card.bands],
    }
    if card.resolution is not None:
        values["resolution"] = card.resolution * 100  # centimetres
    return {key: json.dumps(value) for key, value in values.items()}


def _answer(card: ModelCard) -> Dict[str, Any]:
    """What comes out of the model."""
    if card.target is not None:
        return {
            "model_type": "Regressor",
            "class_names": {"0": card.target.name},
            "reg_output_scaling": 1.0,
        }
    return {
        "model_type": "Segmentor",
        "class_names": {str(c.id): c.name for c in card.classes.classes},
        "seg_thresh": 0.5 if card.activation == "sigmoid" else 0.0,
        "seg_small_segment": 0,
    }


def card_fields(metadata: Mapping[str, Any]) -> Dict[str, Any]:
    """What Deepness's keys say in the words of a card; empty if there are none.

    Returns:
        Any of ``classes`` (names in order), ``resolution`` (metres), ``patch``, and the lists
        ``scale``, ``mean``, ``std`` for all channels.

    Raises:
        InvalidCard: A key has a value that cannot be read, or a task that Coverloom lacks.
    """
    found = {key: _value(key, metadata[key]) for key in KEYS if key in metadata}
    if not found:
        return {}
    kind = str(found.get("model_type", "Segmentor")).capitalize()
    if kind != "Segmentor":
        raise InvalidCard(
            f"The model's Deepness keys say model_type {kind!r}.", "Only a Segmentor is mapped."
        )
    try:
        return _translate(found)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidCard(
            f"The model's Deepness keys cannot be used: {error}.", "Correct them."
        ) from error


def _translate(found: Dict[str, Any]) -> Dict[str, Any]:
    fields: Dict[str, Any] = {"scale": [1 / _BYTE]}
    names = found.get("class_names", found.get("names"))
    if names is not None:
        fields["classes"] = _class_names(names)
    if "resolution" in found:
        fields["resolution"] = float(found["resolution"]) / 100
    tile = found.get("tile_size", found.get("tiles_size"))
    if tile is not None:
        fields["patch"] = [int(tile), int(tile)]
    if "standardization_mean" in found and "standardization_std" in found:
        fields["mean"] = [float(x) for x in found["standardization_mean"]]
        fields["std"] = [float(x) for x in found["standardization_std"]]
    return fields


def _value(key: str, text: Any) -> Any:
    """A value as JSON; dictionaries with whole-number keys are also met as Python literals."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        try:
            return ast.literal_eval(text)
        except (SyntaxError, ValueError) as error:
            if key in ("model_type",):
                return text
            raise InvalidCard(
                f"The model's key {key} is {text[:80]!r}.", "It must be JSON."
            ) from error


def _class_names(names: Any) -> List[str]:
    """Names in order; with several outputs, those of the first."""
    if isinstance(names, list) and names and isinstance(names[0], dict):
        names = names[0]
    if isinstance(names, list):
        return [str(name) for name in names]
    numbered = {int(key): str(value) for key, value in names.items()}
    if sorted(numbered) != list(range(len(numbered))):
        raise ValueError(f"class_names has the ids {sorted(numbered)}, not 0, 1, 2, …")
    return [numbered[i] for i in range(len(numbered))]
