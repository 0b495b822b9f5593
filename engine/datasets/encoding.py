# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements to stored numbers and back: scaling, dtype, and what rounding costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import UnusablePatch
from ..core.dataset_card import DatasetBand, DatasetCard
from .interleaving import interleave
from .patch import DatasetPatch, Stored, array_of

Planar = npt.NDArray[Any]
Vector = npt.NDArray[np.float32]
UNITS = {"s2_data": "DN", "s1_data": "dB", "data": ""}
_STEPS = 65535.0
# uint16 needs a step and a floor: dB from -50 to 15.5 by 0.001, z-scores from -16 to 48 by 1/1024.
_DB_STEP, _DB_FLOOR = 0.001, -50.0
_Z_STEP, _Z_FLOOR = 1 / 1024, -16.0
_REFLECTANCE = 10000.0
_TOP = {"uint16": 65535, "uint8": 255}


def band_codes(
    names: Sequence[str],
    scaling: str,
    dtype: str,
    statistics: Mapping[str, Tuple[float, float]],
) -> Tuple[DatasetBand, ...]:
    """How each band is stored, as the card says it.

    Args:
        names: Bands, in order.
        scaling: ``none``, ``zscore``, ``minmax`` or ``reflectance`` (Sentinel-2 DN / 10000).
        dtype: ``float32``, ``float16``, ``uint16`` or ``uint8``.
        statistics: Band to (mean, std), in the band's unit.
    """
    bands = []
    for name in names:
        array = array_of(name)
        mean, std = statistics.get(name, (0.0, 1.0))
        std = std if std > 0 else 1.0
        scale, offset = _affine(array, scaling, dtype, mean, std)
        bands.append(DatasetBand(name, array, UNITS[array], scale, offset, mean, std))
    return tuple(bands)


def _affine(array: str, scaling: str, dtype: str, mean: float, std: float) -> Tuple[float, float]:
    """(scale, offset) from stored numbers to measurements; (1, 0) where limits vary by patch."""
    whole = dtype == "uint16"
    if scaling == "zscore":
        return (std * _Z_STEP, mean + std * _Z_FLOOR) if whole else (std, mean)
    if scaling == "minmax":
        return 1.0, 0.0
    if scaling == "reflectance" and array == "s2_data":
        return (1.0 if whole else _REFLECTANCE), 0.0
    return (_DB_STEP, _DB_FLOOR) if whole and array == "s1_data" else (1.0, 0.0)


@dataclass(frozen=True)
class Encoder:
    """Turns measurements into what is stored.

    Args:
        bands: The card's bands, all of one array, in channel order.
        dtype: Stored dtype.
        scaling: The card's scaling.
    """

    bands: Tuple[DatasetBand, ...]
    dtype: str
    scaling: str

    def encode(
        self, planar: Planar, out: Optional[Stored] = None
    ) -> Tuple[Stored, Tuple[float, float]]:
        """Scale, round and interleave.

        Args:
            planar: ``(C, H, W)`` float32 or uint16 measurements; may be overwritten.
            out: ``(H, W, C)`` in ``dtype`` to fill; None for a new array.

        Returns:
            ``(H, W, C)`` in ``dtype``, and the limits that ``minmax`` used (else 0, 0).

        Raises:
            UnusablePatch: No pixel is finite, so that min-max scaling has no limits.
        """
        channels, height, width = planar.shape
        stored = np.empty((height, width, channels), self.dtype) if out is None else out
        if self.scaling != "minmax" and self.dtype != "float16":
            offset, factor = self._affine
            interleave(planar, offset, factor, _TOP.get(self.dtype, 0), stored)
            return stored, (0.0, 0.0)
        values, limits = planar.astype(np.float32, copy=False), (0.0, 0.0)
        if self.scaling == "minmax":
            limits = _limits(values)
            span = limits[1] - limits[0]
            steps = _STEPS if self.dtype == "uint16" else 1.0
            values -= np.float32(limits[0])
            values *= np.float32(steps / span if span > 0 else 0.0)
        else:
            offset, factor = self._affine
            if factor.size:
                values -= offset[:, None, None]
                values *= factor[:, None, None]
        stored[...] = self._rounded(values).transpose(1, 2, 0)
        return stored, limits

    @cached_property
    def _affine(self) -> Tuple[Vector, Vector]:
        """What to take away from each band, and what to multiply it by; empty for nothing."""
        scale = np.array([band.scale for band in self.bands])
        offset = np.array([band.offset for band in self.bands])
        if (scale == 1).all() and (offset == 0).all():
            return np.empty(0, np.float32), np.empty(0, np.float32)
        return offset.astype(np.float32), (1 / scale).astype(np.float32)

    def _rounded(self, planar: Planar) -> Planar:
        if self.dtype not in ("uint16", "uint8"):
            return planar
        np.rint(planar, out=planar)
        np.clip(planar, 0, np.iinfo(self.dtype).max, out=planar)
        np.copyto(planar, 0, where=np.isnan(planar))
        return planar


