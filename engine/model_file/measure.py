# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures what a model's chunks must respect: its stride and how far one output looks.

Both are found by running the model, so they hold for any graph. A whole line of pixels is changed
at once: a single pixel is easily lost behind a ReLU or a maximum, a line hardly ever.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Iterable, Optional, Tuple

import numpy as np
import onnx

from ..contract.errors import CardMismatch, CoverloomError, UnreadableModel
from ..core.card import ModelCard
from .graph import read_graph
from .onnx_file import load_proto
from .trial import Array, Source, Trial, activation_of, check_scores

STRIDES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 48, 64, 128)
_STRIP = 32  # short side of the windows measured on, px, before rounding to the stride
_LENGTHS = (256, 1024, 2048)  # long side; a reach beyond the last counts as unbounded
_MOST_OFFSETS = 32
_IMPULSES = (3.0, 100.0)  # standard deviations of the input
# Of the largest score: rounding in many layers; what depends on its place changes more.
_NEARLY = 1e-4
# Times the least change of all strides: which of these it is is chance.
_AS_GOOD = 2.0


def receptive_field(source: Source, card: ModelCard, seed: int = 0) -> Optional[int]:
    """Measure how far an output looks, by impulse.

    Args:
        source: The model, or the path of its file.
        card: Its card; its ``stride`` must be right.
        seed: Of the random backgrounds and impulses.

    Returns:
        ``2 r + 1`` px, where no output depends on an input more than ``r`` rows or columns away,
        at whatever offset it stands to the model's stride; None if the reach has no bound, or
        none smaller than the fixed window.
    """
    return _receptive_field(Trial(source, card), seed)


def _receptive_field(trial: Trial, seed: int) -> Optional[int]:
    reaches = [_reach(trial, axis, np.random.default_rng(seed)) for axis in (2, 3)]
    if any(reach is None for reach in reaches):
        return None
    return 2 * max(reach for reach in reaches if reach is not None) + 1


def _reach(trial: Trial, axis: int, rng: np.random.Generator) -> Optional[int]:
    """How many px along ``axis`` (2 rows, 3 columns) a change is felt; None if without end."""
    card = trial.card
    lengths: Iterable[int] = _LENGTHS
    if card.dynamic_space and not _no_farther(trial, axis, _LENGTHS[-1] - 2 * card.stride, rng):
        return None
    if not card.dynamic_space and card.patch:
        lengths = (card.patch[axis - 2],)
    for length in lengths:
        size = _size(card, axis, length)
        far = size[axis - 2] - 1
        reach = _felt(trial, size, axis, _lines(far + 1, card.stride), _IMPULSES, rng)
        # A change felt at the far end may go on behind it.
        if reach < far - 2 * card.stride and _no_farther(trial, axis, reach, rng):
            return reach
    return None


def _no_farther(trial: Trial, axis: int, reach: int, rng: np.random.Generator) -> bool:
    """Whether nothing is felt beyond ``reach`` in a long window: dilation leaves wide gaps."""
    if not trial.card.dynamic_space:
        return True
    size = _size(trial.card, axis, _LENGTHS[-1])
    return _felt(trial, size, axis, (0,), _IMPULSES[-1:], rng) <= reach


def _felt(
    trial: Trial,
    size: Tuple[int, int],
    axis: int,
    lines: Iterable[int],
    impulses: Iterable[float],
    rng: np.random.Generator,
) -> int:
    """The largest distance between a changed line and an output that changed with it, px."""
    reach = 0
    for strength in impulses:
        window = trial.random_windows(*size, rng)
        before = np.moveaxis(trial.run(window), axis, 2)
        for line in lines:
            changed = window.copy()
            view = np.moveaxis(changed, axis, 2)
            if trial.dtype.kind in "iu":
                view[:, :, line] = trial.random_windows(*size, rng)[:, :, 0, : view.shape[3]]
            else:
                view[:, :, line] += strength * rng.standard_normal(view[:, :, line].shape)
            after = np.moveaxis(trial.run(changed), axis, 2)
            felt = np.flatnonzero((before != after).any(axis=(0, 1, 3)))
            if felt.size:
                reach = max(reach, abs(int(felt[0]) - line), abs(int(felt[-1]) - line))
    return reach


