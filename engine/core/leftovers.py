# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary files of processes that were killed, deleted by the next process.

Each process notes what it is making in a file of its own, which it holds locked. The system lets
go of a lock when its process ends, however that does: a note without a lock names what nobody will
ever finish. (A file's age does not tell, nor does the number of a process, which another may have.)
"""

from __future__ import annotations

import json
import os
import re
import uuid
from contextlib import suppress
from pathlib import Path
from platform import node
from typing import IO, Callable, Optional

from ..contract.runtime import runtime_folder
from .alone import claim

_MADE = re.compile(r"\..*\.[0-9a-f]{8}\.part(\.\w+)?|coverloom-\w+")


class Notes:
    """What this process is making; not safe between threads.

    Args:
        discard: Deletes a temporary file or folder, with all that belongs to it.
    """

    def __init__(self, discard: Callable[[Path], None]) -> None:
        self._discard, self._begun = discard, False
        self._file: Optional[IO[bytes]] = None

    def add(self, path: Path) -> None:
        """Note a path before anything is there; the first time, delete what others have left."""
        with suppress(OSError):  # a home that cannot be written, or a disk without locks
            if not self._begun:
                self._begun = True
                self._begin(_folder())
            if self._file:
                self._file.write(json.dumps(str(path.absolute())).encode() + b"\n")

    def clear(self) -> None:
        """Nothing is being made any more."""
        with suppress(OSError):
            if self._file:
                self._file.truncate(0)

    def close(self) -> None:
        """As ``clear``, and nothing will be."""
        if self._file:
            self._file.close()
            with suppress(OSError):
                Path(self._file.name).unlink()
            self._file = None

    def _begin(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        machine = re.sub(r"\W", "_", node())  # a home may be on several, their disks are not
        for path in folder.glob(f"{machine}-*.jsonl"):
            self._sweep(path)
        name = f"{machine}-{os.getpid()}-{uuid.uuid4().hex[:8]}.jsonl"
        file = (folder / name).open("ab", buffering=0)
        try:
            claim(file)
        except OSError:
            file.close()
            (folder / name).unlink()
            return
        self._file = file

    def _sweep(self, notes: Path) -> None:
        with suppress(OSError):
            with notes.open("r+b") as file:
                claim(file)  # no further where its process lives
                for line in file:
                    with suppress(OSError, ValueError):  # cut in the middle, say
                        path = Path(json.loads(line))
                        if _MADE.fullmatch(path.name):
                            self._discard(path)
            notes.unlink()


def _folder() -> Path:
    """In the user's data folder, wherever the environment lies."""
    environ = {name: value for name, value in os.environ.items() if name != "COVERLOOM_RUNTIME"}
    return runtime_folder(environ).parent / "unfinished"
