# SPDX-License-Identifier: GPL-3.0-or-later
"""One batch of footprints: what is to be done, and the file and the record that come of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

import crc32c
import rasterio

from ..contract.errors import CoverloomError
from ..core.catalogue_item import CatalogueItem
from ..core.faults import fault
from ..core.files import Staging
from .extraction import Extractor, Rejection
from .footprints import Footprints
from .hdf5 import write_samples
from .sources import Sign, settings
from .tiles import Limits

_BLOCK = 1 << 24


@dataclass(frozen=True)
class BatchTask:
    """All that a worker needs.

    Args:
        name: ``batch-00003``.
        folder: Where its file goes.
        table: Its footprints.
        candidates: Ids of scenes for each footprint, in the order to try.
        scenes: Id to scene.
        dem: DEM tiles near its footprints.
        worldcover: WorldCover tiles near its footprints.
        limits: What makes a footprint unusable.
        request: Everything that decides what is written.
        run: A name that no other run has; files stay open from one of its batches to the next.
    """

    name: str
    folder: str
    table: Footprints
    candidates: Tuple[Tuple[str, ...], ...]
    scenes: Mapping[str, CatalogueItem]
    dem: Tuple[CatalogueItem, ...]
    worldcover: Tuple[CatalogueItem, ...]
    limits: Limits
    request: Mapping[str, Any]
    run: str


def extract_batch(task: BatchTask, sign: Sign) -> Dict[str, Any]:
    """Extract a batch's footprints and write them, whole or not at all.

    Args:
        task: The batch.
        sign: Gives the address under which an asset can be read.

    Returns:
        Its record: name, path (empty if nothing was extracted), size, crc32c, footprints,
        extracted, reasons to counts, one entry a rejected footprint, and ``faults``: how many of
        those a file that could not be read has cost.
    """
    with rasterio.Env(**settings()):
        extractor = Extractor(task, sign)
        samples, rejected = extractor.run()
    record: Dict[str, Any] = {
        "batch": task.name,
        "path": "",
        "size": 0,
        "crc32c": "",
        "footprints": len(task.table),
        "extracted": len(samples),
        "reasons": dict(sorted(Counter(item.reason for item in rejected).items())),
        "faults": sum(item.fault for item in rejected),
        "opened": extractor.opened,
        "entries": [_entry(task, item) for item in rejected],
    }
    if samples:
        final = Path(task.folder, f"{task.name}.h5")
        with Staging() as staging:
            temporary = staging.path(final)
            fault("before:batch")
            write_samples(temporary, samples, dict(task.request))
            size, crc = checksum(temporary)
            fault("during:batch")
            staging.publish()
        record.update(path=final.name, size=size, crc32c=crc)
    fault("after:batch")
    return record


def intact(folder: str, record: Mapping[str, Any]) -> bool:
    """Whether a finished batch's file is still what its record says."""
    if not record["path"]:
        return True
    try:
        return checksum(Path(folder, record["path"])) == (record["size"], record["crc32c"])
    except (OSError, CoverloomError):
        return False


def checksum(path: Path) -> Tuple[int, str]:
    """Length and CRC-32C of a file."""
    size = crc = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            if not block:
                return size, f"{crc:08x}"
            crc, size = crc32c.crc32c(block, crc), size + len(block)


def log_lines(record: Mapping[str, Any]) -> List[str]:
    """One line of JSON a rejected footprint."""
    return [json.dumps(entry, ensure_ascii=False) + "\n" for entry in record["entries"]]


def _entry(task: BatchTask, item: Rejection) -> Dict[str, Any]:
    table, i = task.table, item.place
    return {
        "shot_number": int(table["shot_number"][i]),
        "lat": round(float(table["lat_lowestmode"][i]), 6),
        "lon": round(float(table["lon_lowestmode"][i]), 6),
        "time": str(table["acquisition_time"][i]),
        "batch": task.name,
        "reason": item.reason,
        **item.numbers,
        "tried": item.tried,
    }
