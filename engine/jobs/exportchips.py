# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut rasters and their labels into a training dataset."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any, Dict, List, Tuple
from uuid import uuid4

import numpy as np

from ..contract.copies import lasting
from ..contract.errors import EmptySelection
from ..contract.events import Emit, Message
from ..contract.jobs.exportchips import ExportChips
from ..core.address import whole
from ..core.dataset_card import IGNORE, DatasetCard
from ..core.grid import Grid
from ..core.progress import ProgressMeter
from ..core.stamps import stamp_of
from ..core.window import Window
from ..datasets.chip_labels import LabelSource, is_polygons, open_labels
from ..datasets.chips import (
    ChipSource,
    chip_windows,
    find_bands,
    read_grid,
    split_chips,
    to_grid,
)
from ..datasets.folder import DatasetFolder, summary
from ..datasets.format import compression_of
from ..datasets.making import Hands, complete_card, write_shards
from ..datasets.patch import Layout
from ..datasets.shards import ShardPlan, ShardTask, plan_shards

_FREE = ("output", "workers", "scheduler", "resume")


def run(request: ExportChips, emit: Emit) -> Dict[str, Any]:
    """Write the chips; returns their folder and how many there are."""
    compression_of(request.format, request.compression)  # before anything is read
    grid, epsg = read_grid(request.rasters[0])
    bands, places, dtype = find_bands(request.rasters, request.bands)
    labels = open_labels(whole(request.labels), request.field, grid)
    chips = ChipSource(
        tuple(map(whole, request.rasters)),
        grid,
        epsg,
        bands,
        places,
        dtype,
        request.resampling,
        labels,
        uuid4().hex,
    )
    windows = _labelled(request, grid, labels, emit)
    splitting, order = np.random.default_rng(request.seed).spawn(2)
    splits = _splits(request, windows, splitting, emit)
    folder = DatasetFolder(request.output, _settings(request), request.resume)
    stem = Path(request.rasters[0]).stem
    card = _card(request, chips, stem)
    layout, classes = Layout.of_card(card), len(labels.scheme)

    def task_of(plan: ShardPlan) -> ShardTask:
        items: List[Tuple[str, Any]] = []
        for row in plan.rows:
            name = f"{stem}_{windows[row].row:06d}_{windows[row].col:06d}"
            items.append((name, (name, plan.split, windows[row])))
        form = request.format
        return ShardTask(plan, folder.path, form, layout, tuple(items), chips, None, classes)

    plans = plan_shards(splits, request.shard_size, order)
    read = (*request.rasters, request.labels)
    hands = Hands(request.workers, request.scheduler, paths=read)
    records = write_shards(folder, plans, task_of, hands, emit)
    provenance = {"request": _settings(request), "licence": "unknown"}
    full = complete_card(card, records, provenance)
    folder.finish(full)
    _warn_of_empty_splits(request, full, emit)
    counts = summary(records)
    if counts["failed"]:
        emit(Message(f"{counts['failed']} chips were left out; the log says why."))
    return {"OUTPUT": request.output, "WRITTEN": counts["written"]}


def _card(request: ExportChips, chips: ChipSource, name: str) -> DatasetCard:
    return DatasetCard(
        name=name,
        format=request.format,
        bands=chips.bands,
        patch=(request.chip_size, request.chip_size),
        dtype=chips.dtype,
        compression=compression_of(request.format, request.compression),
        resolution=chips.grid.resolution[0],
        labels="pixels",
        classes=chips.labels.scheme,
    )


def _labelled(request: ExportChips, grid: Grid, labels: LabelSource, emit: Emit) -> List[Window]:
    """The windows with enough labels."""
    box = to_grid(request.extent, request.extent_crs, grid)
    stride = request.stride or request.chip_size
    windows = chip_windows(grid, request.chip_size, stride, box)
    meter = ProgressMeter(emit, len(windows), text="Looking for labels")
    kept = []
    for window in windows:
        share = float((labels.read(window) != IGNORE).mean())
        if share > 0 and share >= request.min_labelled:
            kept.append(window)
        meter.advance()
    if not kept:
        raise EmptySelection(
            f"None of {len(windows)} chips has labels on {request.min_labelled:.0%} of its pixels.",
            "Give labels that overlap the rasters, or a lower MIN_LABELLED.",
        )
    if len(kept) < len(windows):
        emit(Message(f"{len(windows) - len(kept)} of {len(windows)} chips have too few labels."))
    return kept


def _splits(
    request: ExportChips, windows: List[Window], rng: np.random.Generator, emit: Emit
) -> List[str]:
    splits = split_chips(windows, request.splits, rng)
    across = splits.count("")
    if across:
        emit(Message(f"{across} chips lie across the blocks' borders and are left out."))
    if request.splits == "random" and 0 < request.stride < request.chip_size:
        emit(
            Message(
                "Chips overlap and are split at random: the test will see what trained the "
                "model. Use SPLITS 'blocks'.",
                "warning",
            )
        )
    return splits


def _warn_of_empty_splits(request: ExportChips, card: DatasetCard, emit: Emit) -> None:
    """A small raster has few blocks, and the only one for a split may hold no data."""
    empty = [name for name in ("train", "validation", "test") if not card.splits.get(name)]
    if request.splits != "none" and empty:
        emit(
            Message(
                f"There is no chip for {' and '.join(empty)}. Give a smaller CHIP_SIZE, or another "
                "SEED or SPLITS.",
                "warning",
            )
        )


def _settings(request: ExportChips) -> Dict[str, Any]:
    """All that decides what is written; files by what is in them, as far as that is cheap."""
    fields = dataclasses.asdict(request)
    settings = {name: value for name, value in fields.items() if name not in _FREE}
    settings["labels"] = _state(request.labels)
    settings["rasters"] = [[lasting(path), _state(path)] for path in request.rasters]
    return settings


def _state(path: str) -> str:
    """What tells a raster from the one that was there; the content of polygons, made by hand."""
    if is_polygons(path) and Path(path).is_file():
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return stamp_of(path) or path
