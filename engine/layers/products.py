# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a run: from a window's scores to each map's values, and how each is stored."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.card import ModelCard
from ..core.map_format import BYTE_NODATA, BYTE_TOP, MapFormat, as_bytes
from ..core.window import Window
from . import LAYERS
from .activation import activation_of, probabilities_of
from .layer import Layer
from .most_likely import class_storage
from .one_pass import standard_layers

STANDARD = ("class", "maxprob", "entropy", "gap")
PROBABILITIES = "probs"
_NODATA = -1.0


class Products:
    """Computes the maps asked for, window by window.

    Args:
        names: Names of layers, and ``probs`` for all probabilities.
        card: The model's card.
        layer_type: ``float32``, or ``byte`` to store numbers in [0, 1] as 0..254.
        tags: Put into every file.
    """

    def __init__(
        self, names: Sequence[str], card: ModelCard, layer_type: str, tags: Mapping[str, str]
    ) -> None:
        self._names = names
        self._activation = activation_of(card.output, card.activation)
        self.formats = {name: _format(name, card, layer_type, tags) for name in names}
        self.broken_px = 0
        """Valid pixels so far for which the model gave NaN."""

    def __call__(
        self, scores: NDArray[np.float32], core: Window, valid: NDArray[np.uint8]
    ) -> Dict[str, NDArray[Any]]:
        """Compute the maps of a window's core.

        Args:
            scores: (K, H, W) float32 of the whole window.
            core: The (h, w) part that is wanted.
            valid: (h, w) uint8, 0 where the maps get nodata.

        Returns:
            Map name to (h, w), for ``probs`` (K, h, w), values of its format's dtype.
        """
        maps, broken = standard_layers(scores, core, valid, self._activation)
        self.broken_px += broken
        values: Dict[str, NDArray[Any]] = dict(zip(STANDARD, maps))
        if PROBABILITIES in self._names:
            values[PROBABILITIES] = self._probabilities(scores, core, valid)
        return {name: self._stored(name, values[name]) for name in self._names}

    def _probabilities(
        self, scores: NDArray[np.float32], core: Window, valid: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        rows, columns = core.slices
        probabilities = probabilities_of(scores[:, rows, columns], self._activation)
        probabilities[:, valid == 0] = _NODATA
        return probabilities

    def _stored(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.formats[name].scale is None else as_bytes(values, _NODATA)


def _format(name: str, card: ModelCard, layer_type: str, tags: Mapping[str, str]) -> MapFormat:
    if name == "class":
        dtype, nodata = class_storage(len(card.classes))
        layer: Layer = LAYERS.load(name)()
        own = {**tags, "FORMULA": layer.formula}
        return MapFormat((layer.title,), dtype, nodata, categorical=True, tags=own)
    if name == PROBABILITIES:
        bands, formula = tuple(card.classes.names), f"p_k, {card.activation} of the model's scores"
        return _in_unit_interval(bands, layer_type, {**tags, "FORMULA": formula})
    layer = LAYERS.load(name)()
    formula = f"{layer.formula}, p: {card.activation}"
    return _in_unit_interval((layer.title,), layer_type, {**tags, "FORMULA": formula})


def _in_unit_interval(bands: Sequence[str], layer_type: str, tags: Mapping[str, str]) -> MapFormat:
    if layer_type == "byte":
        return MapFormat(tuple(bands), "uint8", BYTE_NODATA, "", 1 / BYTE_TOP, tags=dict(tags))
    return MapFormat(tuple(bands), "float32", _NODATA, tags=dict(tags))
