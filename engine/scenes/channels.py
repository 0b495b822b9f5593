# SPDX-License-Identifier: GPL-3.0-or-later
"""Bands of one file that are read together, straight into their places."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any, Callable, NoReturn, Optional, Tuple

import numpy as np
from rasterio.windows import Window as RasterioWindow

from ..contract.errors import UnreadableRaster
from ..core.window import Window
from .scene import Array
from .source import GDAL_ERRORS, Source, forget_content, remote_part, shown

# Of a window at an address: GDAL asks again for a refused answer, not for one cut short half-way.
_ATTEMPTS, _WAIT_S = 4, 0.3


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
        if self.slots == tuple(range(first, last + 1)):
            into = out[first : last + 1]
            self._ask(lambda: dataset.read(list(indexes), window=_native(window), out=into), window)
        else:
            out[list(self.slots)] = self._ask(
                lambda: dataset.read(list(indexes), window=_native(window)), window
            )

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
        mask = self._ask(lambda: dataset.read_masks(index, window=_native(window)), window)
        return np.asarray(mask, dtype=bool)

    def _ask(self, read: Callable[[], Any], window: Window) -> Any:
        """What ``read`` gives; at an address it is tried again."""
        attempts = _ATTEMPTS if remote_part(self.source.path) else 1
        for attempt in range(attempts):
            try:
                return read()
            except GDAL_ERRORS as error:
                if attempt + 1 == attempts:
                    self.fail(window, error)
                time.sleep(_WAIT_S * 2**attempt)
                forget_content(self.source.path)
        raise ValueError("At least one attempt is needed.")

    def fail(self, window: Window, error: Exception) -> NoReturn:
        """Raise what is wrong with the file.

        Raises:
            UnreadableRaster: Always.
        """
        cause = str(error.__cause__ or error).rstrip(".")
        where = f"{shown(self.source.path)} is damaged near column {window.col}, row {window.row}"
        raise UnreadableRaster(
            f"{where}: {cause}.",
            "Copy or download the file again.",
        ) from error


def _native(window: Window) -> RasterioWindow:
    return RasterioWindow(window.col, window.row, window.width, window.height)
