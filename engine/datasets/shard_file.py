# SPDX-License-Identifier: GPL-3.0-or-later
"""A file that is written once, from front to end, past the disk's cache where the system can.

Through the cache every byte of a shard takes a page of memory of its own, for a file that is not
read again soon. In a virtual machine that returns free memory to its host, the first use of a
page costs ten times as much as writing it. Past it, a few megabytes are used again and again:
one piece is filled while a thread waits for the disk to take the one before.
"""

from __future__ import annotations

import errno
import mmap
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import List, Optional, Tuple, Union

from .blocks_ahead import BlocksAhead, settle

Buffer = Union[bytes, memoryview]
_PIECE = 1 << 22  # bytes; less asks the disk and wakes the thread too often
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
        self._memory, self._other = _memory(2 * _PIECE), memoryview(b"")
        self._filled = self._written = 0
        self._thread: Optional[ThreadPoolExecutor] = None
        self._under_way: Optional[Future[None]] = None

    def ahead(self, size: int) -> memoryview:
        """Memory for the next ``size`` bytes, the same until they are added.

        Raises:
            OSError: The disk did not take what came before.
        """
        if self._filled >= _PIECE or self._filled + size > len(self._memory):
            self._hand_over(size)
        return self._memory[self._filled : self._filled + size]

    def add(self, size: int) -> None:
        """Take what was put into the first ``size`` bytes of ``ahead``."""
        self._filled += size

    def write(self, piece: Buffer) -> int:
        """Add bytes at the end; returns how many. Raises OSError if the disk does not take them."""
        rest = memoryview(piece)
        while rest:
            part = rest[:_PIECE]
            self.ahead(len(part))[:] = part
            self.add(len(part))
            rest = rest[len(part) :]
        return len(piece)

    def flush(self) -> None:
        """Nothing: only whole blocks go to the disk before the end."""

    def close(self) -> None:
        """Write the rest, and see it onto the disk. Raises OSError if that fails, or has failed."""
        try:
            self._wait()
            size = self._written + self._filled
            # Whatever stands behind it, up to a block's edge, is then cut off.
            self._put(self._memory[: -(-self._filled // _BLOCK) * _BLOCK])
            os.ftruncate(self._descriptor, size)
            if self._blocks:
                settle(self._descriptor)
        finally:
            if self._thread:
                self._thread.shutdown()
            os.close(self._descriptor)
            _SPARE.extend(memory for memory in (self._memory, self._other) if memory)

    def _hand_over(self, size: int) -> None:
        """Have whole blocks written, and go on in other memory, with room for ``size`` bytes."""
        self._wait()
        whole = self._filled // _BLOCK * _BLOCK
        rest, other = self._memory[whole : self._filled], self._other
        if len(other) < len(rest) + size:
            other = _memory(max(2 * _PIECE, len(rest) + size))
        other[: len(rest)] = rest
        if whole:
            self._thread = self._thread or ThreadPoolExecutor(1)
            self._under_way = self._thread.submit(self._put, self._memory[:whole])
        self._memory, self._other, self._filled = other, self._memory, len(rest)

    def _wait(self) -> None:
        """Until the disk has what was handed over. Raises OSError, again and again, if it fails."""
        if self._under_way:
            self._under_way.result()

    def _put(self, piece: memoryview) -> None:
        """Write whole blocks at the end of the file."""
        if self._blocks:
            self._blocks.reserve(self._written + len(piece))
        rest = piece
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
        self._written += len(piece)

    def _through_the_cache(self) -> None:
        """Write the ordinary way from here on."""
        if self._direct:
            import fcntl

            flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags & ~os.O_DIRECT)
            self._direct = False


def _memory(size: int) -> memoryview:
    """Memory of ``size`` bytes or more, in whole pieces; a spare one if that is large enough."""
    try:
        spare = _SPARE.pop()
    except IndexError:  # none, or another thread was faster
        spare = memoryview(b"")
    return spare if len(spare) >= size else memoryview(mmap.mmap(-1, -(-size // _PIECE) * _PIECE))


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
