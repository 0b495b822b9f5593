# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers from stored probabilities: built-in ones, expressions, functions of the user."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window as RasterioWindow

from .. import __version__
from ..contract.errors import InvalidCard, UnreadableRaster
from ..contract.events import Emit
from ..contract.jobs.derivelayers import DeriveLayers
from ..core.classes import ClassScheme
from ..core.closing import Closing
from ..core.files import StagedFolder
from ..core.grid import Grid
from ..core.progress import ProgressMeter
from ..core.window import Window
from ..inference.disk import check_space
from ..inference.geotiff import MapWriter
from ..inference.legend import write_side_file
from ..layers.extra import ExtraLayer, LayerWishes, extra_layers
from ..layers.products import CLASSES_TAG

_MOST_BYTES = 64_000_000  # of the probabilities that are in memory at once
_TOLERANCE = 1e-3
_CACHE_MB = 128


def run(request: DeriveLayers, emit: Emit) -> Dict[str, Any]:
    """Write a raster a layer and return the API's output keys.

    Raises:
        UnreadableRaster: PROBS is no raster of probabilities.
        UnusableLayer: A layer cannot be computed.
    """
    with ExitStack() as stack:
        stack.enter_context(rasterio.Env(GDAL_CACHEMAX=_CACHE_MB * 1_000_000))
        source = stack.enter_context(_Source(request.probs))
        tags = {"SOFTWARE": f"Coverloom {__version__}", "SETTINGS": request.to_json()}
        wishes = LayerWishes(request.layers, request.expressions, request.layers_file)
        layers = extra_layers(wishes, source.classes, (), tags)
        pixels = source.grid.width * source.grid.height
        folder = Path(request.output)
        check_space({folder / x.name: float(pixels * x.form.bytes_per_px) for x in layers})
        staged = stack.enter_context(StagedFolder(folder))
        _write(source, layers, staged.path, emit)
        for layer in layers:
            if layer.form.categorical:
                write_side_file(staged.path / f"{layer.name}.tif", source.classes)
        staged.publish()
    return {"OUTPUT": request.output}


def _write(source: _Source, layers: List[ExtraLayer], folder: Path, emit: Emit) -> None:
    core = source.core
    windows = list(_windows(source.grid, core))
    meter = ProgressMeter(emit, len(windows) + len(layers), text="Computing layers")
    with ExitStack() as opened:
        writers = {
            layer.name: opened.enter_context(
                MapWriter(folder / f"{layer.name}.tif", source.grid, layer.form, core)
            )
            for layer in layers
        }
        for window in windows:
            probabilities, valid = source.read(window)
            for layer in layers:
                writers[layer.name].write(window, layer(probabilities, {}, valid))
            meter.advance()
        for writer in writers.values():
            writer.finish()
            meter.advance()


def _windows(grid: Grid, core: int) -> Iterator[Window]:
    for row in range(0, grid.height, core):
        for col in range(0, grid.width, core):
            yield Window(col, row, core, core).intersect(grid.window)


class _Source(Closing):
    """A raster of probabilities, float or scaled bytes."""

    def __init__(self, path: str) -> None:
        try:
            self._dataset = rasterio.open(path)
        except RasterioError as error:
            raise UnreadableRaster(
                f"PROBS {path} cannot be opened: {error}.", "Give PROBS of a mapping run."
            ) from error
        self._path, dataset = path, self._dataset
        crs = dataset.crs.to_wkt() if dataset.crs else ""
        self.grid = Grid(dataset.width, dataset.height, dataset.transform, crs)
        self.classes = self._read_classes()
        sides = (1024, 512, 256)
        small = [s for s in sides if s * s * 4 * dataset.count <= _MOST_BYTES]
        self.core = small[0] if small else sides[-1]
        """Side of the windows to read, px."""

    def _read_classes(self) -> ClassScheme:
        """From the file's tag; else from the bands' descriptions; else numbered."""
        dataset = self._dataset
        with suppress(KeyError, ValueError, TypeError, InvalidCard):
            found = ClassScheme.from_list(json.loads(dataset.tags()[CLASSES_TAG]))
            if len(found) == dataset.count:
                return found
        names = [text or f"Class {i}" for i, text in enumerate(dataset.descriptions)]
        twice = len(set(names)) < len(names)
        return ClassScheme.of_names([f"{n} ({i})" for i, n in enumerate(names)] if twice else names)

    def read(self, window: Window) -> Tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """(K, h, w) float32 in [0, 1] and (h, w) uint8, 1 where there are probabilities."""
        place = RasterioWindow(window.col, window.row, window.width, window.height)
        try:
            stored = self._dataset.read(window=place)
        except RasterioError as error:
            raise UnreadableRaster(
                f"PROBS {self._path} is damaged: {error}.", "Make it again."
            ) from error
        valid = np.isfinite(stored).all(axis=0)
        if self._dataset.nodata is not None:
            valid &= (stored != self._dataset.nodata).all(axis=0)
        # Not in float32 until scaled: 254 steps of 1/254 must not exceed 1.
        scaled = stored * np.float64(self._dataset.scales[0]) + self._dataset.offsets[0]
        probabilities = np.where(valid, scaled, 0.0).astype(np.float32)
        low, high = float(probabilities.min()), float(probabilities.max())
        if low < -_TOLERANCE or high > 1 + _TOLERANCE:
            raise UnreadableRaster(
                f"PROBS {self._path} holds {low if low < 0 else high:g}, which is no probability.",
                "Give PROBS of a mapping run: a band a class, with numbers from 0 to 1.",
            )
        return probabilities.clip(0, 1), valid.astype(np.uint8)

    def close(self) -> None:
        """Close the file."""
        self._dataset.close()
