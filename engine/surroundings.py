# SPDX-License-Identifier: GPL-3.0-or-later
"""Rids the worker of what the program that started it had set for itself."""

from __future__ import annotations

import os
import sys
from typing import Sequence

from .contract.runtime import clean_environment

_LOADER_PREFIXES = ("LD_", "DYLD_")


def leave_behind(host_folders: Sequence[str]) -> None:
    """Drop every environment variable that is not on the allow-list; call before other imports.

    The launcher has no way to give its child an environment (``QgsBlockingProcess`` takes none, and
    QGIS's own must not change), so the child drops what it inherited: PROJ_LIB, GDAL_DATA and the
    like would make its libraries read QGIS's files.

    Args:
        host_folders: Folders of the host program, whose subfolders are taken off PATH.
    """
    kept = clean_environment(os.environ, installing=True, without=host_folders)
    preloaded = any(n.startswith(_LOADER_PREFIXES) for n in os.environ if n not in kept)
    for name in [name for name in os.environ if name not in kept]:
        del os.environ[name]
    os.environ.update(kept)
    if preloaded and os.name == "posix":
        # The dynamic loader read these before Python began: only a new start is free of them.
        os.execv(sys.executable, [sys.executable, "-I", *sys.argv])  # noqa: S606 # nosec B606 - itself
