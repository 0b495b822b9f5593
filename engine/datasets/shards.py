# SPDX-License-Identifier: GPL-3.0-or-later
"""Shards: which patch goes into which, and how one is written whole or not at all."""

from __future__ import annotations

import datetime as dt
import errno
import json
import shutil
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Protocol, Sequence, Tuple

import numpy as np

from ..contract.errors import (
    Cancelled,
    CoverloomError,
    MissingBand,
    MissingInput,
    MissingPackage,
    NotEnoughDisk,
    StoreOutage,
    UnwritablePath,
)
from ..core.faults import fault
from ..core.files import Staging, discard, scratch_folder
from ..core.storage import Storage, is_remote, join
from . import FORMATS
from .format import Format, ShardWriter
from .interleaving import add_counts
from .npz import MANIFEST
from .patch import DatasetPatch, Layout, Room
from .shard_sums import measured, verify_shard
from .statistics import Moments

JOURNAL = "journal"
_NO_ROOM = 1 << 23  # bytes: a few patches
_OF_DRY_RUN = ("would_delete_mb", "files", "kept")  # in the log: no longer so after the deletion


@dataclass(frozen=True)
class Made:
    """A patch ready to be written, and the statistics of its measurements.

    Args:
        patch: What to write.
        moments: Of its bands, in the card's order; None to leave it out of the statistics.
    """

    patch: DatasetPatch
    moments: Optional[Moments] = None


class Maker(Protocol):
    """Makes a patch of what it is given; its errors are that patch's."""

    def __call__(self, item: Any, room: Room) -> Made:
        """Make one; arrays that are put into ``room`` are spared a copy."""


@dataclass(frozen=True)
class ShardPlan:
    """One shard to write.

    Args:
        name: ``train-00000-of-00012``.
        split: Its split.
        rows: Numbers of its patches, in order.
    """

    name: str
    split: str
    rows: Tuple[int, ...]


@dataclass(frozen=True)
class ShardTask:
    """All that a worker needs to write one shard.

    Args:
        plan: Which.
        folder: The dataset's folder; local path or URL.
        format: A name of ``FORMATS``.
        layout: What every patch looks like.
        items: (id, what ``make`` takes) of each patch, in the plan's order.
        make: Makes one patch.
        after: Called with every item and its patch once the shard is in its place and has been
            read back equal; returns facts for the log by patch id. None for nothing.
        classes: How many classes to count.
        final: Whether ``after`` does what cannot be undone, and must never be done over.
    """

    plan: ShardPlan
    folder: str
    format: str
    layout: Layout
    items: Tuple[Tuple[str, Any], ...]
    make: Maker
    after: Optional[Callable[[Any, DatasetPatch], Dict[str, Any]]] = None
    classes: int = 0
    final: bool = False


