# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends the worker, promptly and with its whole family, when it is told to or its launcher is gone.

The main thread may sit in compiled code for longer than a user waits, so a thread of its own
listens: to signals (through the wake-up descriptor, which the C handler writes at once) and to the
end of stdin. It gives the job GRACE_S to unwind, then discards what is half made and exits.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import List, NoReturn, Optional

from .contract.errors import Cancelled
from .core.files import discard_staged

GRACE_S = 0.6
END_S = 30.0
_PROCESSES = Path("/proc")
_EXIT_CANCELLED = 130


class Lifeline:
    """While entered, SIGTERM and SIGINT raise ``Cancelled`` in the main thread.

    Args:
        watch_stdin: End the process as well when stdin ends. The process then leads a process
            group of its own, so that its children end with it.
    """

    def __init__(self, watch_stdin: bool) -> None:
        self._watch_stdin = watch_stdin
        self._leader = False

    def __enter__(self) -> Lifeline:
        if self._watch_stdin and hasattr(os, "setpgid"):
            os.setpgid(0, 0)
            self._leader = True
        self._unwinding = threading.Event()
        signals, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._cancel)
        self._listen(signals)
        if self._watch_stdin:
            self._listen(sys.stdin.fileno())
        return self

    def __exit__(self, *error: object) -> None:
        signal.set_wakeup_fd(-1)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)
        # A cancelled job may have left helpers of its own at work, which nobody waits for now.
        end_family(self._leader)

    def _cancel(self, number: int, frame: Optional[FrameType]) -> None:
        """Unwind the job once; a second signal must not break the cleaning up."""
        if not self._unwinding.is_set():
            self._unwinding.set()
            raise Cancelled()

    def _listen(self, descriptor: int) -> None:
        threading.Thread(target=self._end_after, args=(descriptor,), daemon=True).start()

    def _end_after(self, descriptor: int) -> None:
        # os.read on the raw descriptor: a thread inside sys.stdin's buffer aborts at exit.
        while descriptor == sys.stdin.fileno() and os.read(descriptor, 4096):
            continue
        if descriptor != sys.stdin.fileno():
            os.read(descriptor, 1)
            threading.Event().wait(GRACE_S)
        discard_staged()
        end_family(self._leader)
        os._exit(_EXIT_CANCELLED)


def leave(status: int) -> NoReturn:
    """End this process, whatever libraries would make of Python's own end.

    What was to be done at the end is done, within END_S. What comes after it is left out: threads
    that a library forgot would be waited for, and compiled code that frees what it holds may crash
    (HDF5 did, once its disk was full), which would cost a job that was over the result it gave.

    Args:
        status: The exit status.
    """
    limit = threading.Timer(END_S, os._exit, (status,))
    limit.daemon = True
    limit.start()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def end_family(leader: bool) -> None:
    """Stop every process of this group but this one, where this process leads the group."""
    if not leader:
        return
    group = os.getpgid(0)
    if not _PROCESSES.is_dir():
        # macOS. This process ignores or is past the signal, its children are not.
        os.killpg(group, signal.SIGTERM)
        return
    for process in _members(group):
        if process != os.getpid():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue


def _members(group: int) -> List[int]:
    """Process ids of a group."""
    found = []
    for entry in _PROCESSES.iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found
