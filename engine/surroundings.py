# SPDX-License-Identifier: GPL-3.0-or-later
"""Rids the worker of what the program that started it had set for itself."""

from __future__ import annotations

import os
import subprocess  # nosec B404 - only to start this very program again
import sys
from typing import List, Sequence

from .contract.runtime import clean_environment

# Read before Python's first line: by the dynamic loader, and by Python to find its own folder
# (these two even under -I). QGIS on Windows sets PYTHONEXECUTABLE since July 2026.
_READ_AT_START = ("LD_", "DYLD_", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__")


def leave_behind(host_folders: Sequence[str], interpreter: str = "") -> None:
    """Drop every environment variable that is not on the allow-list; call before other imports.

    The launcher has no way to give its child an environment (``QgsBlockingProcess`` takes none, and
    QGIS's own must not change), so the child drops what it inherited: PROJ_LIB, GDAL_DATA and the
    like would make its libraries read QGIS's files.

    Args:
        host_folders: Folders of the host program, whose subfolders are taken off PATH.
        interpreter: What the host started; empty if that is what the command line says.
    """
    kept = clean_environment(os.environ, installing=True, without=host_folders)
    too_late = any(name.startswith(_READ_AT_START) for name in os.environ if name not in kept)
    for name in [name for name in os.environ if name not in kept]:
        del os.environ[name]
    os.environ.update(kept)
    if os.name == "nt":
        _start_below(interpreter or sys.orig_argv[0])
    elif too_late:
        # Not sys.executable, which may be what PYTHONEXECUTABLE said.
        command = [sys.orig_argv[0], "-I", *sys.argv]
        os.execvp(command[0], command)  # noqa: S606 # nosec B606 - itself


def _start_below(interpreter: str) -> None:
    """Run this same command as a child, and end as it ends.

    Windows has no exec; and QGIS's Cancel kills there, without a word, whom it started. This
    process may go so at any moment, for it does nothing: the child hears its stdin end, and has
    time to clean up.

    Args:
        interpreter: The program to start. Neither sys.executable, nor what the command line says
            in an environment of Windows: that names the Python that the environment was made from.
    """
    # Isolated, Python disregards the variable by which QGIS on Windows asks for UTF-8.
    command: List[str] = [interpreter, "-I", "-X", "utf8", *sys.argv]
    command.remove("--clean")
    # The descriptors are named, for no others are inherited.
    status = subprocess.call(command, stdin=0, stdout=1, stderr=2)  # noqa: S603 # nosec B603 - itself
    # A crash has a number beyond what an exit status may be here.
    sys.exit(status - (1 << 32) if status >= 1 << 31 else status)
