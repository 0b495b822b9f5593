# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands of one file that are read together, straight into their places."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NoReturn, Optional, Tuple

import numpy as np
from rasterio.windows import Window as RasterioWindow

from ..contract.errors import UnreadableRaster
from ..core.window import Window
from .scene import Array
from .source import GDAL_ERRORS, Source


@dataclass(frozen=True)
class Channels:
    """Bands of a source of one type, nodata and mask.

    Args:
        source: The file.
        slots: Places of the bands among the model's, counted from 0.
        indexes: Their numbers in the file, counted from 1; as many as ``slots``.
        nodata: Their stored number for no measurement.
        masked: Whether the file's mask or alpha band covers them.
    """

    source: Source
    slots: Tuple[int, ...]
    indexes: Tuple[int, ...]
    nodata: Optional[float]
    masked: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the stored numbers."""
        return self.source.dtype(self.indexes[0])

    def read_from(self, dataset: Any, indexes: Tuple[int, ...], window: Window, out: Array) -> None:
        """Read bands of ``dataset`` into their slots of ``out`` ``(C, h, w)``.

        Raises:
            UnreadableRaster: GDAL cannot read there.
        """
        first, last = self.slots[0], self.slots[-1]
        adjacent = self.slots == tuple(range(first, last + 1))
        try:
            if adjacent:
                dataset.read(list(indexes), window=_native(window), out=out[first : last + 1])
            else:
                out[list(self.slots)] = dataset.read(list(indexes), window=_native(window))
        except GDAL_ERRORS as error:
            self.fail(window, error)

    def read(self, window: Window) -> Array:
        """``(n, h, w)`` of the bands, in their order in ``indexes``, px of the file.

        Raises:
            UnreadableRaster: GDAL cannot read there.
        """
        out = np.empty((len(self.indexes), window.height, window.width), self.dtype)
        alone = replace(self, slots=tuple(range(len(self.indexes))))
        alone.read_from(self.source.dataset, self.indexes, window, out)
        return out

    def read_mask(self, dataset: Any, index: int, window: Window) -> Array:
        """Read the mask of a band as ``(h, w)`` bool, True where it was measured."""
        try:
            mask = dataset.read_masks(index, window=_native(window))
        except GDAL_ERRORS as error:
            self.fail(window, error)
        return np.asarray(mask, dtype=bool)

    def fail(self, window: Window, error: Exception) -> NoReturn:
        """Raise what is wrong with the file."""
        cause = str(error.__cause__ or error).rstrip(".")
        raise UnreadableRaster(
            f"{self.source.path} is damaged near column {window.col}, row {window.row}: {cause}.",
            "Copy or download the file again.",
        ) from error


def _native(window: Window) -> RasterioWindow:
    return RasterioWindow(window.col, window.row, window.width, window.height)
