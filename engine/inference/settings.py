# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunk size, halo, batch and cache of one run, chosen or as asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Optional, Tuple

import numpy as np
import onnx

from ..contract.errors import InvalidRequest
from ..contract.events import Emit, Message
from ..core.card import ModelCard
from ..core.window import Window
from .halo import halo_of, whole_window
from .memory import DEFAULT_LIMIT_MB, Footprint, Reading, activation_bytes, choose_core, choose_walk
from .plan import ChunkPlan, round_up
from .scored import in_cells
from .sliding import Axis
from .structure import structure_of

_PATCH_BATCH = 32
_COPIES_OF_ALL = 6  # of a core's probabilities: activated, as stored, and what expressions pass on


@dataclass(frozen=True)
class ChunkSettings:
    """What a run uses.

    Args:
        plan: The chunks.
        batch_size: Windows, or patches, in one inference.
        cache_mb: GDAL's block cache, MB.
        window_mb: Estimate of what one window takes, MB.
        kept_mb: What the scene keeps of its pixels besides, at most, MB.
        cell: Side of a map's pixel, in px of the raster.
        patches: For a model of whole patches, where they stand along rows and columns.
        seamless: Whether the map is the same as one made in one piece.
    """

    plan: ChunkPlan
    batch_size: int
    cache_mb: int
    window_mb: float
    kept_mb: float = 0.0
    cell: int = 1
    patches: Optional[Tuple[Axis, Axis]] = None
    seamless: bool = True

    @property
    def windows(self) -> int:
        """Chunks in one inference: one, where its patches are a batch."""
        return self.batch_size if self.patches is None else 1


@dataclass(frozen=True)
class Wishes:
    """What the user asked for; 0 (and -1 for the overlap) leaves the choice to the engine.

    Args:
        one_shape: Give every window the same size, for engines that compile for each.
        by_stride: For models of whole patches: a map's pixel is as large as their stride.
        averaged: Probabilities of several views are summed up, which takes memory.
        cropped: If the network gives the scores of cores alone: what its tensors take, bytes, by
            core and halo, px; None if not known.
        all_probabilities: They are written, or layers are made of them, which takes memory.
    """

    chunk_size: int = 0
    overlap: int = -1
    batch_size: int = 0
    max_memory_mb: int = 0
    one_shape: bool = False
    by_stride: bool = False
    averaged: bool = False
    cropped: Optional[Callable[[int, int], Optional[float]]] = None
    all_probabilities: bool = False


def choose_settings(
    model: Path,
    card: ModelCard,
    size: Tuple[int, int],
    area: Window,
    reading: Reading,
    dtype: np.dtype[np.generic],
    wishes: Wishes,
    emit: Emit,
) -> ChunkSettings:
    """Choose what the user left open.

    Args:
        model: Path of the model file, for the size of its tensors.
        card: The model's card, its receptive field measured.
        size: (height, width) of the raster, px.
        area: The part to map.
        reading: What reading the scene takes.
        dtype: Of the stored numbers.
        wishes: What the user asked for.
        emit: Told what the user should know.

    Raises:
        InvalidRequest: CHUNK_SIZE or OVERLAP cannot be used with this model.
    """
    if card.task == "patch":
        return _patch_settings(model, card, size, area, reading, dtype, wishes)
    fixed = None if card.dynamic_space else card.patch
    proto = structure_of(onnx.load(str(model)))
    halo, seamless = _halo(card, proto.graph, fixed, wishes.overlap, emit)
    batch = max(1, wishes.batch_size) if card.dynamic_batch else 1
    footprint = _footprint(proto, card, dtype, wishes)
    limit_mb = wishes.max_memory_mb or DEFAULT_LIMIT_MB
    height, width = size

    def plan_of(core: int, window: Optional[Tuple[int, int]] = fixed) -> ChunkPlan:
        return ChunkPlan(width, height, area, core, halo, card.stride, window)

    if fixed:
        core = _fixed_core(card, fixed, halo, wishes.chunk_size)
    elif wishes.chunk_size:
        core = round_up(wishes.chunk_size, card.stride)
    elif card.receptive_field is None:
        core = max(card.stride, whole_window(card) - 2 * halo)
    else:
        core = choose_core(
            footprint, halo, card.stride, limit_mb,
            lambda core: choose_walk(plan_of(core), reading).memory_mb, batch,
        )  # fmt: skip
    if (wishes.one_shape or card.receptive_field is None) and not fixed:
        fixed = _one_shape(core + 2 * halo, card.stride, size)
    window_mb = footprint.window_mb(core, halo, batch)
    return replace(_settings(plan_of(core, fixed), reading, batch, window_mb), seamless=seamless)


def _one_shape(longest: int, stride: int, size: Tuple[int, int]) -> Tuple[int, int]:
    """Of all windows, px: moved inwards at the raster's edge instead of cut.

    So the padding stays where it would be.
    """
    height, width = (round_up(side, stride) for side in size)
    return min(longest, height), min(longest, width)


