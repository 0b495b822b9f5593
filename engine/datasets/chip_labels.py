# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of chips: a raster of class values, or polygons with a field that holds the class."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List, Protocol, Tuple
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.features import bounds, rasterize
from rasterio.warp import transform_geom
from rasterio.windows import Window as RasterWindow

from ..contract.errors import InvalidRequest, MissingCRS, UnreadableRaster, UnreadableVector
from ..core.classes import ClassScheme, LandCoverClass, spread_colour
from ..core.dataset_card import IGNORE
from ..core.grid import Grid
from ..core.window import Window
from .category_names import class_names
from .chip_view import on_grid, open_raster

_MOST = 254
_STRIP = 1024
Labels = npt.NDArray[np.uint8]


class LabelSource(Protocol):
    """Where class numbers of a window come from; safe to send to other processes."""

    @property
    def scheme(self) -> ClassScheme:
        """The classes."""

    def read(self, window: Window) -> Labels:
        """``(H, W)`` uint8 class numbers of a window of the grid, 255 for none."""


def open_labels(path: str, field: str, grid: Grid) -> LabelSource:
    """Find the classes of a label file.

    Args:
        path: Raster, or GeoJSON.
        field: Field of the polygons with the class; empty for a raster.
        grid: The chips' grid.

    Raises:
        InvalidRequest: The field is missing or wrong, or there are too many classes.
        UnreadableRaster, UnreadableVector: The file cannot be read.
    """
    if is_polygons(path):
        return _polygons(path, field, grid)
    if field:
        raise InvalidRequest(f"FIELD is {field!r}, but {path} is no GeoJSON.", "Leave FIELD empty.")
    return _raster(path, grid)


def is_polygons(path: str) -> bool:
    """Whether a label file is GeoJSON, by its name."""
    return Path(path).suffix.lower() in (".geojson", ".json")


@dataclass(frozen=True)
class LabelRaster:
    """Classes from a raster, brought onto the grid by nearest neighbour.

    Args:
        path: The raster.
        grid: The chips' grid.
        values: The raster value of class 0, 1, 2, ….
        scheme: The classes.
    """

    path: str
    grid: Grid
    values: Tuple[int, ...]
    scheme: ClassScheme

    def read(self, window: Window) -> Labels:
        """Class numbers of a window."""
        with on_grid(self.path, self.grid, Resampling.nearest) as source:
            data = _read(source, window, self.path)
        classes = np.full(data.shape, IGNORE, np.uint8)
        for number, value in enumerate(self.values):
            classes[data == value] = number
        return classes


@dataclass(frozen=True)
class LabelPolygons:
    """Classes from polygons; where they overlap, the later one counts.

    Args:
        path: GeoJSON.
        field: Its field with the class.
        grid: The chips' grid.
        scheme: The classes; their names are the field's values.
        run: A name that no other run has: files may change between runs.
    """

    path: str
    field: str
    grid: Grid
    scheme: ClassScheme
    run: str

    def read(self, window: Window) -> Labels:
        """Class numbers of a window: of the polygon over each pixel's centre."""
        place = self.grid.crop(window)
        west, south, east, north = place.bounds
        shapes = [
            (shape, number)
            for shape, number, (left, bottom, right, top) in _shapes(self)
            if left < east and right > west and bottom < north and top > south
        ]
        burnt: Labels = rasterize(
            shapes,
            (window.height, window.width),
            fill=IGNORE,
            transform=place.transform,
            dtype="uint8",
        )
        return burnt


