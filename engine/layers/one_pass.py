# SPDX-License-Identifier: GPL-3.0-or-later
"""Class, highest probability, entropy and gap from the model's scores in one compiled pass.

Equal to the four layers' NumPy functions within float32 rounding (a test holds it), at a tenth of
their cost: rows are walked class by class in memory order and nothing of size K is made.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.compiled import compiled, inlined
from ..core.window import Window
from .activation import SIGMOID, SOFTMAX
from .most_likely import class_storage

F32 = np.float32
_LOWEST = F32(-87.0)  # e to it is the least normal float32
_LEAST = F32(1e-37)  # in place of 0, whose logarithm is no number
_SQRT_HALF = np.int32(0x3F3504F3)  # the bits of sqrt(1/2)
Maps = Tuple[NDArray[Any], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def standard_layers(
    scores: NDArray[np.float32], core: Window, valid: NDArray[np.uint8], activation: int
) -> Tuple[Maps, int]:
    """Compute the four standard layers of a window's core.

    Args:
        scores: (K, H, W) float32, C-contiguous, of the whole window.
        core: The (h, w) part of the window that is wanted.
        valid: (h, w) uint8, 0 where the maps get nodata: -1, or ``class_storage(K)``'s for classes.
        activation: SOFTMAX, SIGMOID or AS_THEY_ARE.

    Returns:
        ``(class, maxprob, entropy, gap)``, each (h, w), and the number of valid pixels for which
        the model gave NaN.
    """
    shape = (core.height, core.width)
    dtype, nodata = class_storage(len(scores))
    maps = (
        np.empty(shape, dtype),
        np.empty(shape, np.float32),
        np.empty(shape, np.float32),
        np.empty(shape, np.float32),
    )
    scores = np.ascontiguousarray(scores)  # strides known to be 1 are what lets the pass vectorise
    return maps, int(_walk_rows(scores, core.row, core.col, valid, activation, nodata, *maps))


def masked_layers(
    given: NDArray[np.float32], core: Window, valid: NDArray[np.uint8], classes: int
) -> Tuple[Maps, int]:
    """The same from the (4, H, W) float32 layers of a graph that computes them itself."""
    rows, columns = core.slices
    dtype, nodata = class_storage(classes)
    number, maxprob, entropy, gap = given[:, rows, columns]
    ok = valid != 0
    broken = int(np.isnan(maxprob[ok]).sum())
    best = np.where(ok & (number == number), number, nodata).astype(dtype)
    rest = [np.where(ok, layer, F32(-1.0)) for layer in (maxprob, entropy, gap)]
    return (best, rest[0], rest[1], rest[2]), broken


@inlined
def _exp(x: Any) -> Any:
    """e**x for float32 x <= 0, within 2 ulp, in operations that vectorise.

    Range reduction and polynomial of Cephes' expf (Moshier 1989); 0 below -87.
    """
    below = x < _LOWEST
    x = _LOWEST if below else x
    n = np.floor(x * F32(1.44269504088896341) + F32(0.5))
    r = x - n * F32(0.693359375)
    r = r + n * F32(2.12194440e-4)
    p = F32(1.9875691500e-4)
    p = p * r + F32(1.3981999507e-3)
    p = p * r + F32(8.3334519073e-3)
    p = p * r + F32(4.1665795894e-2)
    p = p * r + F32(1.6666665459e-1)
    p = p * r + F32(5.0000001201e-1)
    power = np.int32((np.int32(n) + np.int32(127)) << np.int32(23)).view(np.float32)
    return F32(0.0) if below else (p * r * r + r + F32(1.0)) * power


@inlined
def _ln(x: Any) -> Any:
    """Logarithm of normal float32 x > 0, within 2 ulp, in operations that vectorise.

    x = m 2**n with m in [sqrt(1/2), sqrt(2)); polynomial of Cephes' logf (Moshier 1989).
    """
    bits = np.int32(F32(x).view(np.int32) - _SQRT_HALF)
    n = F32(bits >> np.int32(23))
    m = np.int32((bits & np.int32(0x007FFFFF)) + _SQRT_HALF).view(np.float32) - F32(1.0)
    z = m * m
    p = F32(7.0376836292e-2)
    p = p * m + F32(-1.1514610310e-1)
    p = p * m + F32(1.1676998740e-1)
    p = p * m + F32(-1.2420140846e-1)
    p = p * m + F32(1.4249322787e-1)
    p = p * m + F32(-1.6668057665e-1)
    p = p * m + F32(2.0000714765e-1)
    p = p * m + F32(-2.4999993993e-1)
    p = p * m + F32(3.3333331174e-1)
    p = p * m * z + n * F32(-2.12194440e-4) - F32(0.5) * z
    return m + p + n * F32(0.693359375)


@inlined
def _probability(score: Any, activation: Any) -> Any:
    """The probability of one class by itself: SIGMOID of its score, or as it is."""
    if activation != SIGMOID:
        return score
    e = _exp(-abs(score))
    return (F32(1.0) if score >= 0 else e) / (F32(1.0) + e)


@compiled
def _walk_rows(
    scores: NDArray[np.float32],
    row0: int,
    col0: int,
    valid: NDArray[np.uint8],
    activation: int,
    nodata: int,
    best_class: NDArray[Any],
    maxprob: NDArray[np.float32],
    entropy: NDArray[np.float32],
    gap: NDArray[np.float32],
) -> int:
    height, width = valid.shape
    first, second = np.empty(width, np.float32), np.empty(width, np.float32)
    total, dot = np.empty(width, np.float32), np.empty(width, np.float32)
    best = np.empty(width, np.int32)
    broken = 0
    for y in range(height):
        _rank(scores, row0 + y, col0, first, second, best)
        if activation == SOFTMAX:
            _sum_softmax(scores, row0 + y, col0, first, total, dot)
        else:
            _sum_each(scores, row0 + y, col0, activation, total, dot)
        broken += _fill_row(
            first, second, best, total, dot, len(scores), activation,
            valid[y], nodata, best_class[y], maxprob[y], entropy[y], gap[y],
        )  # fmt: skip
    return broken


@compiled
def _rank(
    scores: NDArray[np.float32],
    y: int,
    left: int,
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    best: NDArray[np.int32],
) -> None:
    """The two highest scores of each pixel of a row, and the class of the highest."""
    width = first.size
    first[:], second[:], best[:] = scores[0, y, left : left + width], F32(-3e38), 0
    for k in range(1, scores.shape[0]):
        row, number = scores[k, y, left : left + width], np.int32(k)
        for x in range(width):
            score, highest = row[x], first[x]
            second[x] = max(second[x], min(highest, score))
            best[x] = number if score > highest else best[x]
            first[x] = max(highest, score)


@compiled
def _sum_softmax(
    scores: NDArray[np.float32],
    y: int,
    left: int,
    first: NDArray[np.float32],
    total: NDArray[np.float32],
    dot: NDArray[np.float32],
) -> None:
    """Sums over the classes of w and of w ln w, w = e**(score - highest)."""
    width = total.size
    total[:], dot[:] = F32(0.0), F32(0.0)
    for k in range(scores.shape[0]):
        row = scores[k, y, left : left + width]
        for x in range(width):
            ln = row[x] - first[x]
            weight = _exp(ln)
            total[x] += weight
            dot[x] += weight * (_LOWEST if ln < _LOWEST else ln)  # 0 times infinity is no number


@compiled
def _sum_each(
    scores: NDArray[np.float32],
    y: int,
    left: int,
    activation: int,
    total: NDArray[np.float32],
    dot: NDArray[np.float32],
) -> None:
    """Sums over the classes of p and of p ln p."""
    width = total.size
    total[:], dot[:] = F32(0.0), F32(0.0)
    for k in range(scores.shape[0]):
        row = scores[k, y, left : left + width]
        if activation == SIGMOID:  # a loop for each, for they vectorise only without the branch
            for x in range(width):
                p = _probability(row[x], SIGMOID)
                positive = max(p, _LEAST)
                total[x] += p
                dot[x] += positive * _ln(positive)
        else:
            for x in range(width):
                positive = max(row[x], _LEAST)
                total[x] += row[x]
                dot[x] += positive * _ln(positive)


@compiled
def _fill_row(
    first: NDArray[np.float32],
    second: NDArray[np.float32],
    best: NDArray[np.int32],
    total: NDArray[np.float32],
    dot: NDArray[np.float32],
    classes: int,
    activation: int,
    valid: NDArray[np.uint8],
    nodata: int,
    best_class: NDArray[Any],
    maxprob: NDArray[np.float32],
    entropy: NDArray[np.float32],
    gap: NDArray[np.float32],
) -> int:
    """A row of the maps from its sums; how many of its valid pixels have no number."""
    per_ln_k = F32(1.0 / np.log(max(2, classes)))
    broken = 0
    for x in range(valid.size):
        ok, whole = valid[x] != 0, total[x]
        if activation == SOFTMAX:
            highest, runner_up = F32(1.0) / whole, _exp(second[x] - first[x]) / whole
        else:
            highest = _probability(first[x], activation)
            runner_up = _probability(second[x], activation)
        runner_up = F32(0.0) if classes == 1 else runner_up
        nats = _ln(whole) - dot[x] / whole if whole > 0 else F32(0.0)
        broken += ok and whole != whole
        best_class[x] = best[x] if ok else nodata
        maxprob[x] = highest if ok else F32(-1.0)
        entropy[x] = min(F32(1.0), max(F32(0.0), nats * per_ln_k)) if ok else F32(-1.0)
        gap[x] = highest - runner_up if ok else F32(-1.0)
    return broken
