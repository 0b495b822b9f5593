# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a dataset again in another form, every value the same."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, List

from ..contract.errors import InvalidRequest, OutputIsInput
from ..contract.events import Emit, Message
from ..contract.jobs.convertdataset import ConvertDataset
from ..core.address import whole
from ..core.dataset_card import DatasetCard
from ..core.storage import name_of
from ..datasets.copying import PatchCopier
from ..datasets.folder import DatasetFolder, summary
from ..datasets.format import compression_of
from ..datasets.making import Hands, complete_card, write_shards
from ..datasets.patch import Layout
from ..datasets.reader import Dataset, open_dataset
from ..datasets.shards import ShardPlan, ShardTask


def run(request: ConvertDataset, emit: Emit) -> Dict[str, Any]:
    """Convert; returns the new folder and how many patches it has.

    Raises:
        OutputIsInput: It would be written over itself.
        InvalidRequest: It has a number to learn, which no other form holds.
    """
    if request.input.rstrip("/") == request.output.rstrip("/"):
        raise OutputIsInput(f"OUTPUT is INPUT: {request.input}.", "Give another folder.")
    source = open_dataset(request.input)
    if source.card.target:
        raise InvalidRequest(
            f"{request.input} has a number to learn, {source.card.target.name}, not classes.",
            "No other form holds such a dataset; train from it as it is.",
        )
    compression = compression_of(request.format, request.compression)
    settings = {
        "job": request.name,
        "input": source.digest,
        "format": request.format,
        "compression": compression,
    }
    folder = DatasetFolder(request.output, settings, request.resume)
    card = dataclasses.replace(
        source.card, format=request.format, compression=compression, files=()
    )
    layout, copier = Layout.of_card(card), PatchCopier(whole(request.input), source.digest)
    classes = len(card.classes) if card.classes else 0

    def task_of(plan: ShardPlan) -> ShardTask:
        items = tuple((f"patch {number}", number) for number in plan.rows)
        return ShardTask(plan, folder.path, request.format, layout, items, copier, None, classes)

    hands = Hands(request.workers, request.scheduler, paths=(request.input,))
    records = write_shards(folder, _plans(source), task_of, hands, emit)
    folder.finish(_finished(card, source, records))
    counts = summary(records)
    if counts["failed"]:
        emit(
            Message(f"{counts['failed']} patches could not be read; the log names them.", "warning")
        )
    return {"OUTPUT": request.output, "WRITTEN": counts["written"]}


def _plans(source: Dataset) -> List[ShardPlan]:
    """The same shards as the source has."""
    plans, start = [], 0
    for file in source.card.files:
        name = name_of(file.path).partition(".")[0]
        plans.append(ShardPlan(name, file.split, tuple(range(start, start + file.count))))
        start += file.count
    return plans


def _finished(card: DatasetCard, source: Dataset, records: List[Dict[str, Any]]) -> DatasetCard:
    """The source's card with the new files; only what could not be read differs."""
    full = complete_card(card, records, {}, measured=False)
    return dataclasses.replace(
        full,
        failed=source.card.failed + full.failed,
        provenance={**source.card.provenance, "converted_from": source.card.format},
    )
