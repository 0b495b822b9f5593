# SPDX-License-Identifier: GPL-3.0-or-later
"""Small square bands to a common size, as one matrix product per axis: M a Mᵀ.

Pixels keep their place on the ground (corners of the two grids coincide), unlike zero padding,
which squeezes a 20 m band into a corner. At the border the weights that fall outside are left
out and the rest are scaled to 1, as GDAL does.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ..contract.errors import InvalidRequest
from ..core.compiled import compiled

METHODS = ("nearest", "bilinear", "cubic")
_LOCAL = threading.local()


def resample(
    band: np.ndarray, px: int = 120, method: str = "bilinear", nodata: Optional[float] = None
) -> np.ndarray:
    """Bring a band to ``px`` x ``px``.

    Args:
        band: ``(n, n)``; returned as it is when n is ``px``.
        px: Side of the result.
        method: ``nearest``, ``bilinear`` or ``cubic`` (Keys 1981, a = -0.5).
        nodata: Number that means no measurement: it takes no part in the weights, and where
            the nearest pixel has it the result has it.

    Returns:
        ``(px, px)`` in the band's dtype; whole numbers rounded and kept within their range.
    """
    if band.shape == (px, px):
        return band
    if method == "nearest":
        where = _nearest(band.shape[0], px)
        chosen: np.ndarray = band[where[:, None], where[None, :]]
        return chosen
    weights = _weights(band.shape[0], px, method)
    values = band.astype(np.float32)
    missing = None if nodata is None else band == nodata
    if missing is None or not missing.any():
        return _as_dtype(weights @ values @ weights.T, band.dtype)
    share = weights @ (~missing).astype(np.float32) @ weights.T
    total = weights @ np.where(missing, np.float32(0), values) @ weights.T
    where = _nearest(band.shape[0], px)
    hole = missing[where[:, None], where[None, :]] | (share <= 1e-6)
    result = _as_dtype(total / np.where(hole, 1, share), band.dtype)
    result[hole] = nodata
    return result


def resample_all(
    bands: Sequence[np.ndarray],
    out: np.ndarray,
    method: str = "bilinear",
    nodata: Optional[float] = None,
) -> None:
    """Bring bands of several sizes to one; those of one size all at once.

    Args:
        bands: C arrays ``(n, n)``.
        out: ``(C, px, px)`` in the bands' dtype or float32, which is filled with what ``resample``
            gives for each band, whole numbers rounded.
        method: As in ``resample``.
        nodata: As in ``resample``.
    """
    px = out.shape[1]
    sizes: Dict[int, List[int]] = {}
    for channel, band in enumerate(bands):
        if len(band) == px:
            out[channel] = band
        elif not (
            method == "bilinear" and 2 * len(band) == px and _twice(band, out[channel], nodata)
        ):
            sizes.setdefault(len(band), []).append(channel)
    for size, channels in sizes.items():
        stack = [bands[channel] for channel in channels]
        gaps = nodata is not None and any((band == nodata).any() for band in stack)
        if method == "nearest" or gaps:
            for channel, band in zip(channels, stack):
                out[channel] = resample(band, px, method, nodata)
            continue
        for channel, pixels in zip(channels, _product(stack, size, px, method)):
            if stack[0].dtype.kind == "u":
                _round(pixels, np.float32(np.iinfo(stack[0].dtype).max), out[channel])
            else:
                out[channel] = pixels


def _twice(band: np.ndarray, out: np.ndarray, nodata: Optional[float]) -> bool:
    """Whether ``out`` could be filled: only from whole numbers, none of them nodata."""
    if band.dtype != np.uint16 or len(band) < 2:
        return False
    whole: bool = _doubled(band, out, -1 if nodata is None else int(nodata))
    return whole


@compiled
def _doubled(band: np.ndarray, out: np.ndarray, nodata: int) -> bool:
    """Bilinear to twice the size; False, and ``out`` unfinished, if ``nodata`` is met.

    The weights are 1 and 3 fourths on each axis, so whole numbers give the exact sum, in
    sixteenths, to be rounded.
    """
    size = band.shape[0]
    sums = np.empty(size, np.int32)
    for row in range(2 * size):
        at = row >> 1
        other = max(0, min(size - 1, at + 2 * (row & 1) - 1))
        missing = 0
        for x in range(size):
            value = np.int32(band[at, x])
            missing += value == nodata
            sums[x] = 3 * value + np.int32(band[other, x])
        if missing:
            return False
        target = out[row]
        for x in range(1, size):
            target[2 * x - 1] = (3 * sums[x - 1] + sums[x] + 8) >> 4
            target[2 * x] = (3 * sums[x] + sums[x - 1] + 8) >> 4
        target[0] = (4 * sums[0] + 8) >> 4
        target[2 * size - 1] = (4 * sums[size - 1] + 8) >> 4
    return True


def _product(stack: Sequence[np.ndarray], size: int, px: int, method: str) -> np.ndarray:
    """``(C, px, px)`` float32 of C bands ``(n, n)``; this thread's own until the next call."""
    count = len(stack)
    kept = _LOCAL.__dict__.setdefault("products", {})
    if (count, size, px) not in kept:
        shapes = (count, size, size), (count, px, size), (count, px, px)
        kept[count, size, px] = [np.empty(shape, np.float32) for shape in shapes]
    # Fresh memory for each patch would cost more than the arithmetic.
    values, rows, result = kept[count, size, px]
    weights = _weights(size, px, method)
    for value, band in zip(values, stack):
        value[...] = band
    np.matmul(weights, values, out=rows)
    np.matmul(rows.reshape(-1, size), weights.T, out=result.reshape(-1, px))
    whole: np.ndarray = result
    return whole


@compiled
def _round(values: np.ndarray, top: np.float32, out: np.ndarray) -> None:
    """Fill ``out`` with whole numbers from 0 to ``top``, halves rounded up."""
    flat, target = values.reshape(values.size), out.reshape(out.size)
    for i in range(flat.size):
        whole = np.floor(flat[i] + np.float32(0.5))
        target[i] = np.int32(min(max(whole, np.float32(0)), top))


def _as_dtype(values: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        values = np.clip(np.floor(values + 0.5), limits.min, limits.max)
    return values.astype(dtype)


@cache
def _nearest(n: int, px: int) -> np.ndarray:
    """``(px,)`` int: the source pixel under the centre of each target pixel."""
    return np.minimum(((np.arange(px) + 0.5) * n / px).astype(np.intp), n - 1)


@cache
def _weights(n: int, px: int, method: str) -> np.ndarray:
    """``(px, n)`` float32: what each source pixel gives to each target pixel; rows sum to 1."""
    if method not in METHODS or px < n:
        raise InvalidRequest(
            f"Bands cannot be resampled by {method!r} from {n} to {px} px.",
            f"Use one of {', '.join(METHODS)}, to a larger size.",
        )
    centre = (np.arange(px) + 0.5) * n / px - 0.5
    distance = np.abs(centre[:, None] - np.arange(n)[None, :])
    kernel = _cubic(distance) if method == "cubic" else np.maximum(0.0, 1.0 - distance)
    weights: np.ndarray = (kernel / kernel.sum(axis=1, keepdims=True)).astype(np.float32)
    return weights


def _cubic(x: np.ndarray) -> np.ndarray:
    inner = (1.5 * x - 2.5) * x * x + 1
    outer = ((-0.5 * x + 2.5) * x - 4) * x + 2
    curve: np.ndarray = np.where(x < 1, inner, np.where(x < 2, outer, 0.0))
    return curve
