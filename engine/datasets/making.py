# SPDX-License-Identifier: GPL-3.0-or-later
"""From a plan of shards to a finished folder: the part that all jobs that write datasets share."""

from __future__ import annotations

import dataclasses
import datetime as dt
import platform
import shutil
import time
from typing import Any, Callable, Dict, Iterator, List, Sequence, Tuple

import numpy as np

from .. import __version__
from ..contract.errors import NotEnoughDisk
from ..contract.events import Emit, Message
from ..core.dataset_card import DatasetBand, DatasetCard, DatasetFile
from ..core.progress import ProgressMeter
from ..core.storage import is_remote, join
from ..core.units import run_units, worker_count
from .folder import SETTINGS, DatasetFolder, condensed
from .shards import ShardPlan, ShardTask, write_shard
from .statistics import Moments, merge_all

PAUSE_S = 120.0
_POLL_S = 2.0
_GB = 1e9


@dataclasses.dataclass(frozen=True)
class Hands:
    """Who does the work.

    Args:
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
        min_free_gb: Free disk below which no shard is begun; 0 to never look.
        pause_s: How long to wait for room before stopping.
        paths: Files and folders that are read; a scheduler's workers must find them, too.
    """

    workers: int = 1
    scheduler: str = ""
    min_free_gb: float = 0.0
    pause_s: float = PAUSE_S
    paths: Tuple[str, ...] = ()


def write_shards(
    folder: DatasetFolder,
    plans: Sequence[ShardPlan],
    task_of: Callable[[ShardPlan], ShardTask],
    hands: Hands,
    emit: Emit,
) -> List[Dict[str, Any]]:
    """Write all shards that are not there yet.

    Args:
        folder: The open folder.
        plans: All shards, in the card's order.
        task_of: Makes a shard's task, when its turn comes.
        hands: Who does it.
        emit: Where events go.

    Returns:
        The condensed record of every shard, in the plans' order.

    Raises:
        NotEnoughDisk: Room ran out; finished shards stay and are kept by the next run.
    """
    meter = ProgressMeter(emit, sum(len(p.rows) for p in plans), text="Writing patches")
    records = _kept(folder, plans, meter)
    if records:
        emit(Message(f"{len(records)} of {len(plans)} shards are there already and unaltered."))
    rest = {plan.name: plan for plan in plans if plan.name not in records}

    def units() -> Iterator[Tuple[str, ShardTask]]:
        for name, plan in rest.items():
            wait_for_room(folder.path, hands, emit, len(records))
            yield name, task_of(plan)

    if worker_count(hands.workers, len(rest)) > 1 or hands.scheduler:
        # The small ones last, so that the workers end at nearly the same time.
        rest = dict(sorted(rest.items(), key=lambda item: -len(item[1].rows)))
    for outcome in run_units(
        write_shard, units(), hands.workers, hands.scheduler, len(rest), emit=emit,
        paths=hands.paths, outputs=[join(folder.path, SETTINGS)],
    ):  # fmt: skip
        if outcome.value is None:
            record = _lost(rest[outcome.key], task_of, outcome.lost)
        else:
            record = outcome.value
        folder.add(record, fresh=outcome.value is not None)
        records[outcome.key] = condensed(record)
        meter.advance(len(rest[outcome.key].rows))
    folder.close()
    return [records[plan.name] for plan in plans]


def _kept(
    folder: DatasetFolder, plans: Sequence[ShardPlan], meter: ProgressMeter
) -> Dict[str, Dict[str, Any]]:
    """The condensed records of the shards that an earlier run has finished, by name."""
    records: Dict[str, Dict[str, Any]] = {}
    for plan in plans:
        record = folder.kept(plan)
        if record:
            folder.add(record, fresh=False)
            records[plan.name] = condensed(record)
            meter.advance(len(plan.rows))
    return records


