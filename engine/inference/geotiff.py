# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps as tiled GeoTIFF, written chunk by chunk."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, List, Optional, Type

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile
from rasterio.windows import Window as RasterioWindow

from ..contract.errors import UnwritablePath
from ..core.grid import Grid
from ..core.map_format import MapFormat
from ..core.window import Window

BLOCK = 256


@lru_cache(maxsize=1)
def compression() -> Dict[str, Any]:
    """Creation options: zstd level 1, or DEFLATE where this GDAL was built without zstd."""
    probe = {"driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": "uint8"}
    try:
        with MemoryFile() as memory, memory.open(**probe, compress="zstd") as dataset:
            dataset.write(np.zeros((1, 1), np.uint8), 1)
    except RasterioError:
        return {"compress": "deflate", "zlevel": 1}
    return {"compress": "zstd", "zstd_level": 1}


def overview_factors(width: int, height: int) -> List[int]:
    """2, 4, 8, … until the smaller picture is one block."""
    factors, factor = [], 2
    while max(width, height) / (factor / 2) > BLOCK:
        factors.append(factor)
        factor *= 2
    return factors


class MapWriter:
    """One map in the making.

    Args:
        path: File to write.
        grid: Where its pixels lie.
        form: How it is stored.

    Raises:
        UnwritablePath: It cannot be made.
    """

    def __init__(self, path: Path, grid: Grid, form: MapFormat) -> None:
        self._path, self._grid, self._form = path, grid, form
        try:
            self._dataset = rasterio.open(path, "w", **self._profile())
        except RasterioError as error:
            raise UnwritablePath(
                f"{path} cannot be made: {error}.", "Choose another path."
            ) from error
        self._describe()

    def _profile(self) -> Dict[str, Any]:
        form, grid = self._form, self._grid
        predictor = 3 if form.dtype == "float32" else 1
        return {
            "driver": "GTiff", "width": grid.width, "height": grid.height,
            "count": len(form.bands), "dtype": form.dtype, "nodata": form.nodata,
            "crs": grid.crs or None, "transform": grid.transform, "tiled": True,
            "blockxsize": BLOCK, "blockysize": BLOCK, "interleave": "band",
            "BIGTIFF": "IF_SAFER", "predictor": predictor, **compression(),
        }  # fmt: skip

    def _describe(self) -> None:
        self._dataset.update_tags(**self._form.tags)
        for index, text in enumerate(self._form.bands, start=1):
            self._dataset.set_band_description(index, text)
            if self._form.unit:
                self._dataset.set_band_unit(index, self._form.unit)
        if self._form.scale is not None:
            self._dataset.scales = [self._form.scale] * len(self._form.bands)

    def write(self, window: Window, values: NDArray[Any]) -> None:
        """Write (h, w) or (bands, h, w) values of the map's dtype at ``window``.

        Raises:
            UnwritablePath: The disk is full or gone.
        """
        place = RasterioWindow(window.col, window.row, window.width, window.height)
        try:
            self._dataset.write(values, None if values.ndim == 3 else 1, window=place)
        except RasterioError as error:
            raise self._failed(error) from error

    def finish(self) -> None:
        """Complete the file and add its overviews.

        Raises:
            UnwritablePath: The disk is full or gone.
        """
        resampling = Resampling.nearest if self._form.categorical else Resampling.average
        # GDAL keeps what overviews are compressed with in the configuration, not in the file.
        options = {"GDAL_TIFF_OVR_BLOCKSIZE": BLOCK, "ZSTD_LEVEL_OVERVIEW": 1}
        options["PREDICTOR_OVERVIEW"] = 3 if self._form.dtype == "float32" else 1
        try:
            self._dataset.close()
            factors = overview_factors(self._grid.width, self._grid.height)
            if factors:
                with rasterio.Env(**options), rasterio.open(self._path, "r+") as dataset:
                    dataset.build_overviews(factors, resampling)
        except RasterioError as error:
            raise self._failed(error) from error

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
        if not self._dataset.closed:
            self._dataset.close()
