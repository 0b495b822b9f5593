# SPDX-License-Identifier: GPL-3.0-or-later
"""The CRC-32C of two pieces from the CRCs of each, so that no byte is summed twice.

Appending n bytes of zeros to what a CRC has seen multiplies it by x^8n modulo the polynomial: a
linear map of 32 bits, found by squaring, as zlib's ``crc32_combine`` does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Tuple

Matrix = Tuple[int, ...]
_CASTAGNOLI = 0x82F63B78  # bits reversed
# What one bit of zero does to each bit of a CRC.
_BIT: Matrix = (_CASTAGNOLI, *(1 << i for i in range(31)))


def joined(first: int, second: int, size: int) -> int:
    """CRC-32C of two pieces one after the other.

    Args:
        first: Of the first piece.
        second: Of the second.
        size: Bytes of the second.
    """
    a, b, c, d = _tables(size)
    moved = a[first & 255] ^ b[first >> 8 & 255] ^ c[first >> 16 & 255] ^ d[first >> 24]
    return moved ^ second


@lru_cache(maxsize=64)
def _tables(size: int) -> Tuple[Matrix, ...]:
    """What ``size`` zero bytes do to each value of a CRC's four bytes."""
    matrix, power, left = tuple(1 << i for i in range(32)), 3, size
    while left:
        if left & 1:
            matrix = tuple(_times(_zeros(power), column) for column in matrix)
        left, power = left >> 1, power + 1
    return tuple(
        tuple(_times(matrix[8 * part : 8 * part + 8], value) for value in range(256))
        for part in range(4)
    )


@lru_cache(maxsize=64)
def _zeros(power: int) -> Matrix:
    """The map of 2**power zero bits."""
    if not power:
        return _BIT
    half = _zeros(power - 1)
    return tuple(_times(half, column) for column in half)


def _times(matrix: Matrix, vector: int) -> int:
    total, row = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[row]
        vector, row = vector >> 1, row + 1
    return total
