# SPDX-License-Identifier: GPL-3.0-or-later
"""One part of an archive (Sentinel-2, Sentinel-1 or maps) as it is found on the disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

import numpy as np
import pyarrow as pa

from ..contract.errors import CoverloomError, StoreOutage
from ..core.storage import Storage
from ..core.threads import mapped
from .archive import patch_folders
from .names import split_names
from .version1 import PatchRecord, read_record

READERS = 8
Tick = Callable[[int], None]


@dataclass
class Part:
    """The patches found of one part of an archive; arrays are ``(N,)``.

    Args:
        names: Patch names, text.
        folders: Their folders, text.
        tile: MGRS tiles, text; null where unknown.
        h, v: Column and row in the tile.
        day: datetime64[D].
        second: Seconds since 1970.
        records: Version 1's JSON of each patch; None where it cannot be read.
        faults: Row to what is wrong with it.
    """

    names: pa.Array
    folders: pa.Array
    tile: pa.Array
    h: np.ndarray
    v: np.ndarray
    day: np.ndarray
    second: np.ndarray
    records: List[Optional[PatchRecord]] = field(default_factory=list)
    faults: Dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.names)


def find_part(root: str, kind: str, storage: Storage, tick: Tick, records: bool = False) -> Part:
    """List a part's patches.

    Args:
        root: Its folder; empty for a part that is not there.
        kind: ``s2v2``, ``s2v1`` or ``s1``: which names count.
        storage: What to list and read through.
        tick: Called with a number of patches whenever so many JSON files have been read.
        records: Whether to read version 1's JSON of every patch.
    """
    names, folders = patch_folders(root, storage)
    parts = split_names(pa.array(names, pa.string()), kind)
    keep = np.flatnonzero(parts["ok"])
    tile = parts["tile"] if parts["tile"] is not None else pa.nulls(len(names), pa.string())
    part = Part(
        pa.array(names, pa.string()).take(keep),
        pa.array(folders, pa.string()).take(keep),
        tile.take(keep),
        *(parts[key][keep] for key in ("h", "v", "day", "second")),
    )
    if records:
        _add_records(part, storage, tick)
    return part


def _add_records(part: Part, storage: Storage, tick: Tick) -> None:
    def read(folder: str) -> Any:
        try:
            return read_record(folder, storage)
        except StoreOutage:
            raise
        except CoverloomError as error:
            return error

    for i, result in enumerate(mapped(read, part.folders.to_pylist(), READERS)):
        tick(1)
        part.records.append(result if isinstance(result, PatchRecord) else None)
        if isinstance(result, CoverloomError):
            part.faults[i] = result.what
    tiles = [
        tile or (record.tile if record and record.tile else None)
        for tile, record in zip(part.tile.to_pylist(), part.records)
    ]
    part.tile = pa.array(tiles, pa.string())


def take(part: Part, rows: np.ndarray) -> Part:
    """The patches at ``(n,)`` ``rows`` of a part, in that order."""
    records = [part.records[i] for i in rows] if part.records else []
    new = {int(old): i for i, old in enumerate(rows)}
    faults = {new[i]: what for i, what in part.faults.items() if i in new}
    return Part(
        part.names.take(rows),
        part.folders.take(rows),
        part.tile.take(rows),
        part.h[rows],
        part.v[rows],
        part.day[rows],
        part.second[rows],
        records,
        faults,
    )
