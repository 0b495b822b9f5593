# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers besides the standard ones: further built-in ones, expressions, functions of a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import InvalidRequest, UnusableLayer
from ..core.classes import ClassScheme
from ..core.map_format import BYTE_NODATA, BYTE_TOP, MapFormat, as_bytes
from . import LAYERS
from .expression import parse_expressions
from .layer import Layer
from .most_likely import class_storage
from .own import load_layers_file

Bands = Mapping[str, NDArray[np.float32]]
Compute = Callable[[NDArray[np.float32], Bands], NDArray[Any]]
_NODATA = -1.0
_TRIAL_PX = (3, 4)


@dataclass(frozen=True)
class ExtraLayer:
    """One layer that is written into the folder EXTRA.

    Args:
        name: Of its file.
        form: How it is stored.
        compute: (K, h, w) float32 probabilities and the bands to (h, w) numbers.
        bands: Names of the scene's bands it needs; None for all.
    """

    name: str
    form: MapFormat
    compute: Compute
    bands: Tuple[str, ...] | None = ()

    def __call__(
        self, probabilities: NDArray[np.float32], bands: Bands, valid: NDArray[np.uint8]
    ) -> NDArray[Any]:
        """Compute (h, w) values of ``form.dtype``, nodata where ``valid`` is 0."""
        values = self.compute(probabilities, bands)
        if self.form.scale is not None:
            values = as_bytes(np.asarray(values, np.float32), _NODATA)
        nodata = np.array(self.form.nodata, self.form.dtype)
        return np.where(valid != 0, values.astype(self.form.dtype, copy=False), nodata)


@dataclass(frozen=True)
class LayerWishes:
    """What was asked for: names of built-in layers, EXPRESSIONS, LAYERS_FILE and LAYER_TYPE."""

    layers: Sequence[str] = ()
    expressions: str = ""
    layers_file: str = ""
    layer_type: str = "float32"


def extra_layers(
    wishes: LayerWishes, classes: ClassScheme, bands: Sequence[str], tags: Mapping[str, str]
) -> List[ExtraLayer]:
    """Make all layers asked for, and try each on a few pixels, so that what fails fails now.

    Args:
        wishes: What was asked for.
        classes: The classes, in the order of the probabilities.
        bands: Names of the scene's bands; empty if there is no scene.
        tags: Put into every file.

    Raises:
        InvalidRequest: A built-in layer has no such name.
        MissingInput: There is no LAYERS_FILE.
        UnusableLayer: An expression or function is wrong, or two layers have one name.
    """
    found = [built_in(n, len(classes), wishes.layer_type, tags) for n in wishes.layers]
    for line in parse_expressions(wishes.expressions, classes.names, bands):
        form = _any_number(line.name, "", {**tags, "FORMULA": line.source})
        found.append(ExtraLayer(line.name, form, line, line.bands))
    if wishes.layers_file:
        for own in load_layers_file(wishes.layers_file, classes.names):
            form = _any_number(own.name, own.unit, {**tags, "FORMULA": own.source})
            found.append(ExtraLayer(own.name, form, own, None if own.takes_bands else ()))
    _check_names([layer.name for layer in found])
    for layer in found:
        _try(layer, len(classes), bands)
    return found


def built_in(name: str, classes: int, layer_type: str, tags: Mapping[str, str]) -> ExtraLayer:
    """A registered layer for so many classes.

    Raises:
        InvalidRequest: There is no such layer.
    """
    if name not in LAYERS:
        raise InvalidRequest(
            f"LAYERS has {name!r}, which is no layer.", f"Use one of {', '.join(LAYERS)}."
        )
    layer: Layer = LAYERS.load(name)()
    form = layer_format(layer, classes, layer_type, {**tags, "FORMULA": layer.formula})
    return ExtraLayer(name, form, lambda probabilities, bands: layer(probabilities))


def layer_format(layer: Layer, classes: int, layer_type: str, tags: Mapping[str, str]) -> MapFormat:
    """How a registered layer is stored."""
    if layer.categorical:
        dtype, nodata = class_storage(classes)
        return MapFormat((layer.title,), dtype, nodata, categorical=True, tags=dict(tags))
    return in_unit_interval((layer.title,), layer_type, tags)


def in_unit_interval(bands: Sequence[str], layer_type: str, tags: Mapping[str, str]) -> MapFormat:
    """How numbers in [0, 1] are stored: float32, or bytes for ``byte``."""
    if layer_type == "byte":
        return MapFormat(tuple(bands), "uint8", BYTE_NODATA, "", 1 / BYTE_TOP, tags=dict(tags))
    return MapFormat(tuple(bands), "float32", _NODATA, tags=dict(tags))


def _any_number(title: str, unit: str, tags: Mapping[str, str]) -> MapFormat:
    """float32 with NaN for nodata, for no number is impossible."""
    return MapFormat((title,), "float32", float("nan"), unit, tags=dict(tags))


def _check_names(names: Sequence[str]) -> None:
    folded = [name.casefold() for name in names]  # some disks know no capitals
    twice = sorted({name for name in folded if folded.count(name) > 1})
    if twice:
        raise UnusableLayer(f"Two layers are called {twice[0]!r}.", "Give each its own name.")


def _try(layer: ExtraLayer, classes: int, bands: Sequence[str]) -> None:
    probabilities = np.full((classes, *_TRIAL_PX), 1 / classes, np.float32)
    values = {name: np.ones(_TRIAL_PX, np.float32) for name in bands}
    layer(probabilities, values, np.ones(_TRIAL_PX, np.uint8))
