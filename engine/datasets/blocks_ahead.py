# SPDX-License-Identifier: GPL-3.0-or-later
"""A file's blocks on the disk, asked for many at a time, and its pages, given back at the end."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Any, Optional

_AHEAD = 1 << 25  # bytes


class BlocksAhead:
    """Keeps blocks ready for a file that grows; does nothing where the system cannot.

    One by one they cost half of writing. Whoever writes the file cuts it to its length at the end.

    Args:
        descriptor: The open file.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._room, self._able = descriptor, 0, True

    def reserve(self, size: int) -> None:
        """See that the file's first ``size`` bytes have blocks; its length may grow beyond them."""
        if size <= self._room or not self._able:
            return
        more = max(_AHEAD, size - self._room)
        call = _fallocate()
        # Not posix_fallocate: where the file system cannot, that writes zeros instead.
        self._able = call is not None and call(self._descriptor, 0, self._room, more) == 0
        self._room += more if self._able else 0


def settle(descriptor: int) -> None:
    """See a finished file onto the disk, and give its pages of the disk's cache back.

    What gets its final name next is then there after a power cut too. The next file finds the
    pages at hand: in a virtual machine that returns free memory to its host, the first use of
    another page costs ten times as much as writing it.

    Args:
        descriptor: The open file, all of it written.

    Raises:
        OSError: The disk does not take it.
    """
    if hasattr(os, "posix_fadvise"):
        os.fdatasync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    else:
        os.fsync(descriptor)


@cache
def _fallocate() -> Optional[Any]:
    """Linux's fallocate(2); None elsewhere."""
    if not sys.platform.startswith("linux") or sys.maxsize < 1 << 32:
        return None
    call = getattr(ctypes.CDLL(None), "fallocate", None)
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    return call
