# SPDX-License-Identifier: GPL-3.0-or-later
"""A file at an address as a file object that fetches only what is asked for."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO, Optional

from ..contract.errors import UnreachableStorage
from .storage import Storage

_BLOCK_BYTES = 1 << 16


class RangeFile(io.RawIOBase):
    """Reads ranges of one file; each is tried again as ``Storage`` does.

    Args:
        storage: Where to ask.
        address: Of the file.

    Raises:
        MissingInput: It is not there.
        UnreachableStorage: It cannot be read.
    """

    def __init__(self, storage: Storage, address: str) -> None:
        super().__init__()
        self._storage, self._address, self._place = storage, address, 0
        self.size = storage.size(address)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte; nothing is fetched."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self.size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> Optional[int]:
        """Fetch as much as fits; 0 at the end.

        Raises:
            UnreachableStorage: It cannot be read, or its server gives no parts of files.
        """
        stop = min(self.size, self._place + len(buffer))
        if stop <= self._place:
            return 0
        body = self._storage.read_range(self._address, self._place, stop)
        if len(body) != stop - self._place:
            raise UnreachableStorage(
                f"Of {self._address} {stop - self._place} bytes were asked for, and {len(body)} "
                "came: its server does not give parts of files.",
                "Download it, and give its local path.",
            )
        buffer[: len(body)] = body
        self._place += len(body)
        return len(body)


def open_ranges(address: str, storage: Optional[Storage] = None) -> BinaryIO:
    """Open a file at an address for reading here and there, in pieces of 64 KiB.

    Raises:
        MissingInput: It is not there.
        UnreachableStorage: It cannot be read.
    """
    return io.BufferedReader(RangeFile(storage or Storage(), address), _BLOCK_BYTES)
