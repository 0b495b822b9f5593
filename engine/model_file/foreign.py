# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a card for an ONNX file that has none, from whatever is known of it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Dict, List, Mapping, Optional, Sequence

import onnx

from ..contract.errors import CardMismatch, InvalidCard
from ..core.band import Band
from ..core.card import SCHEMA, ModelCard
from ..core.classes import ClassScheme
from .deepness import card_fields
from .graph import Graph, axes, check_card, read_graph
from .measure import detected_activation, graph_fields, measured_card
from .model import CARD_KEY, metadata_of
from .one_channel import add_channel_axis, as_two_classes

SCALING = ("scale", "offset", "mean", "std")
_BAND_FIELDS = tuple(field.name for field in dataclasses.fields(Band))
_CARD_FIELDS = {field.name for field in dataclasses.fields(ModelCard)}
_KNOWN = _CARD_FIELDS | {"schema", "nomenclature", *SCALING}


def foreign_card(
    proto: onnx.ModelProto, known: Sequence[Mapping[str, Any]], name: str
) -> ModelCard:
    """Put together a card and check it by running the model.

    Args:
        proto: The model; of several outputs it keeps the one that fits the card.
        known: What is said of the model, from the weakest source to the strongest, in the words
            of a card. ``bands`` may be names; ``classes`` names or ``{id: name}``; and ``scale``,
            ``offset``, ``mean`` and ``std`` one number for all bands or a list. What the file
            itself says, in a card or in Deepness's keys, comes before all of them.
        name: What to call the model if nobody does.

    Returns:
        The card, with its stride, receptive field and axes measured.

    Raises:
        InvalidCard: Something is missing, or of a form that no card has.
        CardMismatch: The graph is otherwise.
        UnreadableModel: It cannot be run.
    """
    fields = _merged([*_said_inside(proto), *known])
    graph = read_graph(proto)
    bands = _bands(fields, graph)
    fields.setdefault("layout", _layout(graph, len(bands)))
    fields.setdefault("task", _task(graph))
    classes: List[Dict[str, Any]] = []
    if fields.get("target"):
        fields.update(output="values", activation="none")
    else:
        classes = _classes(fields, graph)
    _keep_output(proto, str(fields["layout"]), len(classes) or 1)
    if fields["task"] == "pixel":
        add_channel_axis(proto, str(fields["layout"]))
    if len(classes) == 2 and _channels(proto, str(fields["layout"])) == 1:
        one = _draft(proto, name, fields, bands, [{**classes[1], "id": 0}])
        as_two_classes(proto, one)
        fields = {k: v for k, v in fields.items() if k not in ("activation", "output")}
    card = _draft(proto, name, fields, bands, classes)
    check_card(card, read_graph(proto))
    return measured_card(proto, _with_activation(proto, card, fields))


def _draft(
    proto: onnx.ModelProto,
    name: str,
    fields: Mapping[str, Any],
    bands: Sequence[Mapping[str, Any]],
    classes: Sequence[Mapping[str, Any]],
) -> ModelCard:
    """The card as far as it is known before the model is run."""
    plain = {key: fields[key] for key in fields if key in _CARD_FIELDS - {"bands", "classes"}}
    draft: Dict[str, Any] = {"name": name, **plain, "schema": SCHEMA}
    draft["bands"], draft["classes"] = list(bands), list(classes)
    draft["nomenclature"] = fields.get("nomenclature", "")
    # The graph says which of these hold; a draft that contradicted it could not be made.
    for key in ("dynamic_space", "dynamic_batch", "stride", "receptive_field", "unbounded"):
        draft.pop(key, None)
    card = ModelCard.from_dict(draft)
    return dataclasses.replace(card, **graph_fields(proto, card))


def _channels(proto: onnx.ModelProto, layout: str) -> Optional[int]:
    """Channels of the scores, if the graph says how many."""
    shape = read_graph(proto).output.shape
    return shape[axes(layout, len(shape))[0]] if len(shape) in (2, 4) else None


def _with_activation(
    proto: onnx.ModelProto, card: ModelCard, fields: Mapping[str, Any]
) -> ModelCard:
    """The card with activation and output as the model shows them, where nobody said."""
    missing = [key for key in ("activation", "output") if key not in fields]
    if not missing:
        return card
    seen: Dict[str, Any] = dict(zip(("activation", "output"), detected_activation(proto, card)))
    if "activation" in fields and seen["output"] == "logits":
        seen["activation"] = fields["activation"]
    return dataclasses.replace(card, **{key: seen[key] for key in missing})


def _said_inside(proto: onnx.ModelProto) -> List[Mapping[str, Any]]:
    metadata = metadata_of(proto)
    if CARD_KEY in metadata:
        return [ModelCard.from_json(metadata[CARD_KEY]).to_dict()]
    return [card_fields(metadata)]


