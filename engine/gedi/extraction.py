# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows of every source around footprints, scene by scene; and why some have none."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling
from rasterio.warp import transform

from ..contract.errors import UnreadableAsset
from ..core.catalogue_item import Box, CatalogueItem
from ..core.grid import Grid
from .kept import sources_of
from .layout import S2_BANDS, Sample
from .offset import with_offset
from .scl import fault_of, statistics
from .sources import Sign
from .tiles import Tiles, Unusable
from .window import biomass_rasters, footprint_window, lonlat_boxes, scene_grid

if TYPE_CHECKING:
    from .batch import BatchTask

_GAPS = 0.05


@dataclass(frozen=True)
class Rejection:
    """Why a footprint has no window.

    Args:
        place: Its position in the batch's table.
        reason: The reason that is counted.
        numbers: What was found and what is allowed.
        tried: What was wrong with each scene.
        fault: Whether a file could not be read, so that another run may succeed.
    """

    place: int
    reason: str
    numbers: Dict[str, Any]
    tried: List[Dict[str, Any]]
    fault: bool = False


@dataclass
class _Trials:
    """What has become of a footprint so far."""

    next: int = 0
    tried: List[Dict[str, Any]] = field(default_factory=list)
    fault: bool = False


@dataclass(frozen=True)
class _Spot:
    """A footprint in a scene: metres in its zone, and its window in the scene and in degrees."""

    place: int
    x: float
    y: float
    grid: Grid
    box: Box


