# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is written once, from front to end, past the disk's cache where the system can.

Through the cache every byte of a shard takes a page of memory of its own, for a file that is not
read again soon. In a virtual machine that returns free memory to its host, the first use of a
page costs ten times as much as writing it. Past it, two megabytes are used again and again.
"""

from __future__ import annotations

import errno
import mmap
import os
from pathlib import Path
from typing import List, Tuple, Union

from .blocks_ahead import BlocksAhead, settle

Buffer = Union[bytes, memoryview]
_ROOM = 1 << 21  # bytes; less asks the disk too often, more does not stay in the processor's cache
_BLOCK = 4096  # bytes; what is written past the cache must begin and end on a block's edge
_PLAIN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
# Memory that begins on a page's edge, for the next file.
_SPARE: List[memoryview] = []


class ShardFile:
    """Gathers what is written, and gives it to the disk in large pieces.

    Args:
        path: The file; what was there is lost.
        one_of_many: For a small file among hundreds: no blocks are asked for ahead, and nobody
            waits until the disk has it, which would take longer than writing it.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, path: Path, one_of_many: bool = False) -> None:
        self._descriptor, self._direct = _opened(path)
        self._blocks = None if one_of_many else BlocksAhead(self._descriptor)
        self._room = _SPARE.pop() if _SPARE else memoryview(mmap.mmap(-1, _ROOM))
        self._filled = self._written = 0

    def write(self, piece: Buffer) -> int:
        """Add bytes at the end; returns how many. Raises OSError if the disk does not take them."""
        rest = memoryview(piece)
        while rest:
            part = rest[: len(self._room) - self._filled]
            self._room[self._filled : self._filled + len(part)] = part
            self._filled += len(part)
            rest = rest[len(part) :]
            if self._filled == len(self._room):
                self._flush()
        return len(piece)

    def flush(self) -> None:
        """Nothing: only whole blocks go to the disk before the end."""

    def close(self) -> None:
        """Write the rest, and see it onto the disk. Raises OSError if that fails."""
        try:
            size = self._written + self._filled
            # Zeros up to a block's edge, which are then cut off.
            self._filled = min(-(-self._filled // _BLOCK) * _BLOCK, len(self._room))
            self._flush()
            os.ftruncate(self._descriptor, size)
            if self._blocks:
                settle(self._descriptor)
        finally:
            os.close(self._descriptor)
            _SPARE.append(self._room)

    def _flush(self) -> None:
        if self._blocks:
            self._blocks.reserve(self._written + self._filled)
        rest = self._room[: self._filled]
        while rest:
            try:
                count = os.write(self._descriptor, rest)
            except OSError as error:
                if error.errno != errno.EINVAL or not self._direct:
                    raise
                count = 0  # a file system that opens a file so, and then does not write it
            if count % _BLOCK or not count:
                self._through_the_cache()
            rest = rest[count:]
        self._written += self._filled
        self._filled = 0

    def _through_the_cache(self) -> None:
        """Write the ordinary way from here on."""
        if self._direct:
            import fcntl

            flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
            self._direct = False


def _opened(path: Path) -> Tuple[int, bool]:
    """An open file, and whether it goes past the cache."""
    direct = getattr(os, "O_DIRECT", 0)
    if direct:
        try:
            return os.open(path, _PLAIN | direct, 0o666), True
        except OSError as error:
            if error.errno != errno.EINVAL:  # what a file system without it says
                raise
    return os.open(path, _PLAIN, 0o666), False
