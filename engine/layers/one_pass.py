# SPDX-License-Identifier: GPL-3.0-or-later
"""Class, highest probability, entropy and gap from the model's scores in one compiled pass.

Equal to the four layers' NumPy functions within float32 rounding (a test holds it), at a tenth of
their cost: rows are walked class by class in memory order and nothing of size K is made.
"""

from __future__ import annotations

from typing import Any, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.compiled import compiled_fast, inlined
from ..core.window import Window
from .activation import SIGMOID, SOFTMAX
from .most_likely import class_storage

F32 = np.float32
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
    below = x < F32(-87.0)
    x = max(x, F32(-87.0))
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
def _weight(score: Any, highest: Any, activation: Any) -> Any:
    """(w, ln w) of one class, w proportional to its probability."""
    if activation == SOFTMAX:
        ln = score - highest
        return _exp(ln), max(ln, F32(-87.0))
    p = score
    if activation == SIGMOID:
        e = _exp(-abs(score))
        p = (F32(1.0) if score >= 0 else e) / (F32(1.0) + e)
    return p, np.log(p) if p > 0 else F32(0.0)


@compiled_fast
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
    classes = scores.shape[0]
    height, width = valid.shape
    per_ln_k = F32(1.0 / np.log(max(2, classes)))
    first, second = np.empty(width, np.float32), np.empty(width, np.float32)
    total, dot = np.empty(width, np.float32), np.empty(width, np.float32)
    best = np.empty(width, np.int32)
    broken = 0
    for y in range(height):
        top, right = row0 + y, col0 + width
        first[:], second[:], best[:] = scores[0, top, col0:right], F32(-3e38), 0
        for k in range(1, classes):
            row = scores[k, top, col0:right]
            for x in range(width):
                score = row[x]
                second[x] = max(second[x], min(first[x], score))
                best[x] = k if score > first[x] else best[x]
                first[x] = max(first[x], score)
        total[:], dot[:] = F32(0.0), F32(0.0)
        if activation == SOFTMAX:  # a loop of its own, for it vectorises only without the branch
            for k in range(classes):
                row = scores[k, top, col0:right]
                for x in range(width):
                    ln = row[x] - first[x]
                    weight = _exp(ln)
                    total[x] += weight
                    dot[x] += weight * ln
        else:
            for k in range(classes):
                row = scores[k, top, col0:right]
                for x in range(width):
                    weight, ln = _weight(row[x], first[x], activation)
                    total[x] += weight
                    dot[x] += weight * ln
        for x in range(width):
            if valid[y, x] == 0:
                best_class[y, x], maxprob[y, x] = nodata, F32(-1.0)
                entropy[y, x], gap[y, x] = F32(-1.0), F32(-1.0)
                continue
            if np.isnan(total[x]):
                broken += 1
            highest = _weight(first[x], first[x], activation)[0]
            runner_up = F32(0.0) if classes == 1 else _weight(second[x], first[x], activation)[0]
            if activation == SOFTMAX:
                highest, runner_up = highest / total[x], runner_up / total[x]
            nats = np.log(total[x]) - dot[x] / total[x] if total[x] > 0 else F32(0.0)
            best_class[y, x] = best[x]
            maxprob[y, x] = highest
            entropy[y, x] = min(F32(1.0), max(F32(0.0), nats * per_ln_k))
            gap[y, x] = highest - runner_up
    return broken
