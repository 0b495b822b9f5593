# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives a version 1 archive the 19-class labels."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List, Tuple

from ..contract.errors import CoverloomError, InvalidRequest, NotAnArchive
from ..contract.events import Emit, Message
from ..contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from ..core.progress import ProgressMeter
from ..core.storage import Storage, is_remote
from ..patches.archive import absolute, locate, patch_folders
from ..patches.relabel import rewrite, write_sidecar
from ..patches.version1 import record_path

_THREADS = 8
_SHOWN = 20


def run(request: RelabelBigEarthNet, emit: Emit) -> Dict[str, Any]:
    """Relabel every patch; one that cannot be is told and left as it was.

    Raises:
        NotAnArchive: ROOT holds no version 1 patch.
        CoverloomError: Not a single patch could be done; the first one's reason.
    """
    records = _records(request)
    base = Path(absolute(request.root))
    target = Path(request.output) if request.output else base

    def relabel(record: Path) -> Any:
        try:
            if request.in_place:
                return rewrite(record)
            return write_sidecar(record, target / record.parent.relative_to(base))
        except CoverloomError as error:
            return error

    meter = ProgressMeter(emit, len(records), text="Relabelling")
    results: List[Any] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for result in pool.map(relabel, records):
            results.append(result)
            meter.advance()
    return {"OUTPUT": str(target), "UPDATED": _tell(results, emit)}


def _records(request: RelabelBigEarthNet) -> List[Path]:
    if is_remote(request.root) or is_remote(request.output):
        raise InvalidRequest(
            "ROOT or OUTPUT is a URL; labels are rewritten on a disk only.", "Give local folders."
        )
    storage = Storage()
    roots = locate(request.root, "", "", storage)
    folders: List[str] = []
    for root in filter(None, (roots.s2, roots.s1)):
        folders += patch_folders(root, storage)[1]
    records = [path for path in (Path(record_path(folder)) for folder in folders) if path.exists()]
    if not records:
        raise NotAnArchive(
            f"{request.root} holds no version 1 patch with a labels_metadata.json.",
            "Give a version 1 archive; version 2 has its labels in metadata.parquet.",
        )
    return records


def _tell(results: List[Any], emit: Emit) -> int:
    """Say what went wrong; return how many files were written."""
    faults = [result for result in results if isinstance(result, CoverloomError)]
    done: List[Tuple[bool, int]] = [result for result in results if isinstance(result, tuple)]
    if not done:
        raise faults[0]
    for fault in faults[:_SHOWN]:
        emit(Message(f"Left as it was: {fault}", "warning"))
    if len(faults) > _SHOWN:
        emit(Message(f"… and {len(faults) - _SHOWN} more.", "warning"))
    bare = sum(1 for _, labels in done if labels == 0)
    if bare:
        emit(Message(f"{bare} patches have no label left in the 19 classes.", "warning"))
    return sum(1 for written, _ in done if written)
