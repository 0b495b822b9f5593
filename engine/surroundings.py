# SPDX-License-Identifier: GPL-3.0-or-later
"""Rids the worker of what the program that started it had set for itself."""

from __future__ import annotations

import os
import subprocess  # nosec B404 - only to start this very program again
import sys
from typing import Sequence

from .contract.runtime import clean_environment

# Read before Python's first line: by the dynamic loader, and by Python to find its own folder
# (these two even under -I).
_READ_AT_START = ("LD_", "DYLD_", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


def leave_behind(host_folders: Sequence[str]) -> None:
    """Drop every environment variable that is not on the allow-list; call before other imports.

    The launcher has no way to give its child an environment (``QgsBlockingProcess`` takes none, and
    QGIS's own must not change), so the child drops what it inherited: PROJ_LIB, GDAL_DATA and the
    like would make its libraries read QGIS's files.

    Args:
        host_folders: Folders of the host program, whose subfolders are taken off PATH.
    """
    kept = clean_environment(os.environ, installing=True, without=host_folders)
    too_late = any(name.startswith(_READ_AT_START) for name in os.environ if name not in kept)
    for name in [name for name in os.environ if name not in kept]:
        del os.environ[name]
    os.environ.update(kept)
    if too_late:
        _start_anew()


def _start_anew() -> None:
    """Run this same command in the cleaned environment, and end as it ends."""
    # Not sys.executable, which may be what PYTHONEXECUTABLE said.
    command = [sys.orig_argv[0], "-I", *sys.argv]
    if os.name == "posix":
        os.execvp(command[0], command)  # noqa: S606 # nosec B606 - itself
    # Windows has no exec. The child inherits stdin, and ends with it if this process is killed.
    sys.exit(subprocess.call(command))  # noqa: S603 # nosec B603 - itself
