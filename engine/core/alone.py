# SPDX-License-Identifier: GPL-3.0-or-later
"""Being the only process at a file. The system lets go when the process ends, however it does."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import IO, Dict

from ..contract.errors import UnwritablePath

_LOCKED = (1 << 31) - 1  # byte, the last that Windows' locking can name
_OURS: Dict[Path, IO[bytes]] = {}
_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def claim(file: IO[bytes]) -> None:
    """Be the only process at an open file.

    Raises:
        OSError: Another is at it.
    """
    if sys.platform == "win32":
        import msvcrt

        # Nobody else can read what is locked there: far from the first line, which others read.
        file.seek(_LOCKED)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def be_alone(folder: Path, name: str) -> None:
    """Be the only process that writes a folder, until ``leave`` or this process's end.

    Once more in the same process is no conflict: what a run that failed had claimed is its heir's.

    Args:
        folder: Local.
        name: A file in it that no run replaces; made where there is none.

    Raises:
        UnwritablePath: Another process writes it now.
    """
    folder = folder.absolute()
    if folder in _OURS:
        return
    file = (folder / name).open("ab", buffering=0)
    try:
        claim(file)
    except OSError as error:
        if error.errno not in _TAKEN:  # a file system without locks, as some on networks are
            file.close()
            return
        file.close()
        raise UnwritablePath(
            f"Another run is writing {folder} now.", "Wait for it, or give another folder."
        ) from error
    _OURS[folder] = file


def leave(folder: Path) -> None:
    """Let other processes write a folder again; nothing if it was not claimed."""
    file = _OURS.pop(folder.absolute(), None)
    if file is not None:
        file.close()
