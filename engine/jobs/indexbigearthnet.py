# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes a BigEarthNet archive."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import InvalidRequest, NotAnArchive, UnreadableTable
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.indexbigearthnet import IndexBigEarthNet
from ..core.files import Staging
from ..core.geopackage import GeoPackage
from ..core.progress import ProgressMeter
from ..core.storage import Storage, is_remote, name_of
from ..core.writable import check_writable
from ..patches.archive import Roots, absolute, locate, metadata_files, patch_folders
from ..patches.discovery import discover
from ..patches.index import IndexWriter
from ..patches.metadata import OfficialMetadata
from ..patches.name_lists import FlagLists

_SHOWN = ("patch_id", "split", "country", "tile", "labels", "status", "reason")
_TELL_EVERY = 20_000
Stretch = Tuple[pa.Table, np.ndarray]


def run(request: IndexBigEarthNet, emit: Emit) -> Dict[str, Any]:
    """Index the archive.

    Raises:
        InvalidRequest: FOOTPRINTS is no GeoPackage.
        NotAnArchive, MissingInput, UnreadableTable, UnknownClass: As the stages say.
    """
    if request.footprints and not request.footprints.lower().endswith(".gpkg"):
        raise InvalidRequest(f"FOOTPRINTS is {request.footprints}.", "Give a .gpkg file.")
    check_writable(request.output, request.footprints)
    storage = Storage()
    roots = locate(request.root, request.s1_root, request.maps_root, storage)
    made: Dict[str, Any] = {"by": "discovery", "max_days": request.max_days}
    tables, lists = metadata_files(request.metadata, storage) if request.metadata else ([], [])
    flags = FlagLists(lists, storage)
    if lists:
        made["lists"] = [_fact(path, storage) for path in lists]
    if tables:
        stretches = _from_metadata(request, tables, roots, storage, emit)
        made.update(by="metadata", metadata=[_fact(path, storage) for path in tables])
    else:
        stretches = _by_discovery(request, roots, storage, emit)
    faults: List[str] = []
    marked = ((flags.mark(table), bounds) for table, bounds in stretches)
    counts = _write(request, _noting_faults(marked, faults), roots, made)
    if lists:
        emit(Message(f"{flags.found} of {len(flags)} patches listed with snow or cloud are here."))
    if not counts["patches"]:
        emit(Message("The index is empty: no row of METADATA is of a patch under ROOT.", "warning"))
    unpaired = counts["unpaired"] + counts["ambiguous"]
    if unpaired:
        emit(Message(f"{unpaired} rows are not paired; column 'reason' says why.", "warning"))
    if faults:
        emit(
            Message(
                f"{len(faults)} pairs have labels that cannot be read, and none in the index; "
                f"column 'reason' names each, such as: {faults[0]}",
                "warning",
            )
        )
    return {
        "OUTPUT": request.output,
        "PATCHES": counts["patches"],
        "PAIRS": counts["paired"],
        "UNPAIRED": unpaired,
    }


def _from_metadata(
    request: IndexBigEarthNet, paths: List[str], roots: Roots, storage: Storage, emit: Emit
) -> Iterator[Stretch]:
    metadata = OfficialMetadata(paths, storage)
    if not metadata.rows:
        raise UnreadableTable(
            f"{' and '.join(paths)} has no rows.", "Give the official metadata.parquet."
        )
    present = _present(roots, storage) if request.present_only else None
    if present is None:
        _warn_of_absent(metadata, roots, storage, emit)
    meter = ProgressMeter(emit, metadata.rows, text="Reading the metadata")

    def stretches() -> Iterator[Stretch]:
        for table, bounds in metadata.tables(roots, request.max_days, present):
            yield table, bounds
            meter.advance(table.num_rows)

    return stretches()


def _present(roots: Roots, storage: Storage) -> pa.Array:
    names, _ = patch_folders(roots.s2, storage)
    if not names:
        raise NotAnArchive(
            f"There is no Sentinel-2 patch under {roots.s2 or 'the archive'}.",
            "Switch PRESENT_ONLY off, or give the folder in which the archive was unpacked.",
        )
    return pa.array(names, pa.string())


def _warn_of_absent(metadata: OfficialMetadata, roots: Roots, storage: Storage, emit: Emit) -> None:
    """Look for a few of the folders only: a request for each would take hours on a store."""
    paths = metadata.some_paths(roots, 20)
    absent = [path for path in paths if not storage.exists(path)]
    if absent:
        emit(
            Message(
                f"{len(absent)} of {len(paths)} folders looked for are not there, such as "
                f"{absent[0]}. Set PRESENT_ONLY to index only what is there.",
                "warning",
            )
        )


def _by_discovery(
    request: IndexBigEarthNet, roots: Roots, storage: Storage, emit: Emit
) -> Iterator[Stretch]:
    listed = [item.path for item in storage.list(absolute(request.root)) if not item.folder]
    if any(name_of(path).endswith(".parquet") for path in listed):
        emit(Message("ROOT holds parquet files; give them as METADATA if they are the official."))
    emit(Progress(0.0, None, "Finding patches"))
    count = 0

    def tick(patches: int) -> None:  # how many there will be is not known before they are found
        nonlocal count
        count += patches
        if count % _TELL_EVERY == 0:
            emit(Message(f"{count} patches read."))

    yield discover(roots, request.max_days, storage, tick)


def _noting_faults(stretches: Iterator[Stretch], faults: List[str]) -> Iterator[Stretch]:
    """A pair has a reason only where its JSON or its map is at fault."""
    for table, bounds in stretches:
        for row in table.select(["status", "reason"]).to_pylist() if _told(table) else ():
            if row["status"] == "paired" and row["reason"]:
                faults.append(row["reason"])
        yield table, bounds


def _told(table: pa.Table) -> bool:
    return bool(pc.any(pc.not_equal(table.column("reason"), "")).as_py())


def _write(
    request: IndexBigEarthNet, stretches: Iterator[Stretch], roots: Roots, made: Dict[str, Any]
) -> Dict[str, int]:
    bounds = np.array([np.inf, np.inf, -np.inf, -np.inf])
    with IndexWriter(request.output) as writer, Staging() as staging:
        layer: Optional[GeoPackage] = None
        if request.footprints:
            columns = [(name, "TEXT") for name in _SHOWN]
            layer = GeoPackage(staging.path(request.footprints), "patches", columns)
        for table, extent in stretches:
            writer.write(table, extent)
            bounds[:2] = np.minimum(bounds[:2], extent[:2])
            bounds[2:] = np.maximum(bounds[2:], extent[2:])
            if layer is not None:
                layer.write(table.column("geometry").to_pylist(), _attributes(table))
        if layer is not None:  # complete before the index is seen
            layer.close(bounds.tolist() if np.isfinite(bounds).all() else None)
        card = writer.close(roots.to_dict(), made)
        staging.publish()
    counts: Dict[str, int] = card["counts"]
    return counts


def _attributes(table: pa.Table) -> Iterator[List[str]]:
    for row in table.select(list(_SHOWN)).to_pylist():
        row["labels"] = "; ".join(row["labels"])
        yield [row[name] for name in _SHOWN]


def _fact(path: str, storage: Storage) -> Dict[str, Any]:
    content = storage.read_bytes(path)
    return {
        "name": name_of(path) if is_remote(path) else Path(path).name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
