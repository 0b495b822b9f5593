# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives a version 1 archive the 19-class labels."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from ..contract.errors import CoverloomError, MissingInput, NotAnArchive, NotEnoughDisk, StoreOutage
from ..contract.events import Emit, Message
from ..contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from ..core.progress import ProgressMeter
from ..core.storage import Storage, join
from ..core.threads import mapped
from ..core.writable import check_writable
from ..patches.archive import absolute, locate, patch_folders
from ..patches.relabel import rewrite, write_sidecar
from ..patches.version1 import record_path

_THREADS = 8
_SHOWN = 20


def run(request: RelabelBigEarthNet, emit: Emit) -> Dict[str, Any]:
    """Relabel every patch; one that cannot be is told and left as it was.

    Raises:
        NotAnArchive: ROOT holds no version 1 patch.
        NotEnoughDisk: The disk became full; run again, it goes on where it stopped.
        StoreOutage: The store is out; as above.
        UnwritablePath: The results' place cannot be written.
        CoverloomError: Not a single patch could be done; the first one's reason.
    """
    storage = Storage()
    base = absolute(request.root)
    target = absolute(request.output) or base
    folders = _patches(base, storage)
    check_writable(join(target, "labels"))

    def relabel(folder: str) -> Any:
        record = record_path(folder)
        try:
            if request.in_place:
                return rewrite(record, storage)
            inside = folder[len(base) :].replace("\\", "/").strip("/").split("/")
            return write_sidecar(record, join(target, *filter(None, inside)), storage)
        except MissingInput:
            return None  # version 2 has none, and a patch may lack it
        except (NotEnoughDisk, StoreOutage):
            raise  # it would be the same for every patch to come
        except CoverloomError as error:
            return error

    meter = ProgressMeter(emit, len(folders), text="Relabelling")
    results: List[Any] = []
    for result in mapped(relabel, folders, _THREADS):
        results.append(result)
        meter.advance()
    return {"OUTPUT": target, "UPDATED": _tell(request, results, emit)}


def _patches(base: str, storage: Storage) -> List[str]:
    """The version 1 patch folders of both sensors."""
    roots = locate(base, "", "", storage)
    folders: List[str] = []
    if roots.s2 and roots.version != 1:
        return folders
    for root in filter(None, (roots.s2, roots.s1)):
        folders += patch_folders(root, storage)[1]
    return folders


def _tell(request: RelabelBigEarthNet, results: List[Any], emit: Emit) -> int:
    """Say what went wrong; return how many files were written."""
    if all(result is None for result in results):
        raise NotAnArchive(
            f"{request.root} holds no version 1 patch with a labels_metadata.json.",
            "Give a version 1 archive; version 2 has its labels in metadata.parquet.",
        )
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
