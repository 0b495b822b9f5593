# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset's folder while it is being made: settings, finished shards, log, and at last the card.

``export.json`` holds the settings, ``journal/<shard>.json`` the record of each finished shard,
``log.jsonl`` one line a patch. ``dataset.json`` is written last: a folder without it is unfinished.
"""

from __future__ import annotations

import errno
import json
import re
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

from ..contract.errors import DamagedDataset, MissingInput, OtherSettings, UnwritablePath
from ..core.address import whole
from ..core.alone import be_alone, leave
from ..core.dataset_card import NAME, DatasetCard
from ..core.files import Staging, discard
from ..core.storage import Storage, is_remote, join
from .croissant import croissant_text
from .shard_sums import verify_shard
from .shards import JOURNAL, ShardPlan

_LEFTOVER = re.compile(r"\..*\.[0-9a-f]{8}\.part(\.\w+)?")
SETTINGS, LOG, CROISSANT = "export.json", "log.jsonl", "croissant.json"
SHOWN = 5


class DatasetFolder:
    """Open a folder to write a dataset into it.

    Args:
        folder: Local path or URL.
        settings: Everything that decides what is written, as JSON.
        resume: Whether to go on with what an earlier run with these settings finished.
        deleting: Whether the sources of every finished shard are to be deleted.

    Raises:
        UnwritablePath: The folder holds something else, cannot be made, or another run writes it.
        OtherSettings: It holds a run with other settings, which are named.
    """

    def __init__(
        self, folder: str, settings: Dict[str, Any], resume: bool, deleting: bool = False
    ) -> None:
        self.path, self._storage, self._deleting = whole(folder), Storage(), deleting
        if self._read(SETTINGS) is None:
            self._refuse_foreign()
        self._be_alone()
        found = self._read(SETTINGS)
        if found is None:
            self.put(SETTINGS, json.dumps(settings, indent=1, ensure_ascii=False))
        elif not resume:
            raise UnwritablePath(
                f"{folder} holds a dataset already.", "Set RESUME, or give another folder."
            )
        else:
            _compare(found, json.loads(json.dumps(settings)), folder)
        self._remove_leftovers()
        # An object cannot grow: a log at an address grows on this machine's disk.
        self._staging = Staging()
        log = join(self.path, LOG)
        self._log = self._staging.path(log) if is_remote(self.path) else Path(log)

    def kept(self, plan: ShardPlan) -> Optional[Dict[str, Any]]:
        """The record of a shard that an earlier run finished and that is unaltered, else None.

        A shard with patches that failed is written again: what was wrong may be mended. Not so
        where sources were deleted after writing.

        Raises:
            DamagedDataset: It is altered, and cannot be written again from sources deleted.
        """
        record = self._read(f"{JOURNAL}/{plan.name}.json")
        if record is None:
            return None
        failed = any(not entry["ok"] for entry in record["entries"])
        final = "deletion" in record
        if failed and not final:
            return None
        sound = verify_shard(self.path, record, self._storage)
        if final and not sound:
            raise DamagedDataset(
                f"{join(self.path, record['path'])} is missing, cut or altered, and the sources of "
                "its patches were deleted, so that it cannot be written again.",
                "Bring it back from a copy, and keep it: what still reads in it is nowhere else.",
            )
        if self._deleting and record.get("deletion") != "done":
            return None
        return record if sound else None

    def add(self, record: Dict[str, Any], fresh: bool) -> None:
        """Take a finished shard into the journal and the log."""
        if fresh:
            self.put(f"{JOURNAL}/{record['shard']}.json", json.dumps(record, ensure_ascii=False))
        lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in record["entries"]]
        with self._log.open("a", encoding="utf-8") as log:
            log.writelines(lines)

    def close(self) -> None:
        """Complete the log; nobody writes any more."""
        self._staging.publish()
        self._sweep()

    def finish(self, card: DatasetCard) -> None:
        """Write the cards; only now is it a dataset."""
        self.put(CROISSANT, croissant_text(card))
        self.put(NAME, card.to_json())
        if not is_remote(self.path):
            leave(Path(self.path))

    def put(self, name: str, text: str) -> None:
        """Write a small file, whole or not at all."""
        write_text(join(self.path, *name.split("/")), text)

    def note(self, name: str) -> Any:
        """A small JSON file of an earlier run, or None."""
        return self._read(name)

    def _read(self, name: str) -> Any:
        try:
            return json.loads(self._storage.read_bytes(join(self.path, *name.split("/"))))
        except (MissingInput, ValueError):
            return None

    def _be_alone(self) -> None:
        """Two runs at once would each delete what the other has half written."""
        if is_remote(self.path):
            return
        try:
            Path(self.path).mkdir(parents=True, exist_ok=True)
            be_alone(Path(self.path), LOG)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise UnwritablePath(
                f"{self.path} cannot be written: {error}.", "Give another folder."
            ) from error

    def _refuse_foreign(self) -> None:
        try:
            content = self._storage.list(self.path)
        except MissingInput:
            return
        # A run killed before its settings were written leaves a temporary file, an empty log.
        if any(not (_LEFTOVER.fullmatch(f.name) or (f.name, f.size) == (LOG, 0)) for f in content):
            raise UnwritablePath(f"{self.path} is not empty.", "Give a new or an empty folder.")

    def _remove_leftovers(self) -> None:
        """Delete what a killed run left under temporary names."""
        if not is_remote(self.path):
            Path(self.path, LOG).write_bytes(b"")  # an earlier run's lines come again
            self._sweep()

    def _sweep(self) -> None:
        """Delete what killed runs and killed workers have left."""
        if is_remote(self.path):
            return
        for path in Path(self.path).iterdir():
            if _LEFTOVER.fullmatch(path.name):
                discard(path)


def write_text(path: str, text: str) -> None:
    """Write a local or remote file, whole or not at all."""
    if is_remote(path):
        Storage().write_bytes(path, text.encode())
        return
    with Staging() as staging:
        staging.path(path).write_text(text, encoding="utf-8")
        staging.publish()


def condensed(record: Dict[str, Any]) -> Dict[str, Any]:
    """A shard's record with sums for its entries, which for a whole archive would be 0.3 GB.

    Returns:
        The record without ``entries``, but with ``failed``, a number of patches; ``faults``, (id,
        reason) of the first few of them; and, where sources were to be deleted, ``kept``, a number
        of patches, and ``deleted_mb`` or ``would_delete_mb``: (files, MB).
    """
    entries = record["entries"]
    faults = [(entry["id"], entry["reason"]) for entry in entries if not entry["ok"]]
    short = {name: value for name, value in record.items() if name != "entries"}
    short.update(failed=len(faults), faults=faults[:SHOWN])
    short["kept"] = sum("kept" in entry for entry in entries)
    for key in ("deleted_mb", "would_delete_mb"):
        having = [entry for entry in entries if key in entry]
        if having:
            short[key] = sum(len(e["files"]) for e in having), sum(e[key] for e in having)
    return short


def summary(records: Sequence[Dict[str, Any]]) -> Dict[str, int]:
    """Patches written and failed, of condensed records."""
    names = {"written": "count", "failed": "failed"}
    return {name: sum(record[key] for record in records) for name, key in names.items()}


def _compare(found: Any, wanted: Dict[str, Any], folder: str) -> None:
    found = found if isinstance(found, dict) else {}
    keys = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
    if keys:
        differences = "; ".join(
            f"{key.upper()} was {found.get(key)!r}, is {wanted.get(key)!r}" for key in keys
        )
        raise OtherSettings(
            f"{folder} holds a run with other settings: {differences}.",
            "Use the same settings, or give another folder.",
        )