def plan_shards(
    splits: Sequence[str], size: int, rng: Optional[np.random.Generator]
) -> List[ShardPlan]:
    """Deal patches into shards of one split each, in random order.

    Args:
        splits: The split of patch 0, 1, 2, …; empty for patches to leave out.
        size: Patches in a shard, at most.
        rng: Source of the order; None to keep it.
    """
    array = np.array(splits, object)
    known = ("train", "validation", "test")
    names = [n for n in known if n in splits] + sorted(set(splits) - {*known, ""})
    plans = []
    for name in names:
        rows = np.flatnonzero(array == name)
        rows = rows if rng is None else rng.permutation(rows)
        count = -(-len(rows) // size)
        for i in range(count):
            part = tuple(rows[i * size : (i + 1) * size].tolist())
            plans.append(ShardPlan(f"{name}-{i:05d}-of-{count:05d}", name, part))
    return plans


def write_shard(task: ShardTask) -> Dict[str, Any]:
    """Write one shard under a temporary name, then give it its own.

    Returns:
        Its record: path, split, count, size, crc32c, one entry a patch, moments, histogram.
        A patch that cannot be made is an entry that says why.

    Raises:
        UnwritablePath: The shard cannot be written.
        StoreOutage: The patches' store does not answer.
        NotEnoughDisk: The disk is full.
        MissingPackage, ModuleNotFoundError: This Python lacks what every patch needs.
    """
    form: Format = FORMATS.load(task.format)
    name = task.plan.name + form.suffix
    remote = is_remote(task.folder)
    finished = _finished(task) if task.after else None
    if finished is not None:
        _read_back(task, form, finished, Path(task.folder, name))
        return finished
    base = scratch_folder() if remote else Path(task.folder)
    path = base / (
        name if remote else f".{task.plan.name}.{uuid.uuid4().hex[:8]}.part{form.suffix}"
    )
    try:
        record, crc = _fill(task, form, path)
        record.update(path=name, split=task.plan.split, **measured(path, form, crc))
        fault("before:shard")
        _publish(path, join(task.folder, name), form)
        fault("after:shard")
        if task.after:
            _read_back(task, form, record, path if remote else base / name)
        return record
    except CoverloomError:
        raise
    except Exception as error:
        if isinstance(error, OSError) or _no_room(base):
            raise _unwritable(task.folder, error, _no_room(base)) from error
        raise
    finally:
        discard(base if remote else path)


def _fill(task: ShardTask, form: Format, path: Path) -> Tuple[Dict[str, Any], Optional[str]]:
    if form.folder:
        path.mkdir(parents=True)
    writer = form.writer(path, task.layout, max(1, len(task.items)))
    entries, total = [], Moments.none(sum(map(len, task.layout.arrays.values())))
    histogram = np.zeros(256, np.int64)
    try:
        for patch_id, item in task.items:
            entry, made = _write_one(task, writer, patch_id, item)
            entries.append(entry)
            if made is not None:
                total = total.merge(made.moments) if made.moments else total
                _count(made.patch, histogram)
    finally:
        crc = writer.close()
    record = {
        "shard": task.plan.name,
        "count": sum(entry["ok"] for entry in entries),
        "entries": entries,
        "moments": total.to_list(),
        "histogram": [*histogram[: task.classes].tolist(), int(histogram[255])],
    }
    return record, crc


def _write_one(
    task: ShardTask, writer: ShardWriter, patch_id: str, item: Any
) -> Tuple[Dict[str, Any], Optional[Made]]:
    now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
    entry = {"id": patch_id, "split": task.plan.split, "ok": False, "bytes": 0}
    entry.update(status="failed", reason="", shard=task.plan.name, timestamp=now)
    try:
        made = task.make(item, writer.room(patch_id))
    except (Cancelled, MemoryError, StoreOutage, MissingPackage, ModuleNotFoundError):
        raise
    except Exception as error:  # whatever is wrong with it, one patch does not stop the others
        kind = error.kind if isinstance(error, CoverloomError) else type(error).__name__
        return {**entry, "status": kind, "reason": str(error)}, None
    size = writer.append(made.patch)
    facts = {key: made.patch.facts.get(key, "") for key in ("country",)}
    return {**entry, **facts, "ok": True, "status": "ok", "bytes": size}, made


def _count(patch: DatasetPatch, counts: np.ndarray[Any, Any]) -> None:
    """Add pixels of each class, or 1 for each class of the scene, to ``(256,)`` counts."""
    if patch.label is not None:
        add_counts(patch.label.reshape(-1), counts)
    elif patch.scene is not None:
        counts[: len(patch.scene)] += patch.scene


def _no_room(folder: Path) -> bool:
    """HDF5 reports a full disk as whatever it could not do for want of it."""
    try:
        return shutil.disk_usage(folder).free < _NO_ROOM
    except OSError:  # no such folder
        return False


def _unwritable(folder: str, error: Exception, no_room: bool) -> CoverloomError:
    """h5py says the number only in the text, if at all."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ENOSPC or "No space left" in str(error) or (number is None and no_room):
        return NotEnoughDisk(
            f"The disk of {folder} is full.",
            "Finished shards are kept: make room and run it again with RESUME.",
        )
    return UnwritablePath(f"{folder} cannot be written: {error}.", "Look at the disk.")


def _publish(path: Path, final: str, form: Format) -> None:
    storage = Storage()
    if not is_remote(final):
        if Path(final).is_dir():  # what a verification found damaged
            shutil.rmtree(final)
        path.replace(final)
        return
    if not form.folder:
        storage.upload(path, final)
        return
    names: Iterable[str] = sorted(file.name for file in path.iterdir())
    for name in sorted(names, key=lambda name: name == MANIFEST):  # the list of files comes last
        storage.upload(path / name, join(final, name))


def _finished(task: ShardTask) -> Optional[Dict[str, Any]]:
    """The record of a shard of which only ``after`` is left to do, by a run that was cut.

    Written again it would lose every patch whose sources that run had deleted.
    """
    try:
        path = join(task.folder, JOURNAL, f"{task.plan.name}.json")
        record: Dict[str, Any] = json.loads(Storage().read_bytes(path))
    except (CoverloomError, ValueError):
        return None
    failed = any(not entry["ok"] for entry in record["entries"])
    if failed and "deletion" not in record:
        return None
    return record if verify_shard(task.folder, record, Storage()) else None


def _read_back(task: ShardTask, form: Format, record: Dict[str, Any], path: Path) -> None:
    if task.final:
        record["deletion"] = "begun"
        _note(task, record)
    written = [entry for entry in record["entries"] if entry["ok"]]
    items = dict(task.items)
    with closing(form.reader(path, task.layout)) as reader:
        for i, entry in enumerate(written):
            if task.after:
                for said in _OF_DRY_RUN:
                    entry.pop(said, None)
                try:
                    entry.update(task.after(items[entry["id"]], reader[i]))
                except (MissingInput, MissingBand) as error:  # deleted by the run that was cut
                    entry["kept"] = f"sources are not complete: {error.what}"
                fault("after:delete")
    if task.final:
        record["deletion"] = "done"


def _note(task: ShardTask, record: Dict[str, Any]) -> None:
    """Put a record into the journal, for a run that is cut from here on."""
    with Staging() as staging:
        path = staging.path(Path(task.folder, JOURNAL, f"{task.plan.name}.json"))
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        staging.publish()
