# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5's filters shuffle, LZF and Fletcher-32, compiled, several times as fast as the library's.

Chunks made here are written past the library's own filters and read back through them, by plain
h5py as by anything else. LZF: a control byte below 32 announces that many + 1 literal bytes; else
its top three bits are a match's length - 2 (7: the next byte counts on) and its low five with the
last byte the distance - 1 (liblzf). Fletcher-32: of big-endian 16-bit words (H5checksum.c).
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
import numpy.typing as npt
from numba.cpython.unsafe.numbers import trailing_zeros

from ..core.compiled import compiled, inlined

Bytes = npt.NDArray[np.uint8]
U = np.uint64
_SLOT_BITS = 13
_SHORTEST = 5
_MASK = U((1 << 8 * _SHORTEST) - 1)
_PRIME = U(0x9E3779B97F4A7C15)
_NOWHERE = U(1 << 62)
_PATIENCE = 6
_zero_bits: Any = trailing_zeros
_SLACK = 64
_FARTHEST = 1 << 13
_LONGEST = 264
_WORDS = 360  # what 32 bits can sum before they must be reduced
_NO_LZF = 2  # the mask of a chunk for which the second filter was left out
_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


class ChunkPacker:
    """Packs chunks of one size, in memory used again and again.

    Args:
        nbytes: Of a chunk.
    """

    def __init__(self, nbytes: int) -> None:
        self._shuffled = np.zeros(nbytes + _SLACK, np.uint8)
        # Literals cost a byte in 33; what does not shrink is not stored packed.
        self._packed = np.empty(nbytes + nbytes // 32 + 2 * _SLACK, np.uint8)
        self._table = np.empty(1 << _SLOT_BITS, np.uint64)

    def pack(self, chunk: npt.NDArray[Any]) -> Tuple[memoryview, int]:
        """Pack one chunk; what is returned lasts until the next call.

        Args:
            chunk: (...) of ``nbytes`` bytes, C-contiguous, little-endian.

        Returns:
            The chunk's bytes as HDF5 stores them, and its filter mask.
        """
        numbers = chunk.reshape(-1).view(_UNSIGNED[chunk.dtype.itemsize])
        size = chunk.nbytes
        _shuffle(numbers, self._shuffled[:size].reshape(chunk.dtype.itemsize, -1))
        count = _compress(self._shuffled, size, self._packed, self._table)
        source, mask = self._packed, 0
        if count >= size:
            count, mask = size, _NO_LZF
            source[:count] = self._shuffled[:count]
        checksum = int(_fletcher(source, count))
        source[count : count + 4] = np.frombuffer(checksum.to_bytes(4, "little"), np.uint8)
        return source.data[: count + 4], mask


@compiled
def _shuffle(numbers: npt.NDArray[Any], planes: Bytes) -> None:
    """``(itemsize, N)``: first the lowest byte of every number, then the next."""
    for b in range(planes.shape[0]):
        shift, plane = 8 * b, planes[b]
        for i in range(numbers.size):
            plane[i] = (numbers[i] >> shift) & 255


@compiled
def _compress(source: Bytes, size: int, out: Bytes, table: npt.NDArray[np.uint64]) -> int:
    """LZF; returns the packed length, which may be more than the source's.

    ``source`` and ``out`` have ``_SLACK`` bytes more than are used. Places are unsigned: a signed
    index could count from the end, which costs a test a byte.
    """
    table[:] = _NOWHERE
    end, at, begin, o = U(size), U(0), U(0), U(0)
    while at + U(_SHORTEST) <= end:
        word = _eight(source, at)
        slot = ((word & _MASK) * _PRIME) >> U(64 - _SLOT_BITS)
        earlier = table[slot]
        table[slot] = at
        far = at - earlier - U(1)
        same = _eight(source, min(earlier, at)) ^ word
        if far >= U(_FARTHEST) or (same & _MASK) != U(0):
            # Noise is stepped through ever faster, as it holds nothing to find.
            at += U(1) + min((at - begin) >> U(_PATIENCE), U(31))
            continue
        while at > begin and earlier > U(0) and source[earlier - U(1)] == source[at - U(1)]:
            at, earlier = at - U(1), earlier - U(1)
        same = _eight(source, earlier) ^ _eight(source, at)
        most, length = min(U(_LONGEST), end - at), U(0)
        while same == U(0) and length < most:
            length += U(8)
            same = _eight(source, earlier + length) ^ _eight(source, at + length)
        if same != U(0):
            length += U(_zero_bits(same)) >> U(3)
        length = min(length, most)
        o = _literals(source, begin, at, out, o)
        if length < U(9):
            out[o] = ((length - U(2)) << U(5)) | (far >> U(8))
        else:
            out[o] = U(224) | (far >> U(8))
            o += U(1)
            out[o] = length - U(9)
        out[o + U(1)] = far & U(255)
        o += U(2)
        at += length
        begin = at
    return int(_literals(source, begin, end, out, o))


@inlined
def _eight(data: Bytes, at: Any) -> Any:
    """Eight bytes as one number; LLVM makes one load of it."""
    low = U(data[at]) | U(data[at + U(1)]) << U(8) | U(data[at + U(2)]) << U(16)
    low |= U(data[at + U(3)]) << U(24) | U(data[at + U(4)]) << U(32)
    low |= U(data[at + U(5)]) << U(40) | U(data[at + U(6)]) << U(48)
    return low | U(data[at + U(7)]) << U(56)


@inlined
def _literals(source: Bytes, begin: Any, end: Any, out: Bytes, o: Any) -> Any:
    while begin < end:
        run = min(U(32), end - begin)
        out[o] = run - U(1)
        o += U(1)
        for i in range(32):  # always as many: a fixed number is copied at once
            out[o + U(i)] = source[begin + U(i)]
        o += run
        begin += run
    return o


@compiled
def _fletcher(data: Bytes, count: int) -> int:
    low, high, words, at = np.uint64(0), np.uint64(0), count // 2, 0
    mask, half = np.uint64(65535), np.uint64(16)
    while words:
        block = min(words, _WORDS)
        total, steps = np.uint32(0), np.uint32(0)
        for i in range(block):
            word = np.uint32(data[at + 2 * i]) << np.uint32(8) | np.uint32(data[at + 2 * i + 1])
            total += word
            steps += np.uint32(block - i) * word
        high += np.uint64(block) * low + np.uint64(steps)
        low += np.uint64(total)
        low, high = (low & mask) + (low >> half), (high & mask) + (high >> half)
        words, at = words - block, at + 2 * block
    if count % 2:
        low += np.uint64(data[count - 1]) << np.uint64(8)
        high += low
        low, high = (low & mask) + (low >> half), (high & mask) + (high >> half)
    low, high = (low & mask) + (low >> half), (high & mask) + (high >> half)
    return int((high << half) | low)