def wait_for_room(folder: str, hands: Hands, emit: Emit, finished: int) -> None:
    """Return once the disk has room; wait for it if need be.

    Raises:
        NotEnoughDisk: It had none for ``pause_s`` seconds.
    """
    if is_remote(folder) or not hands.min_free_gb:
        return
    waited = 0.0
    while True:
        free = shutil.disk_usage(folder).free / _GB
        if free >= hands.min_free_gb:
            return
        if waited == 0:
            emit(
                Message(
                    f"{free:.2f} GB are free on the disk of {folder}, less than MIN_FREE_GB "
                    f"{hands.min_free_gb:g}: waiting up to {hands.pause_s:g} s for room.",
                    "warning",
                )
            )
        if waited >= hands.pause_s:
            raise NotEnoughDisk(
                f"{free:.2f} GB are free on the disk of {folder}, less than MIN_FREE_GB "
                f"{hands.min_free_gb:g}. {finished} shards are finished.",
                "Make room and run it again with RESUME.",
            )
        time.sleep(min(_POLL_S, max(0.01, hands.pause_s)))
        waited += _POLL_S


def complete_card(
    card: DatasetCard,
    records: Sequence[Dict[str, Any]],
    provenance: Dict[str, Any],
    measured: bool = True,
) -> DatasetCard:
    """Fill a card with what was written.

    Args:
        card: What was known before.
        records: Of all shards, condensed, in order.
        provenance: To add to what every card says of its making.
        measured: Whether bands take mean and deviation from what was written; no where they
            were scaled by given ones.
    """
    written = [record for record in records if record["count"]]
    splits: Dict[str, int] = {}
    histogram: Dict[str, List[int]] = {}
    for record in records:
        split = record["split"]
        splits[split] = splits.get(split, 0) + record["count"]
        so_far = np.array(histogram.get(split, [0] * len(record["histogram"])))
        histogram[split] = (so_far + np.array(record["histogram"])).tolist()
    return dataclasses.replace(
        card,
        bands=_measured_bands(card.bands, written, measured),
        splits=splits,
        histogram=histogram if card.classes else {},
        files=tuple(
            DatasetFile(r["path"], r["split"], r["count"], r["size"], r["crc32c"])
            for r in records
            if r["path"]
        ),
        failed=sum(record["failed"] for record in records),
        provenance={**_making(), **provenance},
    )


def _measured_bands(
    bands: Tuple[DatasetBand, ...], records: Sequence[Dict[str, Any]], measured: bool
) -> Tuple[DatasetBand, ...]:
    train = [r["moments"] for r in records if r["split"] == "train"]
    everything = merge_all([r["moments"] for r in records], len(bands))
    learnt = merge_all(train, len(bands)) if train else everything
    return tuple(
        _measured(band, i, learnt, everything, measured and bool(learnt.count[i]))
        for i, band in enumerate(bands)
    )


def _measured(
    band: DatasetBand, i: int, learnt: Moments, everything: Moments, measured: bool
) -> DatasetBand:
    if everything.count[i]:
        low, high = float(everything.minimum[i]), float(everything.maximum[i])
        band = dataclasses.replace(band, minimum=low, maximum=high)
    if measured:
        std = float(learnt.std[i]) or 1.0  # a band of one value must not divide by 0
        band = dataclasses.replace(band, mean=float(learnt.mean[i]), std=std)
    return band


def _making() -> Dict[str, Any]:
    return {
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "versions": {
            "coverloom": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
    }


def _lost(plan: ShardPlan, task_of: Callable[[ShardPlan], ShardTask], why: str) -> Dict[str, Any]:
    """The record of a shard that ended every worker it was given to."""
    task = task_of(plan)
    entries = [
        {"id": name, "split": plan.split, "ok": False, "bytes": 0, "status": "WorkerLost"}
        | {"reason": why, "shard": plan.name, "timestamp": ""}
        for name, _ in task.items
    ]
    bands = sum(map(len, task.layout.arrays.values()))
    return {
        "shard": plan.name,
        "path": "",
        "split": plan.split,
        "count": 0,
        "size": 0,
        "crc32c": "",
        "entries": entries,
        "moments": Moments.none(bands).to_list(),
        "histogram": [0] * (task.classes + 1),
    }