def _limits(planar: Planar) -> Tuple[float, float]:
    low, high = float(planar.min()), float(planar.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        finite = planar[np.isfinite(planar)]
        if not finite.size:
            raise UnusablePatch("No pixel of the patch is a number.", "Leave the patch out.")
        low, high = float(finite.min()), float(finite.max())
    return low, high


def measurements(patch: DatasetPatch, card: DatasetCard) -> Dict[str, npt.NDArray[np.float32]]:
    """The patch's measurements, in each band's unit: the inverse of every scaling.

    Returns:
        Array name to ``(H, W, C)`` float32.
    """
    found = {}
    for name, stored in patch.arrays.items():
        bands = [band for band in card.bands if band.array == name]
        found[name] = decode(stored, bands, card.scaling, patch.limits.get(name, (0.0, 0.0)))
    return found


def decode(
    stored: npt.NDArray[Any],
    bands: Sequence[DatasetBand],
    scaling: str,
    limits: Tuple[float, float],
) -> npt.NDArray[np.float32]:
    """Invert the scaling of one array.

    Args:
        stored: ``(H, W, C)``.
        bands: Its bands, in channel order.
        scaling: The card's scaling.
        limits: The patch's limits, where scaling is ``minmax``.
    """
    if scaling == "minmax":
        steps = _STEPS if stored.dtype.kind == "u" else 1.0
        share: npt.NDArray[np.float64] = stored.astype(np.float64) / steps
        return (limits[0] + share * (limits[1] - limits[0])).astype(np.float32)
    scale = np.array([band.scale for band in bands])
    offset = np.array([band.offset for band in bands])
    values: npt.NDArray[np.float64] = stored.astype(np.float64) * scale + offset
    return values.astype(np.float32)


def error_bound(
    band: DatasetBand,
    dtype: str,
    scaling: str,
    limits: Tuple[float, float],
    largest: float,
) -> float:
    """How far a decoded measurement can lie from the original, in the band's unit.

    Half the spacing of stored numbers, plus the rounding of float32 arithmetic (a few units in
    the last place of the largest number on the way). Whole numbers below 0 or beyond 65535 after
    scaling are cut, which this bound does not cover.

    Args:
        band: The card's band.
        dtype: Stored dtype.
        scaling: The card's scaling.
        limits: The patch's limits, where scaling is ``minmax``.
        largest: Largest absolute measurement.
    """
    span = limits[1] - limits[0]
    unit = span if scaling == "minmax" else abs(band.scale)
    top = 1.0 if scaling == "minmax" else (largest + abs(band.offset)) / abs(band.scale)
    half = {"float32": top * 2.0**-24, "float16": max(top * 2.0**-11, 2.0**-25)}.get(dtype, 0.5)
    if dtype == "uint16" and scaling == "minmax":
        half = 0.5 / _STEPS
    arithmetic = 4 * 2.0**-24 * (largest + abs(band.offset) + abs(limits[0]) + span)
    return half * unit + arithmetic
