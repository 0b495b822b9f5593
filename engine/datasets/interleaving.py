# SPDX-License-Identifier: GPL-3.0-or-later
"""From one plane a band to one pixel after the other, scaled and rounded on the way; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.compiled import compiled, compiled_fast

Vector = npt.NDArray[np.float32]
Real = npt.NDArray[np.float32]


@compiled
def interleave(
    planar: npt.NDArray[Any], offset: Vector, factor: Vector, top: int, out: npt.NDArray[Any]
) -> None:
    """Fill ``out[y, x, c]`` with ``(planar[c, y, x] - offset[c]) * factor[c]``.

    Args:
        planar: ``(C, H, W)`` float32 or uint16.
        offset: ``(C,)`` float32, in which it is reckoned; empty for 0.
        factor: ``(C,)`` float32; empty for 1.
        top: If above 0: round to whole numbers (halves to even) from 0 to this; NaN gives 0.
        out: ``(H, W, C)`` float32 or unsigned.
    """
    channels, height, width = planar.shape
    scaled, row = factor.size > 0, np.empty(width, out.dtype)
    for y in range(height):
        for c in range(channels):
            line = planar[c, y]
            if scaled:
                low, by = offset[c], factor[c]
                for x in range(width):
                    row[x] = _kept((np.float32(line[x]) - low) * by, top)
            elif top:
                for x in range(width):
                    row[x] = _kept(np.float32(line[x]), top)
            else:
                for x in range(width):
                    row[x] = line[x]
            for x in range(width):
                out[y, x, c] = row[x]


@compiled
def _kept(value: Any, top: int) -> Any:
    if top == 0:
        return value
    if value != value:
        return np.float32(0)
    return min(max(np.float32(np.rint(value)), np.float32(0)), np.float32(top))


@compiled
def whole_moments(planar: npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Statistics of whole numbers, summed exactly.

    Args:
        planar: ``(C, N)`` uint16.

    Returns:
        ``(5, C)``: pixels, mean, sum of squared distances from it, least, greatest.
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
def real_moments(planar: Real, bits: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """Statistics of float32 numbers, summed in float64; a mean is NaN or infinite if one is.

    Args:
        planar: ``(C, N)``.
        bits: The same memory. Its numbers are in the order of the floats once the lower bits of
            the negative ones are turned, and the least of whole numbers is quick to find.

    Returns:
        ``(5, C)`` as ``whole_moments``, the last two rows as such whole numbers.
    """
    bands, size = planar.shape
    table = np.empty((5, bands), np.float64)
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
        table[0, c], table[1, c], table[3, c], table[4, c] = size, total / size, low, high
        table[2, c] = max(squares - total * (total / size), 0.0)
    return table