def _merged(known: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
    """All sources in one; a source that scales bands makes weaker scalings void."""
    merged: Dict[str, Any] = {}
    for source in known:
        unknown = sorted(set(source) - _KNOWN)
        if unknown:
            raise InvalidCard(
                f"The card has unknown fields: {', '.join(unknown)}.",
                f"Known are {', '.join(sorted(_KNOWN))}.",
            )
        if source.get("schema", SCHEMA) != SCHEMA:
            raise InvalidCard(
                f"The card has schema {source['schema']!r}.", f"This Coverloom reads {SCHEMA}."
            )
        if any(isinstance(band, dict) and set(band) & set(SCALING) for band in _listed(source)):
            merged = {key: value for key, value in merged.items() if key not in SCALING}
        if "bands" in source and "bands" in merged:
            source = {**source, "bands": _renamed(merged["bands"], source["bands"])}
        merged.update(source)
    return merged


def _listed(source: Mapping[str, Any]) -> List[Any]:
    bands = source.get("bands", [])
    return list(bands) if isinstance(bands, (list, tuple)) else []


def _renamed(known: Sequence[Any], names: Sequence[Any]) -> List[Any]:
    """Bands given by name alone keep what was known of them."""
    by_name = {band["name"]: band for band in known if isinstance(band, dict) and "name" in band}
    return [by_name.get(band, band) if isinstance(band, str) else band for band in names]


def _bands(fields: Mapping[str, Any], graph: Graph) -> List[Dict[str, Any]]:
    """The bands in the JSON form of a card."""
    if not fields.get("bands"):
        raise InvalidCard(
            f"Nobody says which bands the model takes; its input is {_spell(graph.input.shape)}.",
            "Give BANDS, in the order of its channels, or a CARD.",
        )
    bands = []
    for band in fields["bands"]:
        plain = {"name": band} if isinstance(band, str) else band
        if not isinstance(plain, dict) or "name" not in plain or set(plain) - set(_BAND_FIELDS):
            raise InvalidCard(
                f"The card's band {band!r} cannot be read.",
                f"Give a name, or an object with {', '.join(_BAND_FIELDS)}.",
            )
        bands.append(dict(plain))
    for key in SCALING:
        for band, number in zip(bands, _numbers(key, fields.get(key), len(bands))):
            band[key] = number
    return bands


def _numbers(key: str, value: Any, count: int) -> List[float]:
    """One number for each band; none if nothing is said."""
    if value is None or value == () or value == []:
        return []
    listed = list(value) if isinstance(value, (list, tuple)) else [value]
    if not all(isinstance(n, (int, float)) and math.isfinite(n) for n in listed):
        raise InvalidCard(f"{key.upper()} is {value!r}.", "Give finite numbers.")
    if len(listed) not in (1, count):
        raise InvalidCard(
            f"{key.upper()} has {len(listed)} numbers for {count} bands.",
            "Give one number for all bands, or one for each.",
        )
    return [float(n) for n in (listed * count)[:count]]


def _classes(fields: Mapping[str, Any], graph: Graph) -> List[Dict[str, Any]]:
    """The classes in the JSON form of a card."""
    said = fields.get("classes")
    if not said:
        raise InvalidCard(
            f"Nobody says which classes the model gives; its output is "
            f"{_spell(graph.output.shape)}.",
            "Give CLASSES, in the order of its outputs, a NOMENCLATURE, or a CARD.",
        )
    if isinstance(said, dict):
        try:
            numbered = {int(key): str(value) for key, value in said.items()}
        except ValueError as error:
            raise InvalidCard(f"A class id is no number: {error}.", "Count 0, 1, 2, ….") from error
        said = [{"id": key, "name": numbered[key]} for key in sorted(numbered)]
    colours = ClassScheme.of_names([str(i) for i in range(len(said))]).to_list()
    return [
        {**colours[place], **(dict(item) if isinstance(item, dict) else {"name": str(item)})}
        for place, item in enumerate(said)
    ]


def _layout(graph: Graph, bands: int) -> str:
    shape = graph.input.shape
    last = len(shape) == 4 and shape[3] == bands and shape[1] != bands
    return "NHWC" if last else "NCHW"


def _task(graph: Graph) -> str:
    return "patch" if all(len(output.shape) == 2 for output in graph.outputs) else "pixel"


def _keep_output(proto: onnx.ModelProto, layout: str, classes: int) -> None:
    """Of several outputs, leave the first that has, or may have, a channel for every class."""
    if len(proto.graph.output) == 1:
        return
    outputs = read_graph(proto).outputs
    for sizes in ((classes,), (None,), (1,) if classes == 2 else ()):
        for output, value in zip(outputs, list(proto.graph.output)):
            channel = {2: 1, 4: 1 if layout == "NCHW" else 3}.get(len(output.shape))
            fits = channel is not None and output.shape[channel] in sizes
            if fits and output.dtype.kind == "f":
                del proto.graph.output[:]
                proto.graph.output.append(value)
                return
    raise CardMismatch(
        f"None of the model's {len(outputs)} outputs has {classes} channels: "
        f"{'; '.join(_spell(output.shape) for output in outputs)}.",
        "Give as many classes as the output has channels.",
    )


def _spell(shape: Sequence[Optional[int]]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape) or "not stated"