def _lines(length: int, stride: int) -> Tuple[int, ...]:
    """Where to change a line: near both ends, at the offsets where a stride reaches farthest."""
    # Which offset reaches farthest depends on the convolutions at every level: try all there are.
    offsets = {*range(0, stride, -(-stride // _MOST_OFFSETS)), stride - 1}
    return tuple(sorted(offsets | {length - 1 - o for o in offsets}))


def _size(card: ModelCard, axis: int, length: int) -> Tuple[int, int]:
    """(height, width) of a window that is long along ``axis``, in multiples of the stride."""
    if not card.dynamic_space and card.patch:
        return card.patch
    short, long = (-(-side // card.stride) * card.stride for side in (_STRIP, length))
    return (long, short) if axis == 2 else (short, long)


def stride(source: Source, card: ModelCard, seed: int = 0) -> int:
    """Measure the smallest step by which windows may move without changing the map.

    Returns:
        The smallest stride at which windows of odd multiples run and a moved window gives the
        same, moved scores. Where none does (a model that sees everything), the smallest at which
        they differ least.

    Raises:
        UnreadableModel: It runs at no such size.
    """
    return _stride(Trial(source, card), seed)[0]


def _stride(trial: Trial, seed: int) -> Tuple[int, bool]:
    """The stride, and whether moved windows give moved scores at all."""
    card = trial.card
    if card.task != "pixel":
        return card.stride, True
    fixed = card.patch if not card.dynamic_space else None
    if fixed:
        runs = [step for step in STRIDES if not any(side % step for side in fixed)]
    else:
        runs = [step for step in STRIDES if _runs(trial, step, np.random.default_rng(seed))]
    if not runs:
        raise UnreadableModel(
            "The model runs on none of the window sizes tried.",
            "Export it for a fixed window size, and give that size as the card's patch.",
        )
    differences = {}
    for step in runs:
        changed, near = _changed(trial, step, np.random.default_rng(seed))
        if changed <= near:
            return step, True
        differences[step] = changed
    least = min(differences.values())
    return min(s for s in runs if differences[s] <= _AS_GOOD * least), least <= _NEARLY


def _runs(trial: Trial, step: int, rng: np.random.Generator) -> bool:
    """Whether windows of odd multiples of ``step`` give scores of the same size."""
    odd = max(3, 48 // step) | 1
    try:
        trial.run(trial.random_windows(step * odd, step * (odd + 2), rng))
    except CoverloomError:
        return False
    return True


def _changed(trial: Trial, step: int, rng: np.random.Generator) -> Tuple[float, float]:
    """How much scores far from a window's ends change as it moves by ``step`` columns.

    Returns:
        The largest difference, and what rounding alone may make, as parts of the largest score.
    """
    card = dataclasses.replace(trial.card, stride=step)
    height, width = _size(card, 3, _LENGTHS[1])
    strip = trial.random_windows(height, width + step, rng)
    still, moved = trial.run(strip[..., :width]), trial.run(strip[..., step:])
    begin = width // 2 - step // 2
    rows = slice(height // 2 - height // 8, height // 2 + 1 + height // 8)
    here = still[:, :, rows, begin : begin + step]
    there = moved[:, :, rows, begin - step : begin]
    largest = float(np.abs(still).max()) or 1.0
    near = 1e-2 if still.dtype == np.float16 else 1e-5
    return float(np.abs(here - there).max()) / largest, near


def measured_card(source: Source, card: ModelCard, seed: int = 0) -> ModelCard:
    """Fill in what can be measured, and check the rest of the card on random windows.

    Args:
        source: The model, or the path of its file.
        card: What is known of it: layout, task, bands, classes, activation, output.
        seed: Of the random windows.

    Returns:
        The card with ``patch``, ``dynamic_space`` and ``dynamic_batch`` from the graph, and
        ``stride``, ``receptive_field`` and ``unbounded`` as measured.

    Raises:
        UnreadableModel: ONNX Runtime cannot load or run it.
        CardMismatch: What comes out is not what the card says.
    """
    card = dataclasses.replace(card, **graph_fields(source, card))
    trial = Trial(source, card)  # one for all: each takes the weights two or three times over
    step, moves = _stride(trial, seed)
    trial.card = card = dataclasses.replace(card, stride=step)
    check_scores(random_scores(trial, seed), card)
    pixels = card.task == "pixel"
    # What does not move with its window depends on where that lies, however little it looks at.
    field = _receptive_field(trial, seed) if pixels and moves else None
    return dataclasses.replace(card, receptive_field=field, unbounded=pixels and field is None)


def graph_fields(source: Source, card: ModelCard) -> dict[str, Any]:
    """``patch``, ``dynamic_space`` and ``dynamic_batch`` as the graph has them.

    Raises:
        CardMismatch: Its input is no batch of pictures.
    """
    proto = source if isinstance(source, onnx.ModelProto) else load_proto(source)
    shape = read_graph(proto).input.shape
    if len(shape) != 4:
        raise CardMismatch(
            f"The model's input has {len(shape)} axes, not 4.",
            "Export it with batch, channels, height and width.",
        )
    height, width = (shape[2], shape[3]) if card.layout == "NCHW" else (shape[1], shape[2])
    fields: dict[str, Any] = {"dynamic_batch": shape[0] is None}
    fields["dynamic_space"] = height is None and width is None
    if height and width:
        fields["patch"] = (height, width)
    return fields


def random_scores(trial: Trial, seed: int = 0) -> Array:
    """Scores of random windows, weak and strong: ``(2 N, K, …)``."""
    card, rng = trial.card, np.random.default_rng(seed)
    height, width = card.patch if card.patch and not card.dynamic_space else _size(card, 2, 64)
    weak = trial.random_windows(height, width, rng)
    strong = weak if trial.dtype.kind in "iu" else weak * 30
    return np.concatenate([trial.run(weak), trial.run(strong)])


def detected_activation(source: Source, card: ModelCard, seed: int = 0) -> Tuple[str, str]:
    """Tell (activation, output) of a model whose card does not say, from random windows."""
    return activation_of(random_scores(Trial(source, card), seed))
