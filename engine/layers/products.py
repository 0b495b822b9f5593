# SPDX-License-Identifier: GPL-3.0-or-later
"""The maps of a run: from a window's scores to each map's values, and how each is stored."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.card import ModelCard
from ..core.map_format import MapFormat, as_bytes
from ..core.window import Window
from . import LAYERS
from .activation import activation_of, probabilities_of
from .extra import ExtraLayer, in_unit_interval, layer_format
from .one_pass import masked_layers, standard_layers

STANDARD = ("class", "maxprob", "entropy", "gap")
PROBABILITIES = "probs"
# Names and colours, in the file of all probabilities, so that layers can be derived from it alone.
CLASSES_TAG = "CLASSES"
_NODATA = -1.0


class Products:
    """Computes the maps asked for, window by window.

    Args:
        names: Names of layers, and ``probs`` for all probabilities.
        card: The model's card.
        layer_type: ``float32``, or ``byte`` to store numbers in [0, 1] as 0..254.
        tags: Put into every file.
        extra: Further layers.
        gives: What the network gives: ``scores`` as the card says, ``probabilities``, or ``maps``:
            (4, H, W), the standard layers already.
    """

    def __init__(
        self,
        names: Sequence[str],
        card: ModelCard,
        layer_type: str,
        tags: Mapping[str, str],
        extra: Sequence[ExtraLayer] = (),
        gives: str = "scores",
    ) -> None:
        self._names, self._card, self._extra = names, card, extra
        self._fused = gives == "maps"
        output = "probabilities" if gives == "probabilities" else card.output
        self._activation = activation_of(output, card.activation)
        self.formats = {name: _format(name, card, layer_type, tags) for name in names}
        self.formats.update({extra_key(layer.name): layer.form for layer in extra})
        self.broken_px = 0
        """Valid pixels so far for which the model gave NaN."""

    @property
    def bands(self) -> Tuple[str, ...]:
        """Names of the scene's bands that must be handed in with the scores."""
        wanted = [self._card.band_names if x.bands is None else x.bands for x in self._extra]
        return tuple(n for n in self._card.band_names if any(n in names for names in wanted))

    def __call__(
        self,
        scores: NDArray[np.float32],
        core: Window,
        valid: NDArray[np.uint8],
        pixels: Optional[NDArray[Any]] = None,
    ) -> Dict[str, NDArray[Any]]:
        """Compute the maps of a window's core.

        Args:
            scores: (K, H, W) float32 of the whole window.
            core: The (h, w) part that is wanted.
            valid: (h, w) uint8, 0 where the maps get nodata.
            pixels: (C, h, w) stored numbers of the core; needed if ``bands`` is not empty.

        Returns:
            Map name to (h, w), for ``probs`` (K, h, w), values of its format's dtype.
        """
        if self._fused:
            maps, broken = masked_layers(scores, core, valid, len(self._card.classes))
        else:
            maps, broken = standard_layers(scores, core, valid, self._activation)
        self.broken_px += broken
        values: Dict[str, NDArray[Any]] = dict(zip(STANDARD, maps))
        done: Dict[str, NDArray[Any]] = {}
        if self._extra or PROBABILITIES in self._names:
            rows, columns = core.slices
            p = probabilities_of(scores[:, rows, columns], self._activation)
            bands = self._bands_of(pixels)
            done = {extra_key(x.name): x(p, bands, valid) for x in self._extra}
            p[:, valid == 0] = _NODATA
            values[PROBABILITIES] = p
        return {**{name: self._stored(name, values[name]) for name in self._names}, **done}

    def _bands_of(self, pixels: Optional[NDArray[Any]]) -> Dict[str, NDArray[np.float32]]:
        """The bands asked for, (h, w) float32 in the unit of the card."""
        if pixels is None:
            return {}
        return {
            band.name: stored.astype(np.float32) * np.float32(band.scale) + np.float32(band.offset)
            for band, stored in zip(self._card.bands, pixels)
            if band.name in self.bands
        }

    def _stored(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.formats[name].scale is None else as_bytes(values, _NODATA)


def extra_key(name: str) -> str:
    """The key of an extra layer among a run's maps; no standard layer has a slash."""
    return f"extra/{name}"


def _format(name: str, card: ModelCard, layer_type: str, tags: Mapping[str, str]) -> MapFormat:
    if name == PROBABILITIES:
        bands, formula = tuple(card.classes.names), f"p_k, {card.activation} of the model's scores"
        named = {**tags, "FORMULA": formula, CLASSES_TAG: json.dumps(card.classes.to_list())}
        return in_unit_interval(bands, layer_type, named)
    layer = LAYERS.load(name)()
    formula = layer.formula if layer.categorical else f"{layer.formula}, p: {card.activation}"
    return layer_format(layer, len(card.classes), layer_type, {**tags, "FORMULA": formula})
