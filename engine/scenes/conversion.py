# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a product's stored numbers into those that a model's card speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Protocol, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.band import Band
from ..core.closing import Closing
from ..core.compiled import compiled
from ..core.window import Window
from .product import Meaning
from .rasters import RasterScene
from .scene import Array

_DN_A_REFLECTANCE = 10_000.0  # "DN" is the archive's: products before baseline 04.00


class Mask(Protocol):
    """Where a scene was measured."""

    path: str
    block: Tuple[int, int]
    cached_bytes: int

    def __call__(self, window: Window) -> Array:
        """``(h, w)`` bool of a window, True where it was measured."""

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """See ``Scene.kept_bytes``."""

    def follow(self, windows: Sequence[Window]) -> None:
        """See ``Scene.follow``."""

    def close(self) -> None:
        """Close its files; more than once does no harm."""


@dataclass(frozen=True)
class Conversion:
    """``a * max(stored + shift, least) + b``; nodata stays nodata.

    Args:
        shift: Added to stored numbers.
        least: Where a shift would leave 0 (nodata) or less, the number is this; None for no limit.
        a, b: Factor and what is added then.
        decibel: 1 from linear power to dB, -1 from dB to linear power, instead; 0 for neither.
    """

    shift: float = 0.0
    least: Optional[float] = None
    a: float = 1.0
    b: float = 0.0
    decibel: int = 0

    @property
    def nothing(self) -> bool:
        """Whether numbers stay as they are."""
        return self == Conversion(least=self.least)

    @property
    def whole(self) -> bool:
        """Whether whole numbers stay whole."""
        return self.a == 1 and self.decibel == 0 and (self.shift + self.b) % 1 == 0

    def apply(self, stored: Array, nodata: Optional[float]) -> Array:
        """Convert ``(h, w)`` numbers to float32; ``nodata`` becomes NaN."""
        values: Array = stored.astype(np.float32)
        if self.decibel > 0:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, 10 * np.log10(values), np.float32(np.nan))
        elif self.decibel < 0:
            values = np.power(np.float32(10), values / np.float32(10))
        np.add(values, np.float32(self.shift), out=values)
        if self.least is not None:
            np.maximum(values, np.float32(self.least), out=values)
        values = values * np.float32(self.a) + np.float32(self.b)
        if nodata is not None:
            values[stored == nodata] = np.nan
        return values

    def apply_whole(self, stored: Array, nodata: Optional[float]) -> Array:
        """Convert ``(h, w)`` whole numbers within their type; ``nodata`` stays."""
        limits, b = np.iinfo(stored.dtype), int(self.b)
        low = int(limits.min) if self.least is None else max(int(limits.min), int(self.least) + b)
        converted = np.empty_like(stored)
        _shift(
            stored, int(self.shift) + b, low, int(limits.max), int(nodata or 0),
            nodata is not None, converted,
        )  # fmt: skip
        return converted


def reflectance_conversion(band: Band, name: str, meaning: Meaning) -> Conversion:
    """From a product's numbers to those that ``band`` speaks of.

    The card says ``stored * scale + offset`` in ``unit``. In reflectance, that is the product's
    reflectance; in any other unit it is the number of products before baseline 04.00,
    reflectance times 10000, which BigEarthNet is made of.

    Args:
        band: The card's.
        name: Of the band in the product.
        meaning: Of the product's numbers.
    """
    steps = 1.0 if "reflectance" in band.unit.lower() else _DN_A_REFLECTANCE
    a = round(steps / meaning.quantification / band.scale, 12)
    shift, b = meaning.offset(name), round(-band.offset / band.scale, 6)
    if a == 1 and shift + b == 0:
        return Conversion()  # the card was made for just these numbers
    return Conversion(shift, 1.0, a, b)


