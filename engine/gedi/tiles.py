# SPDX-License-Identifier: GPL-3.0-or-later
"""Terrain and land cover of a window, from as many tiles as it touches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling
from rasterio.warp import transform_bounds

from ..contract.errors import UnreadableAsset
from ..core.catalogue_item import CatalogueItem
from ..core.grid import Grid
from .sources import DEM_GAP, Sources
from .terrain import slope_of
from .window import CENTRE

# Neighbouring pixels that bilinear interpolation reads, degrees: the widest of the DEM's columns.
_REACH_DEGREES = 0.003
_NEW_WORLDCOVER = 2021


class Unusable(Exception):
    """The footprint cannot be used with this scene, or (``final``) with none."""

    def __init__(self, reason: str, numbers: Dict[str, Any], final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.numbers, self.final = reason, numbers, final


@dataclass(frozen=True)
class Limits:
    """What makes a footprint unusable besides clouds.

    Args:
        max_slope: Most slope in the window's centre, in ``slope_unit``.
        slope_unit: ``degrees`` or ``percent``.
        days, max_cloud: What scenes were looked for, for the log.
    """

    max_slope: float
    slope_unit: str
    days: int
    max_cloud: float


class Tiles:
    """Reads DEM and WorldCover windows.

    Args:
        sources: Open files.
        dem: DEM tiles near the footprints.
        worldcover: WorldCover tiles near them, of both years.
        limits: What makes a footprint unusable.
    """

    def __init__(
        self,
        sources: Sources,
        dem: Sequence[CatalogueItem],
        worldcover: Sequence[CatalogueItem],
        limits: Limits,
    ) -> None:
        self._sources, self._limits = sources, limits
        self._dem, self._worldcover = dem, worldcover

    def terrain(self, grid: Grid) -> Tuple[npt.NDArray[np.float32], str]:
        """``(2, 32, 32)`` float32 altitude and slope, and the tiles they come from."""
        limits = self._limits
        tiles = _over(self._dem, _lonlat_bounds(grid))
        altitude, names = self._read(tiles, "DEM", grid, Resampling.bilinear, DEM_GAP)
        if altitude is None or (altitude == DEM_GAP).any():
            raise Unusable("no dem", {"tiles": names}, final=True)
        altitude = altitude.astype(np.float32)
        slope = slope_of(altitude, limits.slope_unit)
        steepest = float(slope[CENTRE, CENTRE].max())
        if steepest > limits.max_slope:
            numbers = {"slope": round(steepest, 2), "limit": limits.max_slope}
            raise Unusable("slope", {**numbers, "unit": limits.slope_unit}, final=True)
        return np.stack([altitude, slope]), names

    def cover(self, grid: Grid, year: int) -> Tuple[npt.NDArray[np.uint8], str]:
        """``(32, 32)`` uint8 land cover, and the tiles it comes from."""
        wanted = min(max(year, _NEW_WORLDCOVER - 1), _NEW_WORLDCOVER)
        of_year = [item for item in self._worldcover if item.time[:4] == str(wanted)]
        tiles = _over(of_year, _lonlat_bounds(grid))
        cover, names = self._read(tiles, "MAP", grid, Resampling.nearest, 0)
        if cover is None or not cover[CENTRE, CENTRE].all():
            raise Unusable("no worldcover", {"year": wanted, "tiles": names}, final=True)
        return cover, names

    def _read(
        self,
        tiles: Sequence[CatalogueItem],
        band: str,
        grid: Grid,
        how: Resampling,
        nodata: float,
    ) -> Tuple[Optional[npt.NDArray[Any]], str]:
        names = ";".join(tile.id for tile in tiles)
        if not tiles:
            return None, names
        hrefs = [tile.assets[band].href for tile in tiles if band in tile.assets]
        if len(hrefs) < len(tiles):
            raise UnreadableAsset(f"{names} lack {band}.", "Check the catalogue's assets.")
        return self._sources.read(hrefs, tiles[0].signing, grid, how, nodata), names


@lru_cache(maxsize=8)  # asked for each source of a window
def _lonlat_bounds(grid: Grid) -> Tuple[float, float, float, float]:
    west, south, east, north = transform_bounds(grid.crs, "OGC:CRS84", *grid.bounds)
    return (
        west - _REACH_DEGREES,
        south - _REACH_DEGREES,
        east + _REACH_DEGREES,
        north + _REACH_DEGREES,
    )


def _over(
    tiles: Sequence[CatalogueItem], box: Tuple[float, float, float, float]
) -> List[CatalogueItem]:
    """The tiles that touch a box, by name."""
    west, south, east, north = box
    near = [
        tile
        for tile in tiles
        if tile.bbox[0] < east
        and tile.bbox[2] > west
        and tile.bbox[1] < north
        and tile.bbox[3] > south
    ]
    return sorted(near, key=lambda tile: tile.id)
