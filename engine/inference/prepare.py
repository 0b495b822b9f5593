# SPDX-License-Identifier: GPL-3.0-or-later
"""From stored numbers to the network's input: nodata, scaling and normalisation in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..core.band import Band
from ..core.compiled import compiled

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Normaliser:
    """Makes network input out of windows of one scene.

    A pixel is valid where the scene's mask says so and no band is nodata, NaN or infinite. The
    bands of an invalid pixel become 0, which is each band's mean: what says least.

    Args:
        factor, shift: (C,) float32; ``input = factor * stored + shift``.
        nodata: (C,) in the scene's dtype; 0 where ``has_nodata`` is not set.
        has_nodata: (C,) bool.
    """

    factor: NDArray[np.float32]
    shift: NDArray[np.float32]
    nodata: NDArray[Any]
    has_nodata: NDArray[np.bool_]

    @classmethod
    def of(
        cls, bands: Sequence[Band], nodata: Sequence[Optional[float]], dtype: np.dtype[Any]
    ) -> Normaliser:
        """Make one for a model's bands and what the scene says of its nodata.

        The scene's word counts before the card's: the card knows the archive it was trained on.
        """
        values = [s if s is not None else band.nodata for s, band in zip(nodata, bands)]
        stored = [_representable(value, dtype) for value in values]
        return cls(
            np.array([band.factor for band in bands], np.float32),
            np.array([band.shift for band in bands], np.float32),
            np.array([0 if value is None else value for value in stored], dtype),
            np.array([value is not None for value in stored]),
        )

    def __call__(
        self,
        pixels: Pixels,
        mask: Optional[NDArray[np.bool_]],
        shape: Tuple[int, int],
        out: Optional[NDArray[np.float32]] = None,
    ) -> Tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Normalise one window.

        Args:
            pixels: (C, h, w) stored numbers.
            mask: (h, w) bool, False where the scene has nothing; None for valid everywhere.
            shape: (H, W) of the input to make, at least (h, w); what is added is 0.
            out: (C, H, W) float32 to write into; None to allocate.

        Returns:
            (C, H, W) float32 network input and (h, w) uint8, 1 where valid.
        """
        bands, height, width = pixels.shape
        network_input = np.empty((bands, *shape), np.float32) if out is None else out
        network_input[:, height:] = network_input[:, :height, width:] = 0
        valid = find_valid(self, pixels, mask)
        _normalise(pixels, self.factor, self.shift, valid, network_input)
        return network_input, valid


def find_valid(
    normaliser: Normaliser, pixels: Pixels, mask: Optional[NDArray[np.bool_]]
) -> NDArray[np.uint8]:
    """(h, w) uint8: 1 where the mask says so and no band is nodata, NaN or infinite."""
    valid = np.ones(pixels.shape[1:], np.uint8) if mask is None else mask.astype(np.uint8)
    floating = pixels.dtype.kind == "f"
    _find_valid(pixels, normaliser.nodata, normaliser.has_nodata, floating, valid)
    return valid


def _representable(value: Optional[float], dtype: np.dtype[Any]) -> Optional[float]:
    """``value`` if a pixel of ``dtype`` can hold it; NaN is found without being named."""
    if value is None or np.isnan(value):
        return None
    if dtype.kind == "f":
        return value
    limits = np.iinfo(dtype)
    return value if value == int(value) and limits.min <= value <= limits.max else None


@compiled
def _find_valid(
    pixels: Pixels,
    nodata: NDArray[Any],
    has_nodata: NDArray[np.bool_],
    floating: bool,
    valid: NDArray[np.uint8],
) -> None:
    bands, height, width = pixels.shape
    for band in range(bands):
        nothing = nodata[band]
        for y in range(height):
            row, valid_row = pixels[band, y], valid[y]
            if has_nodata[band]:
                for x in range(width):
                    valid_row[x] = np.uint8(0) if row[x] == nothing else valid_row[x]
            if floating:
                for x in range(width):
                    valid_row[x] = valid_row[x] if np.isfinite(row[x]) else np.uint8(0)


@compiled
def _normalise(
    pixels: Pixels,
    factor: NDArray[np.float32],
    shift: NDArray[np.float32],
    valid: NDArray[np.uint8],
    network_input: NDArray[np.float32],
) -> None:
    bands, height, width = pixels.shape
    for band in range(bands):
        a, b = factor[band], shift[band]
        for y in range(height):
            row, valid_row, normal = pixels[band, y], valid[y], network_input[band, y]
            for x in range(width):
                value = np.float32(row[x]) * a + b
                normal[x] = value if valid_row[x] != 0 else np.float32(0.0)