def _footprint(
    proto: onnx.ModelProto, card: ModelCard, dtype: np.dtype[np.generic], wishes: Wishes
) -> Footprint:
    channels = card.channels * (2 if wishes.averaged else 1)
    more = wishes.all_probabilities * _COPIES_OF_ALL * card.channels * 4
    inside = activation_bytes(proto, card)
    return Footprint(inside, len(card.bands), channels, dtype.itemsize, wishes.cropped, more)


def _settings(
    plan: ChunkPlan,
    reading: Reading,
    batch: int,
    window_mb: float,
    cell: int = 1,
    patches: Optional[Tuple[Axis, Axis]] = None,
) -> ChunkSettings:
    walk = choose_walk(plan, reading)
    plan = replace(plan, band_width=walk.side_by_side)
    return ChunkSettings(plan, batch, walk.cache_mb, window_mb, walk.kept_mb, cell, patches)


def _patch_settings(
    model: Path,
    card: ModelCard,
    size: Tuple[int, int],
    area: Window,
    reading: Reading,
    dtype: np.dtype[np.generic],
    wishes: Wishes,
) -> ChunkSettings:
    """The same for a model of whole patches, whose OVERLAP is that of neighbouring patches."""
    if card.patch is None:
        raise InvalidRequest(
            "The model's card does not say how large its patches are.",
            "Import the model again with a card that states its patch.",
        )
    stride = _step(min(card.patch), wishes.overlap)
    cell = stride if wishes.by_stride else 1
    limit_mb = wishes.max_memory_mb or DEFAULT_LIMIT_MB
    stored, halo = dtype.itemsize, max(card.patch)
    # Of the maps alone: patches of a few go through the network at once.
    footprint = Footprint(0.0, len(card.bands), card.channels, stored)
    inside = Footprint(
        activation_bytes(structure_of(onnx.load(str(model))), card),
        len(card.bands),
        card.channels,
        stored,
    )
    per_patch = inside.bytes_per_px * card.patch[0] * card.patch[1] / 1e6
    batch = (wishes.batch_size or _PATCH_BATCH) if card.dynamic_batch else 1
    if not wishes.batch_size:
        batch = max(1, min(batch, int(limit_mb / 4 / per_patch)))
    height, width = size
    window = in_cells(area, cell)
    aligned = Window(
        *(side * cell for side in (window.col, window.row, window.width, window.height))
    ).intersect(Window(0, 0, width, height))

    def plan_of(core: int) -> ChunkPlan:
        return ChunkPlan(width, height, aligned, core, halo)

    def reading_mb(core: int) -> float:
        return choose_walk(plan_of(core), reading).memory_mb

    free_mb = limit_mb - int(batch * per_patch)
    core = round_up(wishes.chunk_size or 0, cell) or choose_core(
        footprint, halo, cell, free_mb, reading_mb
    )
    axes = (
        Axis(height, card.patch[0], stride, core, cell),
        Axis(width, card.patch[1], stride, core, cell),
    )
    mb = footprint.window_mb(core, halo) + batch * per_patch
    return _settings(plan_of(core), reading, batch, mb, cell, axes)


def _step(side: int, overlap: int) -> int:
    """From one patch of ``side`` px to the next; half of it where no overlap is asked for.

    Raises:
        InvalidRequest: Patches would not get on.
    """
    if overlap >= side:
        raise InvalidRequest(
            f"OVERLAP is {overlap} px, as much as a patch of {side} px or more.",
            f"Set it to at most {side - 1}.",
        )
    return side - overlap if overlap >= 0 else max(1, side // 2)


def _halo(
    card: ModelCard,
    graph: onnx.GraphProto,
    fixed: Optional[Tuple[int, int]],
    overlap: int,
    emit: Emit,
) -> Tuple[int, bool]:
    """The halo asked for or needed, px, and whether it is enough; with a warning where not."""
    needed = halo_of(card, graph)
    halo = round_up(overlap, card.stride) if overlap >= 0 else needed
    if overlap < 0 and fixed:
        halo = min(needed, min(fixed) // 4 // card.stride * card.stride)
    reason = ""
    if card.receptive_field is None:
        reason = "a score of this model depends on its whole window, however far that reaches"
    elif halo < needed:
        reason = f"the model's receptive field asks for {needed} px"
    if reason:
        emit(Message(f"Chunks overlap by {halo} px; {reason}, so seams may show.", "warning"))
    return halo, not reason


def _fixed_core(card: ModelCard, fixed: Tuple[int, int], halo: int, chunk_size: int) -> int:
    core = (min(fixed) - 2 * halo) // card.stride * card.stride
    if core < card.stride:
        raise InvalidRequest(
            f"The model takes windows of {fixed[0]} x {fixed[1]} px only, "
            f"which a halo of {halo} px on each side fills.",
            f"Set OVERLAP to at most {(min(fixed) - card.stride) // 2} px (seams may show), "
            "or export the model with dynamic height and width.",
        )
    return min(core, round_up(chunk_size, card.stride)) if chunk_size else core
