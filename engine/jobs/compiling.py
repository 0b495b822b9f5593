# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiling the per-pixel passes of a map ahead of it.

What is compiled is kept on the disk; where it is not there yet, compiling takes eight seconds and
115 MB, which must be known before the size of a chunk is chosen.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.band import Band
from ..core.window import Window
from ..inference.prepare import Normaliser
from ..layers.one_pass import standard_layers

_SIDE = 2  # px


def compile_passes(dtype: np.dtype[Any], classes: int, activation: int) -> None:
    """Compile what reads a scene and what makes the four maps, or load it.

    Args:
        dtype: Of the scene's stored numbers.
        classes: Of the model; from 256 on a map of them takes two bytes. 0 for a model of values,
            whose map needs no pass.
        activation: As ``standard_layers`` takes it.
    """
    normalise = Normaliser.of([Band("B02")], [None], np.dtype(dtype))
    normalise(np.zeros((1, _SIDE, _SIDE), dtype), None, (_SIDE, _SIDE))
    if not classes:
        return
    scores = np.zeros((classes, _SIDE, _SIDE), np.float32)
    valid = np.ones((_SIDE, _SIDE), np.uint8)
    standard_layers(scores, Window(0, 0, _SIDE, _SIDE), valid, activation)
