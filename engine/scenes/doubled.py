# SPDX-License-Identifier: GPL-3.0-or-later
"""Bilinear resampling to pixels half as large, exactly, in whole numbers.

Sentinel-2's bands of 20 m on its grid of 10 m, which GDAL's warper takes ten times as long for. A
fine pixel is 9/16 of the coarse one around it, 3/16 of its neighbours beside and above or below,
and 1/16 of the one between these; what is nodata or beyond the edge has no weight, and where the
pixel around it is nodata, so is it. GDAL computes just
that in floating point, and the same numbers.
"""

from __future__ import annotations

from typing import Optional

import numpy as np
from numpy.typing import NDArray

from ..core.compiled import compiled
from ..core.window import Window
from .channels import Channels
from .kept import kept_pixels
from .scene import Array


class DoubledReader:
    """Bands whose pixels are each four of the reference grid's; see ``alignment.Reader``."""

    has_mask = False

    def __init__(self, channels: Channels, resampling: str) -> None:
        self.channels, self._bilinear = channels, resampling == "bilinear"
        self.kept = kept_pixels(channels)
        rows, columns = channels.source.dataset.block_shapes[0]
        self.block = (2 * rows, 2 * columns) if self.kept is None else (1, 1)

    @staticmethod
    def fits(channels: Channels, resampling: str) -> bool:
        """Whether the numbers can be computed here.

        Numbers between others may come to be nodata by chance, unless nodata is 0 or the greatest.
        """
        if channels.masked or channels.dtype.name not in ("uint8", "uint16"):
            return False
        safe = channels.nodata in (None, 0, np.iinfo(channels.dtype).max)
        return resampling == "nearest" or (resampling == "bilinear" and safe)

    def needs(self, window: Window) -> Window:
        """See ``Reader``."""
        grid = self.channels.source.grid
        return coarse_window(window, grid.width, grid.height)

    def read(self, window: Window, out: Array) -> Optional[Array]:
        """See ``Reader``."""
        channels, place = self.channels, self.needs(window)
        coarse = channels.read(place) if self.kept is None else self.kept.read(place)
        for pixels, slot in zip(coarse, channels.slots):
            if self._bilinear:
                double(pixels, place, window, channels.nodata, out[slot])
            else:
                rows = np.arange(window.row, window.bottom) // 2 - place.row
                columns = np.arange(window.col, window.right) // 2 - place.col
                out[slot] = pixels[rows[:, None], columns]
        return None

    def close(self) -> None:
        """Nothing: the scene closes its files."""


def coarse_window(window: Window, width: int, height: int) -> Window:
    """The coarse pixels that a window of fine ones is made of.

    Args:
        window: Fine pixels.
        width: Of the coarse raster, px.
        height: Of the coarse raster, px.
    """
    left, top = (window.col - 1) // 2, (window.row - 1) // 2
    right, bottom = window.right // 2 + 1, window.bottom // 2 + 1
    around = Window(left, top, right - left, bottom - top)
    return around.intersect(Window(0, 0, width, height))


def double(
    coarse: Array, place: Window, window: Window, nodata: Optional[float], out: Array
) -> None:
    """Fill ``out``.

    Args:
        coarse: (h, w) whole numbers of at most 16 bits, all of ``coarse_window``.
        place: Where they lie, coarse pixels.
        window: What to fill, fine pixels.
        nodata: The number for no measurement; None if there is none.
        out: (window.height, window.width) of any type that holds them.
    """
    _double(
        coarse, window.row - 2 * place.row, window.col - 2 * place.col,
        -1 if nodata is None else int(nodata), nodata is not None, out,
    )  # fmt: skip


@compiled
def _double(
    coarse: NDArray[np.uint16], top: int, left: int, nodata: int, has_nodata: bool,
    out: NDArray[np.uint16],
) -> None:  # fmt: skip
    rows, columns = coarse.shape
    for y in range(out.shape[0]):
        row = (top + y) // 2
        beside = row + 2 * ((top + y) % 2) - 1
        in_rows = 0 <= beside < rows
        for x in range(out.shape[1]):
            column = (left + x) // 2
            next_to = column + 2 * ((left + x) % 2) - 1
            middle = np.int32(coarse[row, column])
            if in_rows and 0 <= next_to < columns:
                across, down = np.int32(coarse[row, next_to]), np.int32(coarse[beside, column])
                far = np.int32(coarse[beside, next_to])
                gone = middle == nodata or across == nodata or down == nodata or far == nodata
                if not (has_nodata and gone):
                    out[y, x] = (9 * middle + 3 * (across + down) + far + 8) >> 4
                    continue
            if has_nodata and middle == nodata:
                out[y, x] = nodata
                continue
            total, weight = 9 * middle, 9
            for i in range(3):
                at_row = row if i == 0 else beside
                at_column = column if i == 1 else next_to
                if 0 <= at_row < rows and 0 <= at_column < columns:
                    value = np.int32(coarse[at_row, at_column])
                    if not (has_nodata and value == nodata):
                        share = 1 if i == 2 else 3
                        total, weight = total + share * value, weight + share
            out[y, x] = (2 * total + weight) // (2 * weight)
