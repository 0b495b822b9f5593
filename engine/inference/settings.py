# SPDX-License-Identifier: GPL-3.0-or-later
"""Chunk size, halo, batch and cache of one run, chosen or as asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ..contract.errors import InvalidRequest
from ..contract.events import Emit, Message
from ..core.card import ModelCard
from ..core.window import Window
from .memory import DEFAULT_LIMIT_MB, Footprint, activation_bytes, cache_plan, choose_core
from .plan import ChunkPlan, default_halo, round_up


@dataclass(frozen=True)
class ChunkSettings:
    """What a run uses.

    Args:
        plan: The chunks.
        batch_size: Windows of one shape in one inference.
        cache_mb: GDAL's block cache, MB.
        window_mb: Estimate of what one window takes, MB.
    """

    plan: ChunkPlan
    batch_size: int
    cache_mb: int
    window_mb: float


@dataclass(frozen=True)
class Wishes:
    """What the user asked for; 0 (and -1 for the overlap) leaves the choice to the engine."""

    chunk_size: int = 0
    overlap: int = -1
    batch_size: int = 0
    max_memory_mb: int = 0


def choose_settings(
    model: Path,
    card: ModelCard,
    size: Tuple[int, int],
    area: Window,
    block: Tuple[int, int],
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
        block: (rows, columns) of the raster's blocks.
        dtype: Of the stored numbers.
        wishes: What the user asked for.
        emit: Told what the user should know.

    Raises:
        InvalidRequest: CHUNK_SIZE or OVERLAP cannot be used with this model.
    """
    fixed = None if card.dynamic_space else card.patch
    halo = _halo(card, fixed, wishes.overlap, emit)
    batch = max(1, wishes.batch_size) if card.dynamic_batch else 1
    stored = dtype.itemsize
    footprint = Footprint(activation_bytes(model, card), len(card.bands), len(card.classes), stored)
    limit_mb = wishes.max_memory_mb or DEFAULT_LIMIT_MB
    if fixed:
        core = _fixed_core(card, fixed, halo, wishes.chunk_size)
    elif wishes.chunk_size:
        core = round_up(wishes.chunk_size, card.stride)
    else:
        core = choose_core(footprint, halo, card.stride, limit_mb, batch)
    height, width = size
    bands, cache_mb = cache_plan(core, halo, block, width, len(card.bands) * stored)
    plan = ChunkPlan(width, height, area, core, halo, card.stride, fixed, bands)
    return ChunkSettings(plan, batch, cache_mb, footprint.window_mb(core + 2 * halo, batch))


def _halo(card: ModelCard, fixed: Optional[Tuple[int, int]], overlap: int, emit: Emit) -> int:
    """The halo asked for or needed, px, with a warning where seams may show."""
    needed = default_halo(card)
    halo = round_up(overlap, card.stride) if overlap >= 0 else needed
    if overlap < 0 and fixed:
        halo = min(needed, min(fixed) // 4 // card.stride * card.stride)
    reason = ""
    if card.receptive_field is None:
        reason = "the model looks farther than could be measured"
    elif halo < needed:
        reason = f"the model's receptive field asks for {needed} px"
    if reason:
        emit(Message(f"Chunks overlap by {halo} px; {reason}, so seams may show.", "warning"))
    return halo


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
