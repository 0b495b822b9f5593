# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the values that take more than one call: layers, rectangles, lists, choices."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Optional, Tuple

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .addresses import is_address, several
from .translation import tr

if TYPE_CHECKING:
    from .parameters import Reading

_AUTHORITIES = ("EPSG:", "ESRI:", "OGC:", "IAU")
Box = Tuple[float, float, float, float]


def read_rasters(reading: Reading, key: str) -> Tuple[str, ...]:
    """Paths of raster layers, and addresses, in the order given.

    Raises:
        QgsProcessingException: One of them is no raster that can be opened.
    """
    wanted = several(reading.values.get(key))
    if any(map(is_address, wanted)):  # its parameter has let it pass
        return tuple(path for item in wanted for path in _one_of(reading, key, item))
    layers = reading.algorithm.parameterAsLayerList(reading.values, key, reading.context)
    given = len(wanted)
    if len(layers) < given or not layers:
        raise QgsProcessingException(
            tr(
                "{} has {} value(s), {!r}, of which {} can be opened. Give paths of rasters that "
                "GDAL reads, or raster layers of the project."
            ).format(key, given, reading.values.get(key), len(layers))
        )
    return tuple(_raster(reading, key, layer) for layer in layers)


def _one_of(reading: Reading, key: str, value: object) -> Tuple[str, ...]:
    """One of several values, some of which are addresses."""
    if is_address(value):
        return (str(value),)
    values = {**reading.values, key: [value]}
    return read_rasters(dataclasses.replace(reading, values=values), key)


def read_raster(reading: Reading, key: str) -> str:
    """Path of one raster layer.

    Raises:
        QgsProcessingException: It is no raster that can be opened.
    """
    layer = reading.algorithm.parameterAsRasterLayer(reading.values, key, reading.context)
    if layer is None:
        raise QgsProcessingException(
            tr("{} is {!r}, which cannot be opened. Give a raster.").format(
                key, reading.values.get(key)
            )
        )
    return _raster(reading, key, layer)


def _raster(reading: Reading, key: str, layer: QgsMapLayer) -> str:
    if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
        raise QgsProcessingException(
            tr("{} is {!r}, which is no readable raster layer. Give a raster.").format(
                key, layer.name()
            )
        )
    return reading.intake.raster(layer)


def read_mask(reading: Reading, key: str) -> str:
    """Path of a mask; empty for none.

    Raises:
        QgsProcessingException: It is neither a raster nor polygons.
    """
    return _read_areas(reading, key, "")


def read_labels(reading: Reading, key: str) -> str:
    """Path of a raster, or of polygons with the attribute that FIELD names; raises likewise."""
    field = reading.algorithm.parameterAsString(reading.values, "FIELD", reading.context)
    return _read_areas(reading, key, field)


def _read_areas(reading: Reading, key: str, field: str) -> str:
    value = reading.values.get(key)
    if value in (None, ""):
        return ""
    selected = False
    values = dict(reading.values)
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        selected, values[key] = value.selectedFeaturesOnly, value.source
    layer = reading.algorithm.parameterAsLayer(values, key, reading.context)
    if isinstance(layer, QgsRasterLayer) and layer.isValid():
        return reading.intake.raster(layer)
    if isinstance(layer, QgsVectorLayer) and layer.isValid():
        return reading.intake.polygons(layer, selected, field)
    raise QgsProcessingException(
        tr("{} is {!r}, which is no readable layer. Give a raster or a polygon layer.").format(
            key, value
        )
    )


def read_extent(reading: Reading, key: str) -> Optional[Box]:
    """(xmin, ymin, xmax, ymax) in the CRS that ``read_extent_crs`` gives; None for no limit."""
    if reading.values.get(key) in (None, ""):
        return None
    box = reading.algorithm.parameterAsExtent(reading.values, key, reading.context)
    return (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())


def read_extent_crs(reading: Reading, key: str) -> str:
    """The extent's CRS; empty where it has none, which means the raster's."""
    if reading.values.get(key) in (None, ""):
        return ""
    crs = reading.algorithm.parameterAsExtentCrs(reading.values, key, reading.context)
    return spell_crs(crs)


def spell_crs(crs: QgsCoordinateReferenceSystem) -> str:
    """An authority's code where other programs know it too, else WKT; empty for no CRS."""
    if not crs.isValid():
        return ""
    code = crs.authid()
    if code.startswith(_AUTHORITIES):
        return code
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)


def read_choice(reading: Reading, key: str) -> str:
    """The string itself: QGIS would put the default for one that it does not know."""
    value = reading.values.get(key)
    if isinstance(value, str):
        return value
    return reading.algorithm.parameterAsEnumString(reading.values, key, reading.context)


def read_numbers(reading: Reading, key: str) -> Tuple[float, ...]:
    """The numbers of a comma-separated list.

    Raises:
        QgsProcessingException: One of them is no number.
    """
    try:
        return tuple(float(item) for item in read_names(reading, key))
    except ValueError as error:
        raise QgsProcessingException(
            tr("{} is {!r}. Give numbers, separated by commas.").format(
                key, reading.values.get(key)
            )
        ) from error


def read_names(reading: Reading, key: str) -> Tuple[str, ...]:
    """The parts of a comma-separated list."""
    text = reading.algorithm.parameterAsString(reading.values, key, reading.context)
    return tuple(part.strip() for part in text.split(",") if part.strip())
