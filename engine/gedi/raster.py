# SPDX-License-Identifier: GPL-3.0-or-later
"""An open raster that keeps its decoded blocks, so that windows are cut out of arrays.

A call into GDAL costs more than copying a window of 32 x 32 px, and neighbouring footprints lie in
the same blocks.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Optional, Tuple

import numpy as np
import numpy.typing as npt

from ..core.grid import Grid

Pixels = npt.NDArray[Any]
Place = Tuple[int, int]
# A block of fewer px a side is a row of a raster in strips; a larger one is a raster in one piece.
_LEAST_PX, _MOST_PX = 64, 2048
_KEPT_BYTES = 8 << 20


class Raster:
    """One file, or tiles side by side; for one thread.

    Args:
        source: The open dataset.
        grid: Its grid.
    """

    def __init__(self, source: Any, grid: Grid) -> None:
        self.source, self.grid = source, grid
        self.dtype, self.nodata = str(source.dtypes[0]), source.nodata
        height, width = source.block_shapes[0]
        self._side = (int(height), int(width))
        self._in_blocks = min(self._side) >= _LEAST_PX and max(self._side) <= _MOST_PX
        self._blocks: OrderedDict[Place, Pixels] = OrderedDict()
        self._bytes = 0

    def close(self) -> None:
        """Close the file."""
        self.forget()
        self.source.close()

    def forget(self) -> None:
        """Give back the memory of its blocks."""
        self._blocks.clear()
        self._bytes = 0

    def cut(self, col: int, row: int, width: int, height: int) -> Optional[Pixels]:
        """A window of the first band, ``(height, width)``; None beyond the raster's edge.

        Raises:
            rasterio.errors.RasterioIOError: The file is damaged there.
        """
        right, bottom = col + width, row + height
        if col < 0 or row < 0 or right > self.grid.width or bottom > self.grid.height:
            return None
        tall, wide = self._side
        if not self._in_blocks or height > tall or width > wide:
            return self._read(col, row, right, bottom)
        upper, left = row // tall, col // wide
        lower, last = (bottom - 1) // tall, (right - 1) // wide
        self._fetch(upper, left, lower, last)
        found = np.empty((height, width), self.dtype)
        for i in range(upper, lower + 1):
            top, low = max(row, i * tall), min(bottom, (i + 1) * tall)
            for j in range(left, last + 1):
                start, end = max(col, j * wide), min(right, (j + 1) * wide)
                part = self._blocks[i, j][top - i * tall : low - i * tall]
                part = part[:, start - j * wide : end - j * wide]
                found[top - row : low - row, start - col : end - col] = part
        return found

    def _fetch(self, upper: int, left: int, lower: int, last: int) -> None:
        """Read what is missing of these blocks, in one call: GDAL asks for their ranges at once."""
        wanted = [(i, j) for i in range(upper, lower + 1) for j in range(left, last + 1)]
        missing = [place for place in wanted if place not in self._blocks]
        for place in wanted:
            if place in self._blocks:
                self._blocks.move_to_end(place)
        if not missing:
            return
        tall, wide = self._side
        first_row, first_col = min(i for i, _ in missing), min(j for _, j in missing)
        bottom = min((max(i for i, _ in missing) + 1) * tall, self.grid.height)
        right = min((max(j for _, j in missing) + 1) * wide, self.grid.width)
        pixels = self._read(first_col * wide, first_row * tall, right, bottom)
        for i, j in missing:
            top, start = (i - first_row) * tall, (j - first_col) * wide
            block = pixels[top : top + tall, start : start + wide].copy()
            self._blocks[i, j] = block
            self._bytes += block.nbytes
        while self._bytes > _KEPT_BYTES and len(self._blocks) > len(wanted):
            self._bytes -= self._blocks.popitem(last=False)[1].nbytes

    def _read(self, col: int, row: int, right: int, bottom: int) -> Pixels:
        pixels: Pixels = self.source.read(1, window=((row, bottom), (col, right)))
        return pixels
