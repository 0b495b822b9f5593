# SPDX-License-Identifier: GPL-3.0-or-later
"""Records laid out in a shard file's own memory, where their arrays may have been made already."""

from __future__ import annotations

import math
import sys
from typing import Callable, Dict, List

import numpy as np

from .example_bytes import FRAME, Buffer, sealed
from .patch import DatasetPatch, Layout, Stored
from .shard_file import ShardFile

_BEHIND = 1 << 16  # bytes of a record behind its arrays, nearly always
Message = Callable[[DatasetPatch], List[Buffer]]


class RecordRoom:
    """Puts records at the end of a file.

    Args:
        file: The file.
        layout: What every patch looks like.
        message: Gives the pieces of a patch's Example: small ones, the first array, small ones,
            the second array, and so on.
    """

    def __init__(self, file: ShardFile, layout: Layout, message: Message) -> None:
        self._file, self._layout, self._message = file, layout, message
        self._sizes = [
            math.prod(layout.shape(name)) * np.dtype(layout.dtype).itemsize
            for name in layout.arrays
        ]
        self._starts: Dict[int, List[int]] = {}
        self._arrays: Dict[str, Stored] = {}
        self._asked = 0

    def arrays(self, patch_id: str) -> Dict[str, Stored]:
        """Array name to the memory of it in the next record, which lasts until that is added."""
        length = len(patch_id.encode())
        if length not in self._starts:
            self._starts[length] = self._found(length)
        starts = self._starts[length]
        self._arrays = {}
        if not starts:
            return self._arrays
        self._asked = starts[-1] + self._sizes[-1] + _BEHIND
        memory = self._file.ahead(self._asked)
        for name, start in zip(self._layout.arrays, starts):
            shape = self._layout.shape(name)
            flat = np.frombuffer(memory, self._layout.dtype, math.prod(shape), start)
            self._arrays[name] = flat.reshape(shape)
        return self._arrays

    def add(self, patch: DatasetPatch) -> tuple[int, int]:
        """Add a patch's record; returns its size, bytes, and its CRC-32C.

        Raises:
            OSError: The disk did not take what came before.
        """
        message = self._message(patch)
        size = sum(map(len, message)) + sum(FRAME)
        in_place = self._in_place(patch, message, size)
        if not in_place and any(a is self._arrays.get(n) for n, a in patch.arrays.items()):
            message = [bytes(piece) for piece in message]  # before others are put over them
        room, at = self._file.ahead(size), FRAME[0]
        for number, piece in enumerate(message):
            if number not in in_place:
                room[at : at + len(piece)] = piece
            at += len(piece)
        room[: FRAME[0]], room[at:], crc = sealed([room[FRAME[0] : at]])
        self._file.add(size)
        return size, crc

    def _in_place(self, patch: DatasetPatch, message: List[Buffer], size: int) -> range:
        """Numbers of the pieces that are where they belong."""
        same = all(patch.arrays[name] is array for name, array in self._arrays.items())
        if self._arrays and same and size <= self._asked:
            start = self._starts[len(patch.patch_id.encode())][0]
            if FRAME[0] + len(message[0]) == start:
                return range(1, 2 * len(self._arrays), 2)
        return range(0)

    def _found(self, length: int) -> List[int]:
        """Where arrays begin in the record of a patch with so long an id; none where unknown.

        Facts and scene labels can move them by a byte: they count in the message's length.
        """
        layout, starts, at = self._layout, [], FRAME[0]
        if sys.byteorder != "little":
            return []
        blank = DatasetPatch(
            "x" * length,
            {name: np.zeros(layout.shape(name), layout.dtype) for name in layout.arrays},
            np.zeros(layout.size, np.uint8),
            np.zeros(len(layout.classes), np.uint8),
            limits=dict.fromkeys(layout.arrays, (0.0, 0.0)),
        )
        message = self._message(blank)
        for number, piece in enumerate(message):
            if number % 2:
                starts.append(at)
            at += len(piece)
        count = len(self._sizes)
        # Small arrays come together with what stands between them.
        found = [len(piece) for piece in message[1 : 2 * count : 2]] == self._sizes
        return starts[:count] if found else []
