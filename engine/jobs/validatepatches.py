# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the files of an index's patches."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import numpy as np

from ..contract.errors import EmptyIntersection, MissingInput, WorkerCrashed
from ..contract.events import Emit, Message
from ..contract.jobs.validatepatches import ValidatePatches
from ..core.files import Staging, write_json
from ..core.geopackage import GeoPackage
from ..core.progress import ProgressMeter
from ..core.storage import is_remote, name_of
from ..core.units import run_units
from ..core.writable import check_writable
from ..patches.archive import check_there
from ..patches.footprints import polygons
from ..patches.index import PatchIndex, read_index
from ..patches.splits import sample_fraction
from ..patches.validation import Check, Verdict, check_patches

_CHUNK = 256
_REMOTE_CHUNK = 8192  # a scene's listing is then made once or twice, not forty times
_PARTS = {"s2": "s2_path", "s1": "s1_path", "ref": "map_path"}
_COLUMNS = (
    *(("patch_id", "TEXT"), ("split", "TEXT"), ("country", "TEXT"), ("sound", "INTEGER")),
    *(("files", "INTEGER"), ("why", "TEXT")),
)


def run(request: ValidatePatches, emit: Emit) -> Dict[str, Any]:
    """Check the patches.

    Raises:
        MissingInput, UnreadableTable, InvalidCard: The index cannot be used.
        EmptyIntersection: FRACTION leaves no patch to check.
    """
    check_writable(request.output, _table_path(request.output))
    index = read_index(request.index)
    split = index.column("split")
    rows = sample_fraction(split, request.fraction, np.random.default_rng(request.seed))
    if not len(rows):
        raise EmptyIntersection(
            f"FRACTION {request.fraction} of {len(index)} patches is none.", "Raise FRACTION."
        )
    chosen = index.select(rows)
    verdicts = _check(chosen, request, emit)
    report = _report(request, chosen, verdicts)
    _write(request, report, chosen, verdicts)
    faulty = len(report["faulty_patches"])
    if faulty:
        if not request.scheduler:  # whose workers see the files, not this machine
            _tell_absent(index, emit)
        emit(Message(f"{faulty} of {len(chosen)} patches have missing or bad files.", "warning"))
    emit(Message(f"The table of all checked patches is {report['table']}."))
    return {"OUTPUT": request.output, "CHECKED": len(chosen), "FAULTY": faulty}


def _tell_absent(index: PatchIndex, emit: Emit) -> None:
    """A disk that is not connected is one thing to mend, not a fault of every patch."""
    try:
        check_there(index.card["roots"].values())
    except MissingInput as error:
        emit(Message(str(error), "warning"))


def _check(index: PatchIndex, request: ValidatePatches, emit: Emit) -> List[Verdict]:
    """Verdicts in the order of the index."""
    meter = ProgressMeter(emit, len(index), text="Checking patches")
    found: Dict[str, List[Verdict]] = {}
    units, paths = _units(index, request.depth), index.card["roots"].values()
    for outcome in run_units(
        check_patches, units, request.workers, request.scheduler, emit=emit, paths=paths
    ):
        if outcome.value is None:
            raise WorkerCrashed(
                f"Checking stopped at {outcome.key}: {outcome.lost}.", "Run it again, WORKERS 1."
            )
        found[outcome.key] = outcome.value
        meter.advance(len(outcome.value))
    return [verdict for key in sorted(found) for verdict in found[key]]


def _units(index: PatchIndex, depth: str) -> Iterator[Tuple[str, Check]]:
    absent = tuple(part for part, column in _PARTS.items() if not any(index.column(column)))
    chunk = _REMOTE_CHUNK if any(map(is_remote, index.column("s2_path"))) else _CHUNK
    for start in range(0, len(index), chunk):
        rows = np.arange(start, min(start + chunk, len(index)))
        yield f"patches-{start:09d}", Check(tuple(index.rows(rows)), depth, absent)


def _report(request: ValidatePatches, index: PatchIndex, verdicts: List[Verdict]) -> Dict[str, Any]:
    missing = [verdict for verdict in verdicts if not all(verdict.exists.values())]
    splits, counts = np.unique(index.column("split").astype(str), return_counts=True)
    return {
        "schema": 1,
        "all_files_found": not missing,
        "not_found": len(missing),
        "missing_patches": [
            {
                "patch_id": verdict.patch_id,
                "all_exist": False,
                **{f"{part}_exists": there for part, there in verdict.exists.items()},
            }
            for verdict in missing
        ],
        "total_checked": len(verdicts),
        "fraction_used": request.fraction,
        "index": request.index,
        "depth": request.depth,
        "seed": request.seed,
        "checked_per_split": dict(zip(splits.tolist(), counts.tolist())),
        "faulty_patches": [
            {
                "patch_id": verdict.patch_id,
                "faults": [
                    {"file": file, "why": _short(file, why)} for file, why in verdict.faults
                ],
            }
            for verdict in verdicts
            if verdict.faults
        ],
        "table": _table_path(request.output),
    }


def _table_path(output: str) -> str:
    # A name of its own: "<stem>.gpkg" may be the footprints of the index.
    return (output[: -len(".json")] if output.endswith(".json") else output) + "_checked.gpkg"


def _write(
    request: ValidatePatches, report: Dict[str, Any], index: PatchIndex, verdicts: List[Verdict]
) -> None:
    with Staging() as staging:
        write_json(staging.path(request.output), report)
        _write_table(staging.path(report["table"]), index, verdicts)
        staging.publish()


def _write_table(path: Path, index: PatchIndex, verdicts: List[Verdict]) -> None:
    epsg = index.table.column("epsg").fill_null(0).to_numpy()
    geometry, bounds = polygons(
        epsg, index.table.column("ulx").to_numpy(), index.table.column("uly").to_numpy()
    )
    layer = GeoPackage(path, "patches", _COLUMNS)
    splits, countries = index.column("split"), index.column("country")
    rows = (
        (v.patch_id, splits[i], countries[i], int(not v.faults), len(v.faults), _why(v))
        for i, v in enumerate(verdicts)
    )
    layer.write(geometry.to_pylist(), rows)
    layer.close(bounds.tolist() if np.isfinite(bounds).all() else None)


def _why(verdict: Verdict) -> str:
    return "; ".join(f"{name_of(file)}: {_short(file, why)}" for file, why in verdict.faults)


def _short(file: str, why: str) -> str:
    """Errors begin with the whole path, which both tables have in a field of its own."""
    return why[len(file) :].lstrip().rstrip(".") if why.startswith(file) else why
