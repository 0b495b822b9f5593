# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as tiled GeoTIFF, written chunk by chunk."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Type

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError, RasterioIOError
from rasterio.io import DatasetWriter, MemoryFile
from rasterio.windows import Window as RasterioWindow

from ..contract.errors import UnwritablePath
from ..core.files import overviews_beside
from ..core.grid import Grid
from ..core.map_format import MapFormat
from ..core.window import Window

BLOCKS = (256, 128, 64)
# While overviews are made, nothing is read twice: what GDAL may cache it would only fill, on top of
# the memory that the network still holds.
_OVERVIEW_CACHE_BYTES = 16_000_000


@lru_cache(maxsize=1)
def compression() -> Dict[str, Any]:
    """Creation options: zstd level 1, or DEFLATE where this GDAL was built without zstd."""
    probe = {"driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": "uint8"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with MemoryFile() as memory, memory.open(**probe, compress="zstd") as dataset:
                dataset.write(np.zeros((1, 1), np.uint8), 1)
    except RasterioError:
        return {"compress": "deflate", "zlevel": 1}
    return {"compress": "zstd", "zstd_level": 1}


def block_for(core: int) -> int:
    """Side of the file's blocks, px: such that chunks of ``core`` px write whole blocks."""
    return next((block for block in BLOCKS if core % block == 0), BLOCKS[0])


def overview_factors(width: int, height: int) -> List[int]:
    """2, 4, 8, … until the smaller picture is one block."""
    factors, factor = [], 2
    while max(width, height) / (factor / 2) > BLOCKS[0]:
        factors.append(factor)
        factor *= 2
    return factors


class MapWriter:
    """One map in the making, and its overviews in ``<path>.ovr``.

    The first overview, every second pixel of every second row, is written with each chunk: reading
    a whole map back to make it would cost more than all the rest of writing.

    Args:
        path: File to write.
        grid: Where its pixels lie.
        form: How it is stored.
        core: Side of the chunks to come, px; the blocks are made to fit.

    Raises:
        UnwritablePath: It cannot be made.
    """

    def __init__(self, path: Path, grid: Grid, form: MapFormat, core: int = BLOCKS[0]) -> None:
        self._path, self._form = path, form
        self._block, self._half_block = block_for(core), block_for(core // 2)
        self._files: List[DatasetWriter] = []
        self._full = self._make(path, self._block, grid.width, grid.height, grid)
        self._describe()
        self._half: Optional[DatasetWriter] = None
        if max(grid.width, grid.height) > BLOCKS[0]:
            half = -(-grid.width // 2), -(-grid.height // 2)
            self._half = self._make(overviews_beside(path), self._half_block, *half)

    def _make(
        self, path: Path, block: int, width: int, height: int, grid: Optional[Grid] = None
    ) -> DatasetWriter:
        form = self._form
        place = {"crs": grid.crs or None, "transform": grid.transform} if grid else {}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", NotGeoreferencedWarning)  # overviews never are
                dataset = rasterio.open(
                    path, "w", driver="GTiff", width=width, height=height, count=len(form.bands),
                    dtype=form.dtype, nodata=form.nodata, tiled=True, blockxsize=block,
                    blockysize=block, interleave=_interleave(form), BIGTIFF="IF_SAFER",
                    predictor=_predictor(form), **compression(), **place,
                )  # fmt: skip
        except RasterioError as error:
            raise UnwritablePath(
                f"{path} cannot be made: {error}.", "Choose another path."
            ) from error
        self._files.append(dataset)
        return dataset

    def _describe(self) -> None:
        self._full.update_tags(**self._form.tags)
        for index, text in enumerate(self._form.bands, start=1):
            self._full.set_band_description(index, text)
            if self._form.unit:
                self._full.set_band_unit(index, self._form.unit)
        if self._form.scale is not None:
            self._full.scales = [self._form.scale] * len(self._form.bands)

    def write(self, window: Window, values: NDArray[Any]) -> None:
        """Write (h, w) or (bands, h, w) values of the map's dtype at ``window``.

        Raises:
            UnwritablePath: The disk is full or gone.
        """
        values = values if values.ndim == 3 else values[None]
        # Ceilings: the overview keeps the pixels whose row and column are even.
        top, left = -(-window.row // 2), -(-window.col // 2)
        kept = values[:, 2 * top - window.row :: 2, 2 * left - window.col :: 2]
        try:
            self._full.write(values, window=_place(window.col, window.row, values))
            if self._half is not None and kept.size:
                self._half.write(kept, window=_place(left, top, kept))
        except RasterioError as error:
            raise self._failed(error) from error

    def finish(self) -> None:
        """Complete the file and its smaller overviews.

        Raises:
            UnwritablePath: The disk is full or gone.
        """
        # GDAL keeps what overviews are compressed with in the configuration, not in the file.
        options = {"GDAL_TIFF_OVR_BLOCKSIZE": self._half_block, "ZSTD_LEVEL_OVERVIEW": 1}
        options["PREDICTOR_OVERVIEW"] = _predictor(self._form)
        options["GDAL_CACHEMAX"] = _OVERVIEW_CACHE_BYTES
        try:
            size = (self._half.width, self._half.height) if self._half is not None else (0, 0)
            self.close()
            factors = overview_factors(*size)
            if factors:
                half = overviews_beside(self._path)
                with rasterio.Env(**options), rasterio.open(half, "r+") as dataset:
                    dataset.build_overviews(factors, Resampling.nearest)
        except RasterioError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the files as they are.

        Raises:
            RasterioIOError: What was still in memory could not be written.
        """
        with _reported_errors() as errors:
            for dataset in self._files:
                if not dataset.closed:
                    dataset.close()
        if errors:
            raise RasterioIOError(errors[0])

    def _failed(self, error: Exception) -> UnwritablePath:
        return UnwritablePath(
            f"Writing {self._path} failed: {error}.",
            "Look at the disk's free space, then try again.",
        )

    def __enter__(self) -> MapWriter:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if error is None:
            self.close()
            return
        with suppress(RasterioError):  # the first error is the one to tell
            self.close()


@contextmanager
def _reported_errors() -> Iterator[List[str]]:
    """What GDAL complains of meanwhile: closing a dataset raises nothing, even on a full disk."""
    errors: List[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: errors.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(lambda record: "signalled an error" in record.getMessage())
    logger = logging.getLogger("rasterio._env")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with rasterio.Env():
            yield errors
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _interleave(form: MapFormat) -> str:
    """Several bands pixel by pixel, so that asking one pixel for all of them decodes one block."""
    return "pixel" if len(form.bands) > 1 else "band"


def _predictor(form: MapFormat) -> int:
    """Differences for numbers: that for floats, 3, makes files 7 % smaller at twice the cost."""
    return 2 if form.dtype == "float32" else 1


def _place(col: int, row: int, values: NDArray[Any]) -> RasterioWindow:
    return RasterioWindow(col, row, values.shape[2], values.shape[1])