class Extractor:
    """Extracts the footprints of one batch; for one thread.

    Args:
        task: The batch.
        sign: Gives the address under which an asset can be read.
    """

    def __init__(self, task: BatchTask, sign: Sign) -> None:
        self._task, self._table = task, task.table
        self._sources = sources_of(task.run, sign)
        self._opened = self._sources.opened
        self._tiles = Tiles(self._sources, task.dem, task.worldcover, task.limits)
        self._state = [_Trials() for _ in range(len(task.table))]
        self._samples: Dict[int, Sample] = {}
        self._places: Dict[int, _Spot] = {}
        self._rejected: Dict[int, Rejection] = {}

    def run(self) -> Tuple[List[Sample], List[Rejection]]:
        """Try each footprint's scenes in order, a round for all first scenes, then the second."""
        waiting = list(range(len(self._table)))
        while waiting:
            again: List[int] = []
            for scene, places in self._by_scene(waiting).items():
                again += self._try_scene(self._task.scenes[scene], places)
            waiting = sorted(again)
        self._add_biomass()
        samples = [self._samples[i] for i in sorted(self._samples)]
        return samples, [self._rejected[i] for i in sorted(self._rejected)]

    @property
    def opened(self) -> int:
        """How often a file was opened for this batch."""
        return self._sources.opened - self._opened

    def _add_biomass(self) -> None:
        spots = [self._places[i] for i in self._samples]
        agbd = self._table["agbd"][np.array(list(self._samples), np.int64)].astype(np.float32)
        rasters = biomass_rasters([(spot.grid, spot.x, spot.y) for spot in spots], agbd)
        for sample, raster in zip(self._samples.values(), rasters):
            sample.values["AGBD Raster"] = raster[None]

    def _by_scene(self, waiting: Sequence[int]) -> Dict[str, List[int]]:
        found: Dict[str, List[int]] = {}
        for place in waiting:
            state, names = self._state[place], self._task.candidates[place]
            if state.next < len(names):
                found.setdefault(names[state.next], []).append(place)
            else:
                self._give_up(place)
        return dict(sorted(found.items()))

    def _give_up(self, place: int) -> None:
        state, limits = self._state[place], self._task.limits
        if state.tried:
            best = state.tried[0]
            numbers = {k: v for k, v in best.items() if k not in ("scene", "reason")}
            reason = best["reason"]
        else:
            reason = "no scene"
            numbers = {"days": limits.days, "max_cloud": limits.max_cloud}
        self._rejected[place] = Rejection(place, reason, numbers, state.tried, state.fault)

    def _try_scene(self, scene: CatalogueItem, places: List[int]) -> List[int]:
        """Extract what one scene shows; returns the footprints that need another."""
        again = []
        try:
            spots = self._spots(scene, places)
        except UnreadableAsset as error:
            for place in places:
                self._note(place, scene, "unreadable", {"error": error.what}, True)
            return places
        for place in places:
            try:
                self._samples[place] = self._extract(scene, spots[place])
            except Unusable as unusable:
                if unusable.final:
                    tried = self._state[place].tried
                    self._rejected[place] = Rejection(
                        place, unusable.reason, unusable.numbers, tried
                    )
                    continue
                self._note(place, scene, unusable.reason, unusable.numbers, False)
                again.append(place)
            except UnreadableAsset as error:
                self._note(place, scene, "unreadable", {"error": error.what}, True)
                again.append(place)
        self._sources.forget([asset.href for asset in scene.assets.values()])
        return again

    def _note(
        self, place: int, scene: CatalogueItem, reason: str, numbers: Dict[str, Any], fault: bool
    ) -> None:
        state = self._state[place]
        state.tried.append({"scene": scene.id, "reason": reason, **numbers})
        state.next, state.fault = state.next + 1, state.fault or fault

    def _spots(self, scene: CatalogueItem, places: Sequence[int]) -> Dict[int, Optional[_Spot]]:
        """Where footprints lie in a scene; None where its edge cuts the window."""
        missing = [name for name in ("SCL", *S2_BANDS) if name not in scene.assets]
        if missing:
            raise UnreadableAsset(
                f"Scene {scene.id} lacks {', '.join(missing)}.", "Get the whole product."
            )
        grid = scene_grid(self._sources.grid(scene.assets["SCL"].href, scene.signing))
        lon = self._table["lon_lowestmode"][list(places)]
        lat = self._table["lat_lowestmode"][list(places)]
        xs, ys = transform("OGC:CRS84", grid.crs, lon, lat)
        found: Dict[int, Optional[_Spot]] = dict.fromkeys(places)
        windows = [footprint_window(grid, x, y) for x, y in zip(xs, ys)]
        whole = [i for i, window in enumerate(windows) if window is not None]
        grids = [grid.crop(window) for window in windows if window is not None]
        for i, part, box in zip(whole, grids, lonlat_boxes(grids)):
            found[places[i]] = _Spot(places[i], xs[i], ys[i], part, box)
        return found

    def _extract(self, scene: CatalogueItem, spot: Optional[_Spot]) -> Sample:
        if spot is None:
            raise Unusable("scene edge", {})
        scl = self._classes(scene, spot.grid)
        fault = fault_of(scl)
        if fault:
            raise Unusable(*fault)
        year = int(str(self._table["acquisition_time"][spot.place])[:4])
        dem, dem_names = self._tiles.terrain(spot.grid, spot.box)
        cover, cover_names = self._tiles.cover(spot.grid, spot.box, year)
        bands = self._bands(scene, spot.grid)
        gaps = float((bands == 0).all(axis=0).mean())
        if gaps > _GAPS:
            raise Unusable("no data", {"share": round(gaps, 4), "limit": _GAPS})
        self._places[spot.place] = spot
        return self._sample(
            spot,
            {
                "Sentinel-2 L2A": np.concatenate([scl[None], bands], dtype=np.uint16),
                "WorldCover": cover[None],
                "CopDEM": dem,
                "Sentinel-2 Product Name": _text(scene.product),
                "WorldCover Tile Name": _text(cover_names),
                "CopDEM Tile Name": _text(dem_names),
                "S2 SCL Stats": np.array(statistics(scl), object),
            },
        )

    def _sample(self, spot: _Spot, values: Dict[str, npt.NDArray[Any]]) -> Sample:
        table, i = self._table, spot.place
        values.update(
            {
                "Transforms": np.array([*spot.grid.transform[:6], 0, 0, 1], np.float64),
                "CRS": _text(spot.grid.crs),
                "GEDI Product Name": _text(str(table["gedi_filename"][i])),
                "GEDI Acquisition Time": _text(str(table["acquisition_time"][i])),
                "AGBD Values": table["agbd"][i : i + 1],
                "AGBD Standard Error": table["agbd_se"][i : i + 1],
                "GEDI Shot Number": table["shot_number"][i : i + 1],
                "GEDI Delta Time": table["delta_time"][i : i + 1],
                "GEDI Lat Lon": np.array(
                    [table["lat_lowestmode"][i], table["lon_lowestmode"][i]], np.float64
                ),
            }
        )
        return Sample(values)

    def _classes(self, scene: CatalogueItem, grid: Grid) -> npt.NDArray[Any]:
        """``(32, 32)`` scene classification."""
        asset = scene.assets["SCL"]
        return self._sources.read((asset.href,), scene.signing, grid, Resampling.nearest, 0)

    def _bands(self, scene: CatalogueItem, grid: Grid) -> npt.NDArray[Any]:
        """``(11, 32, 32)`` DN with the baseline's offset applied, 0 for no data."""
        assets = [scene.assets[name] for name in S2_BANDS]
        pixels = self._sources.stack([a.href for a in assets], scene.signing, grid, 0)
        offsets = np.array([asset.offset for asset in assets], np.int32)[:, None, None]
        return with_offset(pixels, offsets) if offsets.any() else pixels


def _text(value: str) -> npt.NDArray[Any]:
    return np.array([value], object)
