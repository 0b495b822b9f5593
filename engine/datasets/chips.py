# SPDX-License-Identifier: GPL-3.0-or-later
"""Chips: windows of any rasters with their labels, as patches of a dataset."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rasterio.windows import Window as RasterWindow

from ..contract.errors import (
    EmptyIntersection,
    InvalidRequest,
    MissingCRS,
    UnreadableRaster,
    UnusablePatch,
)
from ..core.dataset_card import IGNORE, DatasetBand
from ..core.grid import Grid
from ..core.window import Window
from .chip_labels import LabelSource
from .chip_view import measured_bands, on_grid, open_raster
from .patch import NOWHERE, DatasetPatch, Room, array_of
from .shards import Made
from .statistics import Moments

_SHARES = (("train", 0.7), ("validation", 0.15), ("test", 0.15))
_BLOCK_CHIPS = 4
_LOCAL = threading.local()
Bounds = Tuple[float, float, float, float]


@dataclass(frozen=True)
class ChipSource:
    """Rasters on one grid; safe to send to other processes.

    Args:
        paths: The rasters; the first sets the grid.
        grid: The grid.
        epsg: Its EPSG code; 0 if it has none.
        bands: The card's bands, arrays one after the other.
        places: For each of ``bands``, which raster and which of its bands, from 1.
        dtype: Stored dtype.
        resampling: How other rasters come onto the grid.
        labels: Where class numbers come from.
        run: A name that no other run has: files may change between runs.
    """

    paths: Tuple[str, ...]
    grid: Grid
    epsg: int
    bands: Tuple[DatasetBand, ...]
    places: Tuple[Tuple[int, int], ...]
    dtype: str
    resampling: str
    labels: LabelSource
    run: str

    def __call__(self, item: Tuple[str, str, Window], room: Room = NOWHERE) -> Made:
        """Cut one chip.

        Args:
            item: Its id, its split, its window.
            room: Memory that its arrays could be put into; not used.

        Raises:
            UnreadableRaster: Pixels cannot be read.
            UnusablePatch: No pixel has a measurement.
        """
        name, split, window = item
        planar = np.stack([self._read(place, window) for place in self.places])
        label = self.labels.read(window)
        # A pixel without all its measurements has nothing to learn from.
        gap = ~np.isfinite(planar).all(axis=0)
        if gap.all():
            raise UnusablePatch(f"Chip {name} has no pixel with data.", "Nothing is lost.")
        label[gap] = IGNORE
        scale = np.array([band.scale for band in self.bands], np.float32)[:, None, None]
        offset = np.array([band.offset for band in self.bands], np.float32)[:, None, None]
        moments = Moments.of(planar * scale + offset)
        stored = np.nan_to_num(planar, nan=0.0, posinf=0.0, neginf=0.0).astype(self.dtype)
        arrays: Dict[str, npt.NDArray[Any]] = {}
        for array in dict.fromkeys(band.array for band in self.bands):
            channels = [i for i, band in enumerate(self.bands) if band.array == array]
            arrays[array] = np.ascontiguousarray(stored[channels].transpose(1, 2, 0))
        place = self.grid.crop(window).transform
        facts = {"split": split}
        return Made(
            DatasetPatch(name, arrays, label, None, self.epsg, tuple(place)[:6], {}, facts),
            moments,
        )

    def _read(self, place: Tuple[int, int], window: Window) -> npt.NDArray[np.float32]:
        source = _opened(self, place[0])
        try:
            data = source.read(
                place[1],
                window=RasterWindow(window.col, window.row, window.width, window.height),
                masked=True,
            )
        except RasterioError as error:
            raise UnreadableRaster(
                f"{self.paths[place[0]]} cannot be read at {window}: {error}.", "Get it again."
            ) from error
        values: npt.NDArray[np.float32] = data.astype(np.float32).filled(np.nan)
        return values


def read_grid(path: str) -> Tuple[Grid, int]:
    """The grid of the first raster, and its EPSG code or 0.

    Raises:
        UnreadableRaster: It cannot be opened.
    """
    with open_raster(path) as source:
        crs = source.crs
        grid = Grid(source.width, source.height, source.transform, crs.to_wkt() if crs else "")
        return grid, (crs.to_epsg() or 0) if crs else 0


def find_bands(
    paths: Sequence[str], wanted: Sequence[str]
) -> Tuple[Tuple[DatasetBand, ...], Tuple[Tuple[int, int], ...], str]:
    """Name the rasters' bands.

    Args:
        paths: The rasters.
        wanted: Names in the order of the rasters' bands; empty to take their descriptions.

    Returns:
        The card's bands, their places, and the dtype that holds all of them.

    Raises:
        InvalidRequest: As many names were not given as there are bands, or one twice.
    """
    names: List[str] = []
    found: List[Tuple[Tuple[int, int], float, float, str]] = []
    for number, path in enumerate(paths):
        with open_raster(path) as source:
            for band in measured_bands(source):
                names.append(source.descriptions[band - 1] or f"band{len(names) + 1}")
                meaning = source.scales[band - 1], source.offsets[band - 1]
                found.append(((number, band), *meaning, source.dtypes[band - 1]))
    names = list(wanted) or names
    if len(names) != len(found) or len(set(names)) < len(names):
        raise InvalidRequest(
            f"The rasters have {len(found)} bands; their names are {', '.join(names)}.",
            "Give BANDS with one name of its own for each band.",
        )
    arrays = list(dict.fromkeys(map(array_of, names)))
    order = sorted(range(len(names)), key=lambda i: arrays.index(array_of(names[i])))
    bands = tuple(
        DatasetBand(names[i], array_of(names[i]), _unit(found[i]), found[i][1], found[i][2])
        for i in order
    )
    return bands, tuple(found[i][0] for i in order), _dtype({item[3] for item in found})


def chip_windows(grid: Grid, size: int, stride: int, box: Optional[Bounds]) -> List[Window]:
    """Whole windows of a grid, counted from its upper left corner whatever the box.

    Args:
        grid: The grid.
        size: Side of a chip, px.
        stride: Step, px.
        box: (xmin, ymin, xmax, ymax) that chips must lie in, CRS units; None for the grid.

    Raises:
        EmptyIntersection: The box lies elsewhere, or not one chip fits.
    """
    inside = grid.window
    if box:
        corners = [(box[i], box[j]) for i in (0, 2) for j in (1, 3)]
        inside = grid.window_around(corners)
        if inside.empty:
            raise EmptyIntersection(
                f"EXTENT {box} does not touch the first raster, {grid.bounds}.",
                "Draw it over the raster, or leave it empty.",
            )
    first_col, first_row = -(-inside.col // stride) * stride, -(-inside.row // stride) * stride
    windows = [
        Window(col, row, size, size)
        for row in range(first_row, inside.bottom - size + 1, stride)
        for col in range(first_col, inside.right - size + 1, stride)
    ]
    if not windows:
        raise EmptyIntersection(
            f"No chip of {size} px fits into {inside.width} x {inside.height} px.",
            "Give a smaller CHIP_SIZE, or a larger EXTENT.",
        )
    return windows


def to_grid(box: Optional[Bounds], crs: str, grid: Grid) -> Optional[Bounds]:
    """An extent in the grid's CRS.

    Raises:
        MissingCRS: The grid has no CRS, but the extent has.
    """
    if box is None or not crs:
        return box
    if not grid.crs:
        raise MissingCRS("The first raster has no CRS.", "Assign one, or leave EXTENT empty.")
    moved: Bounds = transform_bounds(crs, grid.crs, *box)
    return moved


def split_chips(windows: Sequence[Window], how: str, rng: np.random.Generator) -> List[str]:
    """A split for each chip; empty text for one across a block's border.

    Args:
        windows: The chips.
        how: ``blocks`` of 4 x 4 chips, ``random``, or ``none`` (all train).
        rng: Source of chance.
    """
    if how == "none":
        return ["train"] * len(windows)
    if how == "random":
        return _deal([(i, i) for i in range(len(windows))], rng)
    side = _BLOCK_CHIPS * windows[0].width
    blocks = [(w.col // side, w.row // side) for w in windows]
    ends = [((w.right - 1) // side, (w.bottom - 1) // side) for w in windows]
    dealt = _deal(blocks, rng)
    return [split if a == b else "" for split, a, b in zip(dealt, blocks, ends)]


def _deal(groups: Sequence[Tuple[int, int]], rng: np.random.Generator) -> List[str]:
    """Whole groups, in random order, each to the split that lacks most."""
    sizes: Dict[Tuple[int, int], int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    lack = {name: share * len(groups) for name, share in _SHARES}
    split: Dict[Tuple[int, int], str] = {}
    names = sorted(sizes)
    for i in rng.permutation(len(names)):
        name = max(lack, key=lambda key: lack[key])
        split[names[i]] = name
        lack[name] -= sizes[names[i]]
    return [split[group] for group in groups]


def _unit(found: Tuple[Any, float, float, str]) -> str:
    return "DN" if found[3].startswith(("uint", "int")) and found[1] == 1 else ""


def _dtype(dtypes: set[str]) -> str:
    if dtypes == {"uint8"}:
        return "uint8"
    return "uint16" if dtypes <= {"uint8", "uint16"} else "float32"


def _opened(chips: ChipSource, number: int) -> Any:
    """One open view a thread and raster of a run: GDAL handles are not to be shared."""
    kept: Dict[int, Any] = _LOCAL.__dict__.setdefault("open", {})
    if _LOCAL.__dict__.get("run") != chips.run:
        for view in kept.values():
            view.close()
        kept.clear()
        _LOCAL.run = chips.run
    if number not in kept:
        kept[number] = on_grid(chips.paths[number], chips.grid, Resampling[chips.resampling])
    return kept[number]
