# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the user wants a map: an extent, and a mask of polygons or pixels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import CRSError, RasterioError
from rasterio.features import bounds as geometry_bounds
from rasterio.features import geometry_mask
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds, transform_geom
from rasterio.windows import Window as RasterioWindow

from ..contract.errors import EmptyIntersection, InvalidRequest, UnreadableRaster
from ..core.grid import Grid
from ..core.window import Window

Extent = Tuple[float, float, float, float]
_EDGE_POINTS = 21


def window_of_extent(grid: Grid, extent: Optional[Extent], crs: str) -> Window:
    """The pixels of ``grid`` that touch an extent; all for None.

    Args:
        grid: The scene's grid.
        extent: (xmin, ymin, xmax, ymax) in ``crs``.
        crs: Authority code or WKT; empty for the grid's own.

    Raises:
        EmptyIntersection: They have no pixel in common.
        InvalidRequest: The CRS is none.
    """
    if extent is None:
        return grid.window
    xmin, ymin, xmax, ymax = _in_grid_crs(extent, crs, grid)
    window = grid.window_around([(xmin, ymin), (xmin, ymax), (xmax, ymin), (xmax, ymax)])
    if window.empty:
        raise EmptyIntersection(
            f"EXTENT {extent} and the raster, which covers {_rounded(grid.bounds)}, do not meet.",
            "Give an extent inside the raster, or none.",
        )
    return window


def _in_grid_crs(extent: Extent, crs: str, grid: Grid) -> Extent:
    try:
        source = CRS.from_user_input(crs) if crs else None
    except (CRSError, ValueError) as error:
        raise InvalidRequest(
            f"The extent's CRS {crs!r} is unknown.", "Give a code such as EPSG:4326."
        ) from error
    if source is None or not grid.crs or source == CRS.from_user_input(grid.crs):
        return extent
    try:
        moved: Extent = transform_bounds(source, grid.crs, *extent, densify_pts=_EDGE_POINTS)
    except CRSError as error:
        raise EmptyIntersection(
            f"EXTENT {extent} in {crs} lies outside what the raster's CRS can hold.",
            "Give an extent inside the raster, or none.",
        ) from error
    return moved


def _rounded(bounds: Extent) -> Tuple[float, ...]:
    return tuple(round(value, 6) for value in bounds)


class PolygonMask:
    """Pixels whose centre lies in a polygon of a GeoJSON file.

    Args:
        path: A FeatureCollection; its CRS is EPSG:4326 unless a ``crs`` member says otherwise; the
            grid's if that says that nothing is known.
        grid: The scene's grid.

    Raises:
        InvalidRequest: The file is no GeoJSON with polygons.
    """

    def __init__(self, path: Path, grid: Grid) -> None:
        self._grid = grid
        geometries, crs = _read_polygons(path)
        if crs and grid.crs and CRS.from_user_input(crs) != CRS.from_user_input(grid.crs):
            geometries = [transform_geom(crs, grid.crs, geometry) for geometry in geometries]
        self._windows = [(_touched(geometry, grid), geometry) for geometry in geometries]

    def __call__(self, window: Window) -> NDArray[np.bool_]:
        """(h, w) bool for a window of the grid."""
        near = [geometry for box, geometry in self._windows if not box.intersect(window).empty]
        shape = (window.height, window.width)
        if not near:
            return np.zeros(shape, np.bool_)
        transform = self._grid.crop(window).transform
        inside: NDArray[np.bool_] = geometry_mask(near, shape, transform, invert=True)
        return inside

    def close(self) -> None:
        """Nothing is open."""


class RasterMask:
    """Pixels of a raster, brought to the scene's grid, that are neither 0 nor nodata.

    Args:
        path: The raster; band 1 counts.
        grid: The scene's grid.

    Raises:
        UnreadableRaster: It cannot be opened.
    """

    def __init__(self, path: str, grid: Grid) -> None:
        try:
            self._dataset = rasterio.open(path)
        except RasterioError as error:
            raise UnreadableRaster(
                f"MASK {path} cannot be opened: {error}.", "Give a raster or GeoJSON."
            ) from error
        has_alpha = ColorInterp.alpha in self._dataset.colorinterp  # a second one is refused
        self._view = WarpedVRT(
            self._dataset, crs=grid.crs or None, transform=grid.transform, width=grid.width,
            height=grid.height, resampling=Resampling.nearest,
            add_alpha=self._dataset.nodata is None and not has_alpha,
        )  # fmt: skip

    def __call__(self, window: Window) -> NDArray[np.bool_]:
        """(h, w) bool for a window of the grid.

        Raises:
            UnreadableRaster: It is damaged there.
        """
        place = RasterioWindow(window.col, window.row, window.width, window.height)
        try:
            values = self._view.read(1, window=place)
            measured = self._view.dataset_mask(window=place) != 0
        except RasterioError as error:
            raise UnreadableRaster(
                f"MASK {self._dataset.name} is damaged: {error}.", "Make it again."
            ) from error
        wanted: NDArray[np.bool_] = measured & (values != 0) & (values == values)
        return wanted

    def close(self) -> None:
        """Close the raster."""
        self._view.close()
        self._dataset.close()


def open_mask(path: str, grid: Grid) -> Optional[PolygonMask | RasterMask]:
    """Open MASK, by its suffix; None if there is none."""
    if not path:
        return None
    if Path(path).suffix.lower() in (".geojson", ".json"):
        return PolygonMask(Path(path), grid)
    return RasterMask(path, grid)


def _read_polygons(path: Path) -> Tuple[List[Dict[str, Any]], str]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        features = content["features"]
        geometries = [f["geometry"] for f in features if f.get("geometry")]
        named = content.get("crs", {"properties": {"name": "EPSG:4326"}})
        crs = named["properties"]["name"] if named else ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidRequest(
            f"MASK {path} is no GeoJSON: {error!r}.", "Give polygons or a raster."
        ) from error
    polygons = [g for g in geometries if g.get("type") in ("Polygon", "MultiPolygon")]
    if not polygons:
        raise InvalidRequest(f"MASK {path} holds no polygons.", "Give a polygon layer or a raster.")
    return polygons, str(crs)


def _touched(geometry: Dict[str, Any], grid: Grid) -> Window:
    xmin, ymin, xmax, ymax = geometry_bounds(geometry)
    return grid.window_around([(xmin, ymin), (xmin, ymax), (xmax, ymin), (xmax, ymax)])
