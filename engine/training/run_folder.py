# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of one training: settings, history, checkpoint, logs, and the best network so far."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Dict, List, Optional

from ..contract.errors import DamagedRun, OtherSettings, UnwritablePath
from ..core.files import Staging, write_json
from .checkpoint import State
from .tensorboard import EventFile

SETTINGS, HISTORY, CHECKPOINT = "settings.json", "history.csv", "checkpoint.npz"
BEST_KERAS, BEST_ONNX, REPORT, LOGS = "best.keras", "best.onnx", "report.html", "tensorboard"
_COLUMNS = ("epoch", "loss", "train_accuracy", "train_mae", "images_s")


class RunFolder:
    """Open a folder to train in.

    Args:
        path: The folder; made if it is not there.
        settings: All that decides what comes of the training, as JSON.
        resume: Whether to go on with what an earlier run with these settings has done.
        writes: Whether this process writes into it: of several on one training, one does.

    Raises:
        UnwritablePath: The folder holds something else, or cannot be made.
        OtherSettings: It holds a run with other settings, which are named.
        DamagedRun: Its settings cannot be read.
    """

    def __init__(
        self, path: str | Path, settings: Dict[str, Any], resume: bool, writes: bool = True
    ) -> None:
        self.path = Path(path).absolute()
        self._logged = 0
        self._events: Optional[EventFile] = None
        if not writes:
            return
        settings = json.loads(json.dumps(settings))
        found = self._read_settings()
        if found is None:
            self._refuse_foreign()
            self._write_settings(settings)
        elif not resume:
            raise UnwritablePath(
                f"{self.path} holds a run already.", "Set RESUME, or give another folder."
            )
        else:
            self._compare(found, settings)

    def file(self, name: str) -> Path:
        """Path of a file in the folder."""
        return self.path / name

    def log(self, state: State) -> None:
        """Write the history, and what is new of it for TensorBoard."""
        there = {"epoch", "loss", "images_s", *(key for row in state.history for key in row)}
        columns = [column for column in _COLUMNS if column in there]
        for row in state.history:
            columns += [key for key in row if key not in columns]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({"epoch": i, **row} for i, row in enumerate(state.history, 1))
        with Staging() as staging:
            staging.path(self.file(HISTORY)).write_text(text.getvalue(), encoding="utf-8")
            staging.publish()
        self._log_events(state.history)

    def _log_events(self, history: List[Dict[str, float]]) -> None:
        if self._events is None:  # also after a kill: what was logged then comes again, once
            for old in self.file(LOGS).glob("events.out.tfevents.*"):
                old.unlink()
            self._events = EventFile(self.file(LOGS))
        for epoch, row in enumerate(history[self._logged :], self._logged + 1):
            self._events.write(epoch, row)
        self._logged = len(history)

    def _read_settings(self) -> Optional[Dict[str, Any]]:
        path = self.file(SETTINGS)
        if not path.exists():
            return None
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DamagedRun(
                f"{path} cannot be read: {error}.", "Give another folder for the run."
            ) from error
        return content if isinstance(content, dict) else {}

    def _write_settings(self, settings: Dict[str, Any]) -> None:
        with Staging() as staging:
            write_json(staging.path(self.file(SETTINGS)), settings)
            staging.publish()

    def _refuse_foreign(self) -> None:
        try:
            foreign = [p.name for p in self.path.iterdir() if not p.name.startswith(".settings.")]
        except FileNotFoundError:
            return
        except OSError as error:
            raise UnwritablePath(
                f"{self.path} cannot be used: {error.strerror or error}.", "Give another folder."
            ) from error
        if foreign:
            raise UnwritablePath(f"{self.path} is not empty.", "Give a new or an empty folder.")

    def _compare(self, found: Dict[str, Any], wanted: Dict[str, Any]) -> None:
        was, now = _named(found), _named(wanted)
        keys = sorted(k for k in {*was, *now} if was.get(k) != now.get(k))
        if keys:
            differences = "; ".join(
                f"{key.upper()} was {was.get(key)!r}, is {now.get(key)!r}" for key in keys
            )
            raise OtherSettings(
                f"{self.path} holds a run with other settings: {differences}.",
                "Use the same settings, or give another folder.",
            )


def _named(settings: Dict[str, Any]) -> Dict[str, Any]:
    """Settings by the names that a user gave them: the request's own beside the rest."""
    request = settings.get("request")
    rest = {key: value for key, value in settings.items() if key != "request"}
    return {**rest, **request} if isinstance(request, dict) else settings