def _raster(path: str, grid: Grid) -> LabelRaster:
    values: set[int] = set()
    colours: Dict[int, Any] = {}
    with open_raster(path) as original:
        if original.count and original.colorinterp[0].name == "palette":
            colours = original.colormap(1)
    with on_grid(path, grid, Resampling.nearest) as source:
        for row in range(0, grid.height, _STRIP):
            strip = Window(0, row, grid.width, min(_STRIP, grid.height - row))
            found = np.unique(_read(source, strip, path).compressed())
            found = found[~np.isnan(found)]  # a gap, with or without a nodata value
            if not np.array_equal(found, np.rint(found)):
                raise InvalidRequest(
                    f"The label raster {path} holds {found[found != np.rint(found)][0]}.",
                    "Class values must be whole numbers.",
                )
            values.update(int(value) for value in found)
    ordered = tuple(sorted(values))
    _check_count(path, [str(value) for value in ordered])
    names = class_names(path, ordered)
    classes = tuple(
        LandCoverClass(i, names[i], tuple(colours[v][:3]) if v in colours else spread_colour(i))
        for i, v in enumerate(ordered)
    )
    return LabelRaster(path, grid, ordered, ClassScheme(classes))


def _polygons(path: str, field: str, grid: Grid) -> LabelPolygons:
    if not field:
        raise InvalidRequest(
            "The labels are polygons, and FIELD is empty.", "Name the field that holds the class."
        )
    features = _features(path)
    names = sorted({name for item in features for name in item["properties"]})
    if field not in names:
        raise InvalidRequest(
            f"FIELD is {field!r}, which the polygons of {path} do not have.",
            f"Their fields are {', '.join(names) or 'none'}.",
        )
    told = (item["properties"].get(field) for item in features)
    found = {_class_name(value): value for value in told if value is not None}
    try:
        values = sorted(found, key=lambda name: found[name])
    except TypeError:  # numbers and texts mixed
        values = sorted(found)
    _check_count(path, values)
    if not grid.crs:
        raise MissingCRS("The first raster has no CRS.", "Polygons cannot be placed on it.")
    return LabelPolygons(path, field, grid, ClassScheme.of_names(values), uuid4().hex)


def _check_count(path: str, values: List[str]) -> None:
    if not values:
        raise InvalidRequest(f"{path} has no class.", "Give labels that overlap the raster.")
    if len(values) > _MOST:
        raise InvalidRequest(
            f"{path} has {len(values)} classes, such as {', '.join(values[:3])}.",
            f"At most {_MOST} can be stored; choose a field or raster of classes.",
        )


@lru_cache(maxsize=2)
def _shapes(source: LabelPolygons) -> Tuple[Any, ...]:
    """(geometry, class, bounds) of each polygon, in the grid's CRS; read once a process and run."""
    text = Path(source.path).read_text(encoding="utf-8")
    content = json.loads(text)
    crs = "OGC:CRS84"  # plain GeoJSON is in longitude and latitude
    if "crs" in content:  # and "crs": null says that nothing is known
        crs = (content["crs"] or {}).get("properties", {}).get("name", source.grid.crs)
    number = {name: i for i, name in enumerate(source.scheme.names)}
    shapes = []
    for item in _features(source.path):
        value = item["properties"].get(source.field)
        if value is None:
            continue
        shape = transform_geom(crs, source.grid.crs, item["geometry"])
        shapes.append((shape, number[_class_name(value)], bounds(shape)))
    return tuple(shapes)


def _class_name(value: Any) -> str:
    """What a class is called; 1.0 as 1, as some programs write one and some the other."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)


def _features(path: str) -> List[Dict[str, Any]]:
    """``geometry`` and ``properties`` of each polygon that has corners."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        return [
            {"geometry": shape, "properties": dict(item.get("properties") or {})}
            for item in content["features"]
            if (shape := item.get("geometry"))
            and shape["type"] in ("Polygon", "MultiPolygon")
            and any(shape["coordinates"])
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableVector(
            f"{path} cannot be read as GeoJSON: {error!r}.", "Give a feature collection."
        ) from error


def _read(source: Any, window: Window, path: str) -> Any:
    place = RasterWindow(window.col, window.row, window.width, window.height)
    try:
        return source.read(1, window=place, masked=True)
    except RasterioError as error:
        raise UnreadableRaster(f"{path} cannot be read: {error}.", "Get it again.") from error
