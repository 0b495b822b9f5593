# SPDX-License-Identifier: GPL-3.0-or-later
"""The model card: all that is needed to use a model, inside its file."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

from ..contract.errors import InvalidCard
from .band import Band
from .classes import ClassScheme
from .dataset_card import DatasetTarget

SCHEMA = 1
TASKS = ("pixel", "patch")
ACTIVATIONS = ("softmax", "sigmoid", "none")
OUTPUTS = ("logits", "probabilities", "values")
LAYOUTS = ("NCHW", "NHWC")
RESAMPLINGS = ("nearest", "bilinear", "cubic")
NO_CLASSES = ClassScheme(())


@dataclass(frozen=True)
class ModelCard:
    """What an ONNX file says of itself in ``metadata_props["coverloom"]``.

    Args:
        name: Title for people.
        bands: Input channels in order.
        classes: Output channels in order; none for a regression.
        task: ``pixel`` (an answer per pixel) or ``patch`` (per patch).
        activation: ``softmax`` (one class) or ``sigmoid`` (any number of classes); ``none`` for a
            regression.
        output: Whether the graph gives ``logits``, or ``probabilities`` already; ``values`` in the
            target's unit for a regression.
        layout: Order of the input's axes; the output's channel axis stands likewise.
        patch: (height, width) in px that the graph is fixed to or was trained on; None if any.
        resolution: Pixel size the model was trained at, metres; None if unknown.
        stride: Sides of a window must be a multiple of this, px.
        receptive_field: Side of the input square that one output depends on, px; None if not known.
        dynamic_space: Whether windows of any size (a multiple of ``stride``) go in.
        dynamic_batch: Whether any number of windows goes in at once.
        resampling: How bands of other resolutions are brought to the grid.
        provenance: Data, settings, metrics, versions, licence: shown, never computed with.
        target: What a regression gives, in one channel; None for a model of classes.
        unbounded: Whether a pixel's scores depend on its whole window, as measured, so that no halo
            makes chunks agree exactly.
    """

    name: str
    bands: Tuple[Band, ...]
    classes: ClassScheme
    task: str = "pixel"
    activation: str = "softmax"
    output: str = "logits"
    layout: str = "NCHW"
    patch: Optional[Tuple[int, int]] = None
    resolution: Optional[float] = None
    stride: int = 1
    receptive_field: Optional[int] = None
    dynamic_space: bool = True
    dynamic_batch: bool = True
    resampling: str = "bilinear"
    provenance: Dict[str, Any] = field(default_factory=dict)
    target: Optional[DatasetTarget] = None
    unbounded: bool = False

    def __post_init__(self) -> None:
        _one_of("task", self.task, TASKS)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("output", self.output, OUTPUTS)
        _one_of("layout", self.layout, LAYOUTS)
        _one_of("resampling", self.resampling, RESAMPLINGS)
        _check_bands(self.bands)
        _check_answer(self)
        if self.stride < 1:
            raise InvalidCard(f"The card's stride is {self.stride}.", "It must be 1 px or more.")
        if self.patch and min(self.patch) < 1:
            raise InvalidCard(f"The card's patch is {self.patch}.", "Give height and width in px.")
        if not self.dynamic_space and not self.patch:
            raise InvalidCard("The card states no patch size.", "A fixed-size model needs one.")

    @property
    def band_names(self) -> List[str]:
        """Names of the input channels, in order."""
        return [band.name for band in self.bands]

    @property
    def channels(self) -> int:
        """Output channels: one a class, or one for a regression."""
        return len(self.classes) if self.target is None else 1

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form, with its schema number."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain["bands"] = [dataclasses.asdict(band) for band in self.bands]
        plain["classes"] = self.classes.to_list()
        plain["patch"] = list(self.patch) if self.patch else None
        if not self.unbounded:  # a card without what is new stays as older versions know it
            del plain["unbounded"]
        if self.target is None:
            del plain["target"]
        else:
            plain["target"] = dataclasses.asdict(self.target)
        return {"schema": SCHEMA, **plain, "nomenclature": self.classes.nomenclature}

    def to_json(self) -> str:
        """The text that goes into the model file."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> ModelCard:
        """Read and check a card.

        Raises:
            InvalidCard: No JSON, another schema, an unknown or unusable field.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InvalidCard(
                f"The model's card is no JSON: {error}.", "Import the model again."
            ) from error
        return cls.from_dict(content)

    @classmethod
    def from_dict(cls, content: Any) -> ModelCard:
        """Read and check the JSON form.

        Raises:
            InvalidCard: Another schema, an unknown or unusable field.
        """
        fields = _known_fields(cls, content)
        try:
            fields["bands"] = tuple(Band(**band) for band in fields["bands"])
            fields["classes"] = ClassScheme.from_list(
                fields["classes"], str(fields.pop("nomenclature", ""))
            )
            if fields.get("target"):
                fields["target"] = DatasetTarget(**fields["target"])
            if fields.get("patch"):
                height, width = fields["patch"]
                fields["patch"] = (int(height), int(width))
            return cls(**fields)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidCard(
                f"The model's card cannot be used: {error!r}.", "Import the model again."
            ) from error


def _known_fields(cls: type[ModelCard], content: Any) -> Dict[str, Any]:
    if not isinstance(content, dict):
        raise InvalidCard("The model's card is no JSON object.", "Import the model again.")
    schema = content.get("schema")
    if schema != SCHEMA:
        raise InvalidCard(
            f"The model's card has schema {schema!r}; this Coverloom reads {SCHEMA}.",
            "Update Coverloom, or import the model again.",
        )
    known = {f.name for f in dataclasses.fields(cls)} | {"schema", "nomenclature"}
    unknown = sorted(set(content) - known)
    if unknown:
        raise InvalidCard(
            f"The model's card has unknown fields: {', '.join(unknown)}.", "Remove them."
        )
    return {name: value for name, value in content.items() if name != "schema"}


def _one_of(what: str, value: Any, allowed: Tuple[str, ...]) -> None:
    if value not in allowed:
        raise InvalidCard(f"The card's {what} is {value!r}.", f"Use one of {', '.join(allowed)}.")


def _check_answer(card: ModelCard) -> None:
    """See that a card has either classes or a target, and the output that goes with it."""
    if card.target is None:
        if not len(card.classes):
            raise InvalidCard("The card names no classes.", "Give them in the order of outputs.")
        if card.output == "values" or card.activation == "none":
            raise InvalidCard(
                f"The card's output is {card.output!r} and its activation {card.activation!r}.",
                "Only a regression, which has a target, gives values without an activation.",
            )
        return
    said = (card.output, card.activation, len(card.classes))
    if said != ("values", "none", 0):
        raise InvalidCard(
            f"The card has a target, {card.target.name}, and output, activation and number of "
            f"classes are {said}.",
            "A regression gives 'values', has the activation 'none' and no classes.",
        )
    numbers = (card.target.mean, card.target.std, card.target.nodata)
    if not all(math.isfinite(n) for n in numbers) or card.target.std <= 0:
        raise InvalidCard(
            f"The target {card.target.name} has mean, std and nodata {numbers}.",
            "All must be finite, std above 0.",
        )


def _check_bands(bands: Tuple[Band, ...]) -> None:
    if not bands:
        raise InvalidCard("The card names no bands.", "Give the bands in channel order.")
    names = [band.name for band in bands]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidCard(f"The card names band {twice[0]!r} twice.", "Give each its own name.")
    for band in bands:
        numbers = (band.scale, band.offset, band.mean, band.std)
        if not all(math.isfinite(n) for n in numbers) or band.std <= 0 or band.scale == 0:
            raise InvalidCard(
                f"Band {band.name} has scale {band.scale}, offset {band.offset}, mean {band.mean}, "
                f"std {band.std}.",
                "All must be finite, std above 0, scale not 0.",
            )
