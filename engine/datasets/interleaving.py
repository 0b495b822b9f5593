# SPDX-License-Identifier: GPL-3.0-or-later
"""From one plane a band to one pixel after the other, scaled and rounded on the way; compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.compiled import compiled

Vector = npt.NDArray[np.float32]
_BITS = {2: np.uint16, 4: np.uint32}


def interleave(
    planar: npt.NDArray[Any], offset: Vector, factor: Vector, top: int, out: npt.NDArray[Any]
) -> None:
    """Fill ``out[y, x, c]`` with ``(planar[c, y, x] - offset[c]) * factor[c]``.

    Args:
        planar: ``(C, H, W)`` float32 or uint16.
        offset: ``(C,)`` float32, in which it is reckoned; empty for 0.
        factor: ``(C,)`` float32; empty for 1.
        top: If above 0: round to whole numbers (halves to even) from 0 to this; NaN gives 0.
        out: ``(H, W, C)`` float32 or unsigned, C-contiguous.
    """
    _interleave(planar, planar.view(_BITS[planar.dtype.itemsize]), offset, factor, top, out)


@compiled
def _interleave(
    planar: npt.NDArray[Any],
    bits: npt.NDArray[Any],
    offset: Vector,
    factor: Vector,
    top: int,
    out: npt.NDArray[Any],
) -> None:
    """As ``interleave``; ``bits`` is ``planar``'s memory as whole numbers."""
    channels, height, width = planar.shape
    size, lanes = channels * width, 8 // planar.itemsize
    low, by = np.empty(size, np.float32), np.empty(factor.size * width, np.float32)
    for i in range(by.size):
        low[i], by[i] = offset[i % channels], factor[i % channels]
    words = np.empty(-(-size // lanes), np.uint64)
    parts = np.empty((3, width), np.uint64)
    row, whole, lines = words.view(planar.dtype), words.view(bits.dtype), out.reshape(height, size)
    for y in range(height):
        _weave(bits, y, parts, words, whole)
        line = lines[y]
        if by.size:
            for i in range(size):
                line[i] = _kept((np.float32(row[i]) - low[i]) * by[i], top)
        elif top:
            for i in range(size):
                line[i] = _kept(np.float32(row[i]), top)
        else:
            for i in range(size):
                line[i] = row[i]


@compiled
def _weave(
    bits: npt.NDArray[Any],
    y: int,
    parts: npt.NDArray[np.uint64],
    words: npt.NDArray[np.uint64],
    row: npt.NDArray[Any],
) -> None:
    """One row of all bands, pixel after pixel; up to 24 bytes of a pixel eight at a time."""
    channels, _, width = bits.shape
    lanes = 8 // bits.itemsize
    count = channels // lanes
    if channels % lanes or count > 3:
        for c in range(channels):
            line = bits[c, y]
            for x in range(width):
                row[x * channels + c] = line[x]
        return
    for p in range(count):
        _pack(bits, lanes * p, y, parts[p])
    first, second, third = parts[0], parts[1], parts[2]
    if count == 1:
        for x in range(width):
            words[x] = first[x]
    elif count == 2:
        for x in range(width):
            words[2 * x], words[2 * x + 1] = first[x], second[x]
    else:  # the twelve bands of Sentinel-2
        for x in range(width):
            words[3 * x], words[3 * x + 1], words[3 * x + 2] = first[x], second[x], third[x]


@compiled
def _pack(bits: npt.NDArray[Any], c: int, y: int, part: npt.NDArray[np.uint64]) -> None:
    """Fill ``part[x]`` with bands c, c + 1, … side by side, the first in the lowest bits."""
    a, b = bits[c, y], bits[c + 1, y]
    if bits.itemsize == 4:
        for x in range(part.size):
            part[x] = np.uint64(a[x]) | np.uint64(b[x]) << np.uint64(32)
        return
    d, e = bits[c + 2, y], bits[c + 3, y]
    for x in range(part.size):
        near = np.uint32(a[x]) | np.uint32(b[x]) << np.uint32(16)
        far = np.uint32(d[x]) | np.uint32(e[x]) << np.uint32(16)
        part[x] = np.uint64(near) | np.uint64(far) << np.uint64(32)


@compiled
def _kept(value: Any, top: int) -> Any:
    if top == 0:
        return value
    if value != value:
        return np.float32(0)
    return min(max(np.float32(np.rint(value)), np.float32(0)), np.float32(top))


@compiled
def add_counts(labels: npt.NDArray[np.uint8], counts: npt.NDArray[np.int64]) -> None:
    """Add how often each number occurs in ``(N,)`` labels to ``(256,)`` counts."""
    # Four tables in turn: runs of one class would wait for their own last count.
    table = np.zeros((4, 256), np.int32)
    for i in range(labels.size):
        table[i & 3, labels[i]] += 1
    for k in range(256):
        counts[k] += table[0, k] + table[1, k] + table[2, k] + table[3, k]
