# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of statistics, one column a band, made of pixels; compiled.

The rows of a table are pixels, mean, sum of squared distances from it, least, greatest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..core.compiled import compiled, compiled_fast

Table = npt.NDArray[np.float64]
Real = npt.NDArray[np.float32]


@compiled
def whole_moments(planar: npt.NDArray[np.uint16]) -> Table:
    """Statistics of whole numbers, summed exactly.

    Args:
        planar: ``(C, N)`` uint16.

    Returns:
        ``(5, C)``.
    """
    bands, size = planar.shape
    table = np.empty((5, bands), np.float64)
    for c in range(bands):
        line = planar[c]
        total, squares, low, high = np.uint64(0), np.uint64(0), line[0], line[0]
        for i in range(size):
            value = np.uint32(line[i])
            total += np.uint64(value)
            squares += np.uint64(np.uint32(value * value))
            low, high = min(low, line[i]), max(high, line[i])
        mean = np.float64(total) / size
        table[0, c], table[1, c], table[3, c], table[4, c] = size, mean, low, high
        table[2, c] = max(np.float64(squares) - np.float64(total) * mean, 0.0)
    return table


@compiled_fast
def real_moments(planar: Real, bits: npt.NDArray[np.int32]) -> Table:
    """Statistics of float32 numbers, summed in float64; a mean is NaN or infinite if one is.

    Args:
        planar: ``(C, N)``.
        bits: The same memory. Its numbers are in the order of the floats once the lower bits of
            the negative ones are turned, and the least of whole numbers is quick to find.

    Returns:
        ``(5, C)``.
    """
    bands, size = planar.shape
    table = np.empty((5, bands), np.float64)
    ends = np.empty(2, np.int32)
    for c in range(bands):
        line, whole = planar[c], bits[c]
        total, squares = 0.0, 0.0
        for i in range(size):
            value = np.float64(line[i])
            total += value
            squares += value * value
        low, high = np.int32(2147483647), np.int32(-2147483648)
        for i in range(size):
            key = whole[i] ^ ((whole[i] >> np.int32(31)) & np.int32(2147483647))
            low, high = min(low, key), max(high, key)
        table[0, c], table[1, c] = size, total / size
        table[2, c] = max(squares - total * (total / size), 0.0)
        ends[0] = low ^ ((low >> np.int32(31)) & np.int32(2147483647))
        ends[1] = high ^ ((high >> np.int32(31)) & np.int32(2147483647))
        table[3:, c] = ends.view(np.float32)
    return table


@compiled
def all_measured(table: Table, pixels: int) -> bool:
    """Whether every band has so many pixels, and a greatest value other than 0."""
    lacking = 0
    for c in range(table.shape[1]):
        lacking += table[0, c] != pixels or table[4, c] == 0
    return lacking == 0
