# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings bands onto the reference grid, with GDAL's warper where they do not lie on it."""

from __future__ import annotations

import math
import re
from contextlib import ExitStack
from typing import Any, Optional, Protocol, Tuple

import numpy as np
import rasterio
from rasterio import Affine
from rasterio._env import set_gdal_config
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from ..contract.errors import EmptyIntersection, GridMismatch
from ..contract.events import Emit, Message
from ..core.grid import Grid
from ..core.window import Window
from .channels import Channels
from .doubled import DoubledReader
from .ground import pixel_metres
from .kept import KeptPixels, decoded_whole, kept_pixels
from .scene import Array
from .source import GDAL_ERRORS
from .view import mask_view, pixel_view

_NEAR_PX = 1e-3  # grids closer than this, everywhere, are one grid
# Of the way from one CRS to the other, which GDAL interpolates within a block. Between grids of one
# CRS the way is affine, and interpolating it is exact.
_TOLERANCE_PX = 0.125
# By default GDAL warps a large window in one go: its interpolation, and so the numbers, then depend
# on the window. In blocks that are fixed to the grid they do not, and overlaps come from the cache.
_BLOCKWISE = ("GDAL_VRT_WARP_USE_DATASET_RASTERIO", "NO")


class Reader(Protocol):
    """Reads some of the model's bands on the reference grid."""

    channels: Channels
    has_mask: bool
    block: Tuple[int, int]
    kept: Optional[KeptPixels]
    """What keeps the pixels of the windows to come; None where GDAL's cache does well enough."""

    def needs(self, window: Window) -> Window:
        """The pixels of the file that a window of the grid is made of."""

    def read(self, window: Window, out: Array) -> Optional[Array]:
        """Read into the slots of ``out``; return ``(h, w)`` bool of what was measured, or None."""

    def close(self) -> None:
        """Close what this reader opened itself."""


def aligned_reader(channels: Channels, grid: Grid, resampling: str, emit: Emit) -> Reader:
    """A reader of ``channels`` on ``grid``, warping only if need be.

    Raises:
        GridMismatch: The CRSs have no way from one to the other.
        EmptyIntersection: The file lies elsewhere.
    """
    if same_grid(channels.source.grid, grid):
        return NativeReader(channels)
    if DoubledReader.fits(channels, resampling) and _twice(channels.source.grid, grid):
        return DoubledReader(channels, resampling)
    return WarpedReader(channels, grid, resampling, emit)


def same_grid(one: Grid, other: Grid) -> bool:
    """Whether all pixels coincide."""
    if (one.width, one.height) != (other.width, other.height):
        return False
    across = ~other.transform * one.transform
    corners = [(0, 0), (one.width, 0), (0, one.height), (one.width, one.height)]
    near = all(math.dist(across * corner, corner) < _NEAR_PX for corner in corners)
    return near and same_crs(one.crs, other.crs)


def _twice(coarse: Grid, grid: Grid) -> bool:
    """Whether each pixel of ``coarse`` is four of ``grid``, from the same corner on."""
    fine = Grid(
        min(2 * coarse.width, grid.width),
        min(2 * coarse.height, grid.height),
        coarse.transform @ Affine.scale(0.5),
        coarse.crs,
    )
    return same_grid(fine, grid)


def same_crs(one: str, other: str) -> bool:
    """Whether two WKTs mean one CRS."""
    return one == other or bool(CRS.from_wkt(one) == CRS.from_wkt(other))


class NativeReader:
    """Bands that lie on the reference grid: one read a window, straight into place."""

    def __init__(self, channels: Channels) -> None:
        self.channels = channels
        self.has_mask = channels.masked
        self.kept = kept_pixels(channels)
        self.block = _largest_block(channels.source.dataset) if self.kept is None else (1, 1)

    def needs(self, window: Window) -> Window:
        """See ``Reader``."""
        return window

    def read(self, window: Window, out: Array) -> Optional[Array]:
        """See ``Reader``."""
        dataset, indexes = self.channels.source.dataset, self.channels.indexes
        if self.kept is not None:
            out[list(self.channels.slots)] = self.kept.read(window)
            return None
        self.channels.read_from(dataset, indexes, window, out)
        return self.channels.read_mask(dataset, indexes[0], window) if self.has_mask else None

    def close(self) -> None:
        """Nothing: the scene closes its files."""


