# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program to its end, line by line, and never leaves it behind."""

from __future__ import annotations

import logging
import os
import re
import subprocess  # nosec B404 - pip, uv and the new interpreter are programs
import sys
from collections import deque
from pathlib import Path
from typing import Callable, Deque, Dict, List, Optional, Sequence

LOG = logging.getLogger("coverloom")
_KEPT_LINES = 60
_GRACE_S = 0.3
_ERROR = re.compile(r"\W*error", re.IGNORECASE)


class ChildFailed(Exception):
    """A program ended with another status than 0.

    Args:
        status: Its exit status; minus the signal's number where a signal ended it.
        lines: The last lines it printed.
    """

    def __init__(self, status: int, lines: Sequence[str]) -> None:
        super().__init__(f"exit status {status}")
        self.status = status
        self.lines = list(lines)

    @property
    def reason(self) -> str:
        """What it said of why it failed: from its last error on, in one line."""
        errors = [i for i, s in enumerate(self.lines) if _ERROR.match(s)]
        said = self.lines[errors[-1] :] if errors else self.lines[-1:]
        return " ".join(" ".join(said).split())[:400] or f"exit status {self.status}"


def run_child(
    command: Sequence[str],
    cwd: Path,
    environ: Dict[str, str],
    hear: Optional[Callable[[str], None]] = None,
) -> List[str]:
    """Run ``command`` and return the last lines it printed.

    Args:
        command: The program and its arguments; no shell reads them.
        cwd: Where it runs.
        environ: All the environment variables that it gets.
        hear: Called with each line of its standard output and error, as it comes.

    Raises:
        ChildFailed: It ended with another status than 0.
    """
    LOG.info("%s", " ".join(command))
    lines: Deque[str] = deque(maxlen=_KEPT_LINES)
    process = subprocess.Popen(  # noqa: S603 # nosec B603 - a list of arguments, no shell
        list(command),
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        creationflags=no_window(),
    )
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            LOG.info("  %s", line.rstrip())
            if hear is not None:
                hear(line.rstrip())
        status = process.wait()
    finally:
        _end(process)
    if status != 0:
        raise ChildFailed(status, lines)
    return list(lines)


def _end(process: subprocess.Popen[str]) -> None:
    """Stop the program if it still runs: the job was cancelled, or failed."""
    if process.stdout is not None:
        process.stdout.close()
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def no_window() -> int:
    """Windows opens a console for a console program unless told not to."""
    return getattr(subprocess, "CREATE_NO_WINDOW", 0) if sys.platform == "win32" else 0


def unbuffered(environ: Dict[str, str]) -> Dict[str, str]:
    """The same variables, with Python children printing each line as it comes."""
    return {**environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "TERM": "dumb", **_utf8(environ)}


def _utf8(environ: Dict[str, str]) -> Dict[str, str]:
    named = environ.get("LC_ALL") or environ.get("LANG")
    return {} if named or os.name == "nt" else {"LC_ALL": "C.UTF-8"}
