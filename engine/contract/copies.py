# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of QGIS's layers, which live as long as one run: by what to know them in the next one."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

# A run has a folder of this name and some random letters, for its request and such copies.
FOLDER_PREFIX = "coverloom-job-"


def is_copy(path: str) -> bool:
    """Whether a path is that of a copy, which is another one in each run."""
    return PurePath(path).parent.name.startswith(FOLDER_PREFIX)


def lasting(value: Any) -> Any:
    """A request's value as the next run of the same dialog has it: without a copy's folder.

    Args:
        value: A path, or anything else that a request's field or a list in it may hold.
    """
    if isinstance(value, str):
        return PurePath(value).name if is_copy(value) else value
    if isinstance(value, (list, tuple)):
        return [lasting(item) for item in value]
    return value
