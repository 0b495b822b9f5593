# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that a worker has started, so that none of them outlives it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import List

_PROCESSES = Path("/proc")
_EXTENDED_LIMITS, _KILL_ON_CLOSE = 9, 0x2000


def lead_family() -> bool:
    """Make this process the head of those that it will start; whether it leads a process group.

    On Windows they share a job instead, which ends whoever is in it with the process that made it.
    """
    if sys.platform == "win32":
        _hold_job()
        return False
    os.setpgid(0, 0)
    return True


def end_family(leader: bool) -> None:
    """Stop every process of this group but this one, where this process leads the group."""
    if sys.platform == "win32" or not leader:
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


class _JobLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION of winnt.h."""

    _fields_ = (
        ("times", ctypes.c_int64 * 2),
        ("flags", ctypes.c_uint32),
        ("working_set", ctypes.c_size_t * 2),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("classes", ctypes.c_uint32 * 2),
        ("counters", ctypes.c_uint64 * 6),
        ("memory", ctypes.c_size_t * 4),
    )


def _hold_job() -> None:
    """Put this process, and with it whatever it starts, into a job that ends with its last handle.

    The handle is this process's alone and is never closed, so that is when the process ends,
    however it does. Where the system refuses, children live on as they would without it.
    """
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        job, limits = ctypes.c_void_p(kernel.CreateJobObjectW(None, None)), _JobLimits()
        limits.flags = _KILL_ON_CLOSE
        size = ctypes.sizeof(limits)
        kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, ctypes.byref(limits), size)
        kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))