def decibel_conversion(band: Band, decibels: bool) -> Conversion:
    """From a radar file's numbers to those that ``band`` speaks of.

    Args:
        band: The card's; its unit says ``dB``, or ``linear`` or ``power``; others take as it is.
        decibels: Whether the file holds dB; else it holds linear power.
    """
    unit = band.unit.lower()
    wants_db = "db" in unit or "decibel" in unit
    wants_linear = "linear" in unit or "power" in unit
    if decibels and wants_linear:
        return Conversion(decibel=-1, a=1 / band.scale, b=-band.offset / band.scale)
    if not decibels and wants_db:
        return Conversion(decibel=1, a=1 / band.scale, b=-band.offset / band.scale)
    return Conversion()


def wants_top_of_atmosphere(bands: Sequence[Band]) -> bool:
    """Whether a card's units speak of L1C: ``TOA reflectance``, ``L1C DN``."""
    return any(re.search(r"\bTOA\b|\bL1C\b", band.unit, re.IGNORECASE) for band in bands)


class ConvertedScene(Closing):
    """A scene whose numbers are converted as they are read; see ``Scene``.

    Args:
        scene: What is read.
        conversions: One a band.
        masks: Each says where it was measured.
        more: Further files that its numbers hang on, such as the product's metadata.
    """

    def __init__(
        self,
        scene: RasterScene,
        conversions: Sequence[Conversion],
        masks: Sequence[Mask] = (),
        more: Sequence[str] = (),
    ) -> None:
        self._scene, self._conversions, self._masks = scene, tuple(conversions), tuple(masks)
        self.grid, self.bands = scene.grid, scene.bands
        read = (*scene.sources, *(mask.path for mask in masks), *more)
        self.sources = tuple(dict.fromkeys(read))
        blocks = [scene.block, *(mask.block for mask in masks)]
        self.block = max(rows for rows, _ in blocks), max(columns for _, columns in blocks)
        self.cached_bytes = scene.cached_bytes + sum(mask.cached_bytes for mask in masks)
        self.has_mask = scene.has_mask or bool(masks)
        whole = scene.dtype.kind in "iu" and all(c.whole for c in conversions)
        self.dtype = scene.dtype if whole else np.dtype(np.float32)
        self.nodata: Tuple[Optional[float], ...] = tuple(
            nodata if whole or c.nothing else float("nan")
            for nodata, c in zip(scene.nodata, conversions)
        )

    def kept_bytes(self, windows: Sequence[Window]) -> int:
        """See ``Scene.kept_bytes``."""
        masks = sum(mask.kept_bytes(windows) for mask in self._masks)
        return self._scene.kept_bytes(windows) + masks

    def follow(self, windows: Sequence[Window]) -> None:
        """See ``Scene.follow``."""
        self._scene.follow(windows)
        for mask in self._masks:
            mask.follow(windows)

    def read(self, window: Window, out: Optional[Array] = None) -> Tuple[Array, Optional[Array]]:
        """Read a window; see ``Scene.read``."""
        stored, valid = self._scene.read(window)
        if out is None:
            fits = stored.dtype == self.dtype
            out = stored if fits else np.empty(stored.shape, self.dtype)
        for slot, conversion in enumerate(self._conversions):
            nodata = self._scene.nodata[slot]
            if conversion.nothing:
                if out is not stored:
                    out[slot] = stored[slot]
            elif self.dtype.kind == "f":
                out[slot] = conversion.apply(stored[slot], nodata)
            else:
                out[slot] = conversion.apply_whole(stored[slot], nodata)
        for mask in self._masks:
            measured = mask(window)
            valid = measured if valid is None else valid & measured
        return out, valid

    def close(self) -> None:
        """Close the files."""
        for mask in self._masks:
            mask.close()
        self._scene.close()


@compiled
def _shift(
    stored: NDArray[np.int32], added: int, low: int, high: int, nodata: int, has_nodata: bool,
    out: NDArray[np.int32],
) -> None:  # fmt: skip
    for y in range(stored.shape[0]):
        row, out_row = stored[y], out[y]
        for x in range(stored.shape[1]):
            number = np.int64(row[x])
            moved = min(max(number + added, low), high)
            out_row[x] = nodata if has_nodata and number == nodata else moved
