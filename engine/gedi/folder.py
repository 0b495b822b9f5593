# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of batches while it is being filled: settings, what was found, finished batches, log.

``extract.json`` holds the settings, ``catalogue.json`` the scenes and tiles found,
``journal/<batch>.json`` the record of each finished batch, ``log.jsonl`` one line a rejected
footprint. ``manifest.json`` is written last.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ..contract.errors import OtherSettings, UnwritablePath
from ..core.files import Staging, discard, on_disk
from .batch import intact, log_lines

SETTINGS, FOUND, JOURNAL = "extract.json", "catalogue.json", "journal"
LOG, MANIFEST = "log.jsonl", "manifest.json"
LEFTOVER = re.compile(r"\..*\.[0-9a-f]{8}\.part(\.\w+)?")


class BatchFolder:
    """Open a folder to extract into it.

    Args:
        folder: The folder.
        settings: Everything that decides what is written, as JSON.
        resume: Whether to go on with what an earlier run with these settings finished.

    Raises:
        UnwritablePath: It holds something else, or cannot be made.
        OtherSettings: It holds batches of other settings, which are named.
    """

    def __init__(self, folder: str, settings: Mapping[str, Any], resume: bool) -> None:
        self.path = on_disk(folder)
        found = self.note(SETTINGS)
        if found is None:
            self._refuse_foreign()
            self.put(SETTINGS, settings)
        elif not resume:
            raise UnwritablePath(f"{folder} holds batches.", "Set RESUME, or give another folder.")
        else:
            _compare(found, json.loads(json.dumps(settings)), folder)
        self._sweep()

    def kept(self, name: str) -> Optional[Dict[str, Any]]:
        """The record of a batch that is finished and unaltered, else None.

        A batch in which files could not be read is extracted again: they may be there now.
        """
        record = self.note(f"{JOURNAL}/{name}.json")
        if record is None or record["faults"] or not intact(str(self.path), record):
            return None
        return dict(record)

    def add(self, record: Mapping[str, Any]) -> None:
        """Note a finished batch."""
        self.put(f"{JOURNAL}/{record['batch']}.json", record)

    def finish(self, records: Sequence[Mapping[str, Any]]) -> Dict[str, Any]:
        """Write the log and the manifest; returns the manifest."""
        lines = [line for record in records for line in log_lines(record)]
        self._write(LOG, "".join(lines))
        reasons: Dict[str, int] = {}
        for record in records:
            for reason, count in record["reasons"].items():
                reasons[reason] = reasons.get(reason, 0) + count
        keys = ("batch", "path", "size", "crc32c", "footprints", "extracted")
        manifest = {
            "schema": 1,
            "extracted": sum(record["extracted"] for record in records),
            "rejected": sum(reasons.values()),
            "reasons": dict(sorted(reasons.items())),
            "batches": [{key: record[key] for key in keys} for record in records],
        }
        self.put(MANIFEST, manifest)
        self._sweep()
        return manifest

    def files(self, records: Sequence[Mapping[str, Any]]) -> List[str]:
        """Paths of the batches' files, in order."""
        return [str(self.path / record["path"]) for record in records if record["path"]]

    def note(self, name: str) -> Any:
        """A JSON file of the folder, or None."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def put(self, name: str, content: Any) -> None:
        """Write a JSON file, whole or not at all."""
        self._write(name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def _write(self, name: str, text: str) -> None:
        with Staging() as staging:
            staging.path(self.path / name).write_text(text, encoding="utf-8")
            staging.publish()

    def _sweep(self) -> None:
        """Take away what killed runs and killed workers have left."""
        for path in self.path.rglob(".*.part*"):
            if LEFTOVER.fullmatch(path.name):
                discard(path)

    def _refuse_foreign(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise UnwritablePath(f"{self.path} is a file.", "Give a folder.")
        content = list(self.path.iterdir()) if self.path.is_dir() else []
        if any(not LEFTOVER.fullmatch(path.name) for path in content):
            raise UnwritablePath(f"{self.path} is not empty.", "Give a new or an empty folder.")


def _compare(found: Any, wanted: Mapping[str, Any], folder: str) -> None:
    found = found if isinstance(found, dict) else {}
    keys = sorted(k for k in {*found, *wanted} if found.get(k) != wanted.get(k))
    if keys:
        spelled = [f"{k.upper()} was {found.get(k)!r}, is {wanted.get(k)!r}" for k in keys]
        raise OtherSettings(
            f"{folder} holds batches of other settings: {'; '.join(spelled)}.",
            "Use the same settings, or give another folder.",
        )
