# SPDX-License-Identifier: GPL-3.0-or-later
"""From a table of footprints to batch files: what 'extractgedi' and 'buildgedidataset' share."""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from ..catalogues.signing import sign
from ..contract.errors import EmptySelection, WorkerCrashed
from ..contract.events import Emit, Message
from ..contract.jobs.extractgedi import Extraction
from ..core.catalogue_item import CatalogueItem
from ..core.progress import ProgressMeter
from ..core.storage import Storage
from ..core.units import Outcome, run_units
from ..gedi.batch import BatchTask, extract_batch
from ..gedi.folder import LOG, SETTINGS, BatchFolder
from ..gedi.footprints import Footprints
from ..gedi.kept import close_files
from ..gedi.planning import deal, tile_boxes
from ..gedi.tables import read_table
from ..gedi.tiles import Limits
from .gedi_search import Found, find

# What may differ between a run and the one it goes on with.
_FREE = ("workers", "scheduler", "resume")


@dataclasses.dataclass(frozen=True)
class Extracted:
    """What has come of a table.

    Args:
        files: Batch files, in order.
        extracted: Footprints in them.
        rejected: Footprints without a window.
        reasons: Reason to count.
        log: Path of the log.
    """

    files: List[str]
    extracted: int
    rejected: int
    reasons: Dict[str, int]
    log: str


def extract_one(task: BatchTask) -> Dict[str, Any]:
    """Extract one batch; for ``run_units``."""
    return extract_batch(task, sign)


def extract(
    request: Extraction, footprints: str, output: str, emit: Emit, share: Tuple[float, float]
) -> Extracted:
    """Extract the footprints of a table, batch by batch.

    Args:
        request: How.
        footprints: The table.
        output: Folder of the batches.
        emit: Where events go.
        share: Part of the whole job that this is.

    Raises:
        CoverloomError: See the stages; batches finished until then are kept.
    """
    table = read_table(footprints)
    if not len(table):
        raise EmptySelection(f"{footprints} has no footprints.", "Give a table with some.")
    settings = _settings(request, footprints)
    folder = BatchFolder(output, settings, request.resume)
    found = find(request, table, folder, emit)
    tasks = _tasks(request, table, found, settings, str(folder.path))
    records: Dict[str, Dict[str, Any]] = {}
    for task in tasks:
        kept = folder.kept(task.name)
        if kept:
            records[task.name] = kept
    if records:
        emit(Message(f"{len(records)} of {len(tasks)} batches are there already."))
    meter = ProgressMeter(emit, len(table), *share, text="Extracting windows")
    meter.advance(sum(record["footprints"] for record in records.values()))
    units = [(task.name, task) for task in tasks if task.name not in records]
    for outcome in _run(units, request, folder, emit) if units else ():
        if outcome.value is None:
            raise WorkerCrashed(
                f"{outcome.key} was not extracted: {outcome.lost}.", "Run it again with RESUME."
            )
        folder.add(outcome.value)
        records[outcome.key] = outcome.value
        meter.advance(outcome.value["footprints"])
    close_files()
    return _finish(folder, [records[task.name] for task in tasks], emit)


def _run(
    units: List[Tuple[str, BatchTask]],
    request: Extraction,
    folder: BatchFolder,
    emit: Emit,
) -> Iterator[Outcome[Dict[str, Any]]]:
    catalogues = (request.catalog, request.dem_catalog, request.worldcover_catalog)
    # The name of a catalogue on the web is no path of anything.
    return run_units(
        extract_one, units, request.workers, request.scheduler, emit=emit,
        paths=catalogues, outputs=[str(folder.path / SETTINGS)],
    )  # fmt: skip


def _finish(folder: BatchFolder, records: Sequence[Dict[str, Any]], emit: Emit) -> Extracted:
    manifest = folder.finish(records)
    for reason, count in manifest["reasons"].items():
        emit(Message(f"{count} footprints rejected: {reason}."))
    faults = sum(record["faults"] for record in records)
    if faults:
        text = f"For {faults} footprints files could not be read; a run with RESUME tries again."
        emit(Message(text, "warning"))
    emit(Message(f"{manifest['extracted']} footprints extracted."))
    return Extracted(
        folder.files(records),
        manifest["extracted"],
        manifest["rejected"],
        manifest["reasons"],
        str(Path(folder.path, LOG)),
    )


def _settings(request: Extraction, footprints: str) -> Dict[str, Any]:
    """All that decides what is written, the table by its content."""
    names = [item.name for item in dataclasses.fields(Extraction) if item.name not in _FREE]
    settings = {name: getattr(request, name) for name in names}
    settings["footprints"] = hashlib.sha256(Storage().read_bytes(footprints)).hexdigest()
    return settings


def _tasks(
    request: Extraction, table: Footprints, found: Found, settings: Dict[str, Any], output: str
) -> List[BatchTask]:
    limits = Limits(request.max_slope, request.slope_unit, request.days, request.max_cloud)
    run = uuid.uuid4().hex
    tasks = []
    for number, members in enumerate(deal(table, found.candidates, request.batch_size)):
        part = table.select(members)
        names = tuple(found.candidates[i] for i in members)
        scenes = {name: found.scenes[name] for listed in names for name in listed}
        boxes = tile_boxes(part)
        tasks.append(
            BatchTask(
                f"batch-{number:05d}",
                output,
                part,
                names,
                scenes,
                tuple(item for item in found.dem if _near(item, boxes)),
                tuple(item for item in found.worldcover if _near(item, boxes)),
                limits,
                settings,
                run,
            )
        )
    return tasks


def _near(item: CatalogueItem, boxes: Sequence[Tuple[float, float, float, float]]) -> bool:
    west, south, east, north = item.bbox
    return any(
        west <= box[2] and east >= box[0] and south <= box[3] and north >= box[1] for box in boxes
    )
