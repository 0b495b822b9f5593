# SPDX-License-Identifier: GPL-3.0-or-later
"""How well PRECISION fast agrees with exact on this machine, and how much faster it is."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict

import numpy as np
from numpy.typing import NDArray

from ..core.band import Band
from ..core.card import ModelCard
from ..core.classes import ClassScheme
from .network import Network, OnnxNetwork
from .openvino_network import OpenVinoNetwork, bfloat16_here
from .plan import round_up

_SIDE_PX = 256


def fast_agreement(model: str | Path | bytes, card: ModelCard, seed: int = 7) -> Dict[str, Any]:
    """Run one made-up window exactly and in bfloat16.

    Args:
        model: The model file, or its content.
        card: Its card.
        seed: Of the window.

    Returns:
        ``available``; and if so ``device``, ``same_class`` (share of the outputs with the same
        highest class, in [0, 1]; not for a model that gives a number), ``largest_difference`` of
        the scores relative to their standard deviation, and ``speedup`` (exact seconds by fast
        seconds).
    """
    if not bfloat16_here():
        return {"available": False}
    source = model if isinstance(model, bytes) else Path(model)
    exact, fast = OnnxNetwork(source, card), OpenVinoNetwork(source, card)
    window = _window(card, np.random.default_rng(seed))
    expected, given = exact.scores(window), fast.scores(window)
    same: Dict[str, Any] = {}
    if card.target is None:
        share = (expected.argmax(axis=1) == given.argmax(axis=1)).mean()
        same["same_class"] = round(float(share), 6)
    spread = max(float(expected.std()), 1e-9)
    return {
        "available": True,
        "device": fast.device,
        **same,
        "largest_difference": round(float(np.abs(expected - given).max()) / spread, 4),
        "speedup": round(_seconds(exact, window) / _seconds(fast, window), 2),
    }


def plain_card(bands: int, classes: int) -> ModelCard:
    """A card for a network that has none: NCHW, any size, logits or probabilities alike."""
    names = [f"Class {i}" for i in range(classes)]
    channels = tuple(Band(f"B{i}") for i in range(bands))
    return ModelCard("Trial", channels, ClassScheme.of_names(names))


def _window(card: ModelCard, rng: np.random.Generator) -> NDArray[np.float32]:
    """(1, C, H, W) float32 normal numbers that vary smoothly, as pixels do."""
    height, width = (round_up(_SIDE_PX, card.stride),) * 2
    if card.patch and (card.task == "patch" or not card.dynamic_space):
        height, width = card.patch
    coarse = rng.standard_normal((1, len(card.bands), height // 8 + 1, width // 8 + 1))
    smooth = coarse.repeat(8, axis=2).repeat(8, axis=3)[:, :, :height, :width]
    return (smooth + 0.2 * rng.standard_normal(smooth.shape)).astype(np.float32)


def _seconds(network: Network, window: NDArray[np.float32], runs: int = 3) -> float:
    """The shortest of a few runs, s."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        network.scores(window)
        times.append(time.perf_counter() - began)
    return min(times)
