# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the user's name out of what may be shown to others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Optional


def without_home(content: Any, home: Optional[Path] = None) -> Any:
    """``content`` with the home folder written as ``~`` in every text, however deep.

    Args:
        content: JSON: texts, numbers, lists and objects.
        home: The folder to hide; None for the user's.
    """
    folder = str(home or Path.home()).rstrip("/\\")
    if not folder:
        return content
    # Both ways of writing a path, and case as Windows sees it; /home/ann is no part of /home/anna
    # nor of /mnt/home/ann.
    spelled = re.escape(folder).replace(r"\\", "/").replace("/", r"(?:/|\\{1,2})")
    flags = re.IGNORECASE if "\\" in folder else 0
    return _replace(content, re.compile(rf"(?<![\w.-]){spelled}(?![\w.-])", flags))


def _replace(content: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(content, str):
        return pattern.sub("~", content)
    if isinstance(content, dict):
        return {_replace(key, pattern): _replace(value, pattern) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_replace(item, pattern) for item in content]
    return content