class WarpedReader:
    """Bands of another grid, resampled; what was measured is told by nearest neighbour.

    Args:
        channels: The bands.
        grid: The scene's.
        resampling: A name of GDAL's; pixels that coincide are taken as they are.
        emit: Takes warnings.

    Raises:
        EmptyIntersection: The two grids do not overlap.
    """

    kept: Optional[KeptPixels] = None

    def __init__(self, channels: Channels, grid: Grid, resampling: str, emit: Emit) -> None:
        self.channels = channels
        source = channels.source
        bounds = _bounds_on(grid, source.grid, source.path, emit)
        if not _overlap(bounds, grid.bounds):
            raise EmptyIntersection(
                f"{source.path} does not overlap the other inputs.", "Give rasters of one place."
            )
        self.has_mask = channels.masked or (
            channels.nodata is None and not _covers(source.grid, grid)
        )
        rows, columns = _largest_block(source.dataset)
        ratio = [s / r for s, r in zip(pixel_metres(source.grid), pixel_metres(grid))]
        self.block = math.ceil(rows * ratio[1]), math.ceil(columns * ratio[0])
        with ExitStack() as opened:
            decoded = decoded_whole(channels, opened)
            self._open(decoded, grid, _method(resampling, source.grid, grid), opened)
            if decoded is not channels:  # what is left to cache is what the warper makes
                self.block = self._pixels.block_shapes[0]
            self._opened = opened.pop_all()

    def _open(self, channels: Channels, grid: Grid, method: Resampling, opened: ExitStack) -> None:
        set_gdal_config(*_BLOCKWISE)
        try:
            view = opened.enter_context(rasterio.open(pixel_view(channels), sharing=False))
            self._pixels = opened.enter_context(_warped(view, grid, method, channels.nodata))
            self._nearest, self._mask = None, None
            # GDAL leaves out the nodata of one band by its nearest pixel, but blends it away
            # where several bands each have their own: those are told by a second, nearest, warp.
            several = channels.nodata is not None and len(channels.slots) > 1
            if several and method != Resampling.nearest:
                self._nearest = opened.enter_context(
                    _warped(view, grid, Resampling.nearest, channels.nodata)
                )
            if self.has_mask:
                mask = opened.enter_context(rasterio.open(mask_view(channels), sharing=False))
                self._mask = opened.enter_context(_warped(mask, grid, Resampling.nearest, None))
        except GDAL_ERRORS as error:
            raise GridMismatch(
                f"{self.channels.source.path} cannot be brought onto the grid of the other inputs: "
                f"{error}.",
                "Reproject it first.",
            ) from error

    def needs(self, window: Window) -> Window:
        """All: GDAL's warper finds out by itself."""
        return self.channels.source.grid.window

    def read(self, window: Window, out: Array) -> Optional[Array]:
        """See ``Reader``."""
        channels = self.channels
        places = tuple(range(1, len(channels.slots) + 1))
        channels.read_from(self._pixels, places, window, out)
        if self._nearest is not None:
            stored = np.empty_like(out)
            channels.read_from(self._nearest, places, window, stored)
            for slot in channels.slots:
                out[slot][_is_nodata(stored[slot], channels.nodata)] = channels.nodata
        if self._mask is None:
            return None
        felt = np.empty((1, window.height, window.width), "uint8")
        Channels(channels.source, (0,), (1,), None, False).read_from(self._mask, (1,), window, felt)
        return np.asarray(felt[0], dtype=bool)

    def close(self) -> None:
        """Close the warps."""
        self._opened.close()


def _warped(view: Any, grid: Grid, method: Resampling, nodata: Optional[float]) -> Any:
    return WarpedVRT(
        view,
        crs=CRS.from_wkt(grid.crs),
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=method,
        src_nodata=nodata,
        nodata=nodata,
        tolerance=_TOLERANCE_PX,
        UNIFIED_SRC_NODATA="YES" if view.count == 1 else "NO",
    )


def _is_nodata(stored: Array, nodata: Optional[float]) -> Array:
    if nodata is not None and math.isnan(nodata):
        return np.isnan(stored)
    return np.asarray(stored == nodata)


def _method(resampling: str, source: Grid, grid: Grid) -> Resampling:
    """Nearest where pixels coincide but for whole steps, so that numbers stay as they are."""
    across = ~grid.transform * source.transform
    shift = across.c, across.f
    turned = math.dist((across.a, across.b, across.d, across.e), (1, 0, 0, 1)) * max(
        source.width, source.height
    )
    aligned = turned < _NEAR_PX and all(abs(s - round(s)) < _NEAR_PX for s in shift)
    if aligned and same_crs(source.crs, grid.crs):
        return Resampling.nearest
    return Resampling[resampling]


def _covers(source: Grid, grid: Grid) -> bool:
    """Whether the centres of all of the grid's pixels lie in the source; False if unsure."""
    if not same_crs(source.crs, grid.crs):
        return False
    across = ~source.transform * grid.transform
    centres = [(c, r) for c in (0.5, grid.width - 0.5) for r in (0.5, grid.height - 0.5)]
    inside = [across * centre for centre in centres]
    return all(
        _NEAR_PX <= c <= source.width - _NEAR_PX and _NEAR_PX <= r <= source.height - _NEAR_PX
        for c, r in inside
    )


def _bounds_on(
    grid: Grid, source: Grid, path: str, emit: Emit
) -> Tuple[float, float, float, float]:
    """Bounds of ``source`` in the CRS of ``grid``."""
    if same_crs(source.crs, grid.crs):
        return source.bounds
    here, there = CRS.from_wkt(source.crs), CRS.from_wkt(grid.crs)
    emit(Message(f"{path} is reprojected from {_named(here)} to {_named(there)}.", "warning"))
    try:
        left, bottom, right, top = transform_bounds(here, there, *source.bounds)
    except GDAL_ERRORS as error:
        raise GridMismatch(
            f"{path} is in {_named(here)}, which cannot be turned into {_named(there)}.",
            "Reproject it first.",
        ) from error
    return left, bottom, right, top


def _named(crs: CRS) -> str:
    """Its authority code, or the name it gives itself."""
    text = str(crs.to_string())
    name = re.search(r'"([^"]+)"', text)
    return text if len(text) < 20 or name is None else name[1]


def _overlap(one: Tuple[float, ...], other: Tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _largest_block(dataset: Any) -> Tuple[int, int]:
    shapes = dataset.block_shapes
    return max(rows for rows, _ in shapes), max(columns for _, columns in shapes)
