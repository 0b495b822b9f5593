# SPDX-License-Identifier: GPL-3.0-or-later
"""One build at a time in a folder, whichever QGIS started it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import IO, Optional

from ..contract.errors import RuntimeBusy
from ..contract.events import Emit, Message

_POLL_S = 0.2
NAME = ".build.lock"


class BuildLock:
    """Held while entered; waits for another holder.

    The operating system holds the lock, so it is gone with its holder, however that ended: what a
    dead process left in the file only names it.

    Args:
        folder: The folder to be alone in; must exist.
        emit: Told once when there is somebody to wait for.
        wait_s: Seconds to wait at most.
    """

    def __init__(self, folder: Path, emit: Emit, wait_s: float = 1800.0) -> None:
        self._path, self._emit, self._wait_s = folder / NAME, emit, wait_s
        self._file: Optional[IO[bytes]] = None

    def __enter__(self) -> BuildLock:
        file = self._path.open("a+b")
        try:
            self._wait(file)
        except BaseException:
            file.close()
            raise
        # The first byte is what Windows locks, so that others can read who holds it behind it.
        file.truncate(0)
        file.write(b" %d" % os.getpid())
        file.flush()
        self._file = file
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.truncate(0)
            _unlock(self._file)
            self._file.close()
            self._file = None

    def _wait(self, file: IO[bytes]) -> None:
        until, told = time.monotonic() + self._wait_s, False
        while not _try_lock(file):
            holder = self._holder(file)
            if time.monotonic() > until:
                raise RuntimeBusy(
                    f"{holder} is building the environment in {self._path.parent}.",
                    "Wait until it is done, then try again.",
                )
            if not told:
                told = True
                self._emit(Message(f"{holder} is building this environment; waiting for it."))
            time.sleep(_POLL_S)

    def _holder(self, file: IO[bytes]) -> str:
        file.seek(1)
        number = file.read().decode("ascii", "replace").strip()
        return f"Process {number}" if number.isdigit() else "Another process"


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
