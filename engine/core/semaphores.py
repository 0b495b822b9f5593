# SPDX-License-Identifier: GPL-3.0-or-later
"""Python's keeper of semaphores, made safe from the garbage collector.

Starting a process makes semaphores, and ``multiprocessing`` notes each with a tracker under a lock.
If the garbage collector comes at that moment and finds semaphores of an earlier process, their
finalizers ask for the same lock in the same thread, and wait for ever (CPython's issue 109593;
right since 3.11.6 and 3.12.1, but Debian 12 has 3.11.2). Each of Dask's local processes has six.
"""

from __future__ import annotations

import sys
import threading
from multiprocessing import resource_tracker
from typing import Any


def guard_semaphores() -> None:
    """Let the tracker be entered again by the thread that is in it, as newer Pythons do."""
    tracker: Any = getattr(resource_tracker, "_resource_tracker", None)
    plain = type(threading.Lock())
    if sys.platform == "win32" or not isinstance(getattr(tracker, "_lock", None), plain):
        return
    ensure, lock = tracker.ensure_running, threading.RLock()
    owned: Any = lock

    def ensure_running() -> None:
        # Whoever is in there already is about to have it running.
        if not owned._is_owned():
            ensure()

    with tracker._lock:
        tracker.ensure_running = ensure_running
        tracker._lock = lock
