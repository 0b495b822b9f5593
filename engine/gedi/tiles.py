# SPDX-License-Identifier: GPL-3.0-or-later
"""Terrain and land cover of a window, from as many tiles as it touches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling

from ..contract.errors import UnreadableAsset
from ..core.catalogue_item import Box, CatalogueItem
from ..core.grid import Grid
from .side_by_side import DEM_GAP
from .sources import Sources
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

    def terrain(self, grid: Grid, box: Box) -> Tuple[npt.NDArray[np.float32], str]:
        """Altitude and slope.

        Args:
            grid: The window's grid.
            box: (west, south, east, north) of the window, degrees.

        Returns:
            ``(2, 32, 32)`` float32, and the tiles they come from.

        Raises:
            Unusable: The DEM has gaps there, or the footprint lies too steep.
        """
        limits = self._limits
        tiles = _over(self._dem, box)
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

    def cover(self, grid: Grid, box: Box, year: int) -> Tuple[npt.NDArray[np.uint8], str]:
        """``(32, 32)`` uint8 land cover, and the tiles it comes from; ``box`` as of ``terrain``.

        Raises:
            Unusable: There is none at the footprint.
        """
        wanted = min(max(year, _NEW_WORLDCOVER - 1), _NEW_WORLDCOVER)
        of_year = [item for item in self._worldcover if item.time[:4] == str(wanted)]
        tiles = _over(of_year, box)
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


def _over(tiles: Sequence[CatalogueItem], box: Box) -> List[CatalogueItem]:
    """The tiles that a window in a box may be interpolated from, by name."""
    west, south = box[0] - _REACH_DEGREES, box[1] - _REACH_DEGREES
    east, north = box[2] + _REACH_DEGREES, box[3] + _REACH_DEGREES
    near = [
        tile
        for tile in tiles
        if tile.bbox[0] < east
        and tile.bbox[2] > west
        and tile.bbox[1] < north
        and tile.bbox[3] > south
    ]
    return sorted(near, key=lambda tile: tile.id)
