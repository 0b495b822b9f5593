# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends the worker, promptly and with its whole family, when it is told to or its launcher is gone.

The main thread may sit in compiled code for longer than a user waits, so a thread of its own
listens: to signals (through the wake-up descriptor, which the C handler writes at once) and to the
end of stdin. It gives the job GRACE_S to unwind, then discards what is half made and exits.

Windows has no signals for it: Cancel kills the program that QGIS started, and the end of stdin is
all that the worker hears (see ``surroundings``). No open file can be deleted there, so the job is
unwound first, which closes its files.
"""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from types import FrameType
from typing import Callable, NoReturn, Optional

from .contract.errors import Cancelled
from .core.files import discard_staged
from .family import end_family, lead_family

UNWINDS_FIRST = sys.platform == "win32"
GRACE_S = 5.0 if UNWINDS_FIRST else 0.6
END_S = 30.0
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
        if self._watch_stdin:
            self._leader = lead_family()
        self._unwinding = threading.Event()
        signals, self._wake = os.pipe()
        if hasattr(os, "set_blocking"):  # not on Windows before 3.12, where pipes need none
            os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._cancel)
        self._listen(self._end_after_signal, signals)
        if self._watch_stdin:
            self._listen(self._end_after_stdin, _own_stdin())
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

    def _listen(self, wait: Callable[[int], None], descriptor: int) -> None:
        threading.Thread(target=wait, args=(descriptor,), daemon=True).start()

    def _end_after_signal(self, descriptor: int) -> None:
        os.read(descriptor, 1)
        threading.Event().wait(GRACE_S)
        self._end()

    def _end_after_stdin(self, descriptor: int) -> None:
        # os.read on the raw descriptor: a thread inside sys.stdin's buffer aborts at exit.
        while os.read(descriptor, 4096):
            continue
        if UNWINDS_FIRST:
            _thread.interrupt_main(signal.SIGTERM)  # which wakes the other listener as well
            return
        self._end()

    def _end(self) -> NoReturn:
        discard_staged()
        end_family(self._leader)
        os._exit(_EXIT_CANCELLED)


def _own_stdin() -> int:
    """Stdin for this process alone; its children get an empty one.

    On Windows a child that shares a pipe which somebody is reading hangs as it starts: it asks what
    kind of file its stdin is, and the answer waits for the end of the reading.
    """
    own, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return own


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
