# SPDX-License-Identifier: GPL-3.0-or-later
"""What an algorithm gives back: files under paths the user chose, and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputDefinition,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterVectorDestination,
)

from .translation import tr

_TEMPORARY = QgsProcessing.TEMPORARY_OUTPUT
_LAYERS = (QgsProcessingParameterRasterDestination, QgsProcessingParameterVectorDestination)
VECTOR_SUFFIXES = ("gpkg", "geojson")


@dataclass(frozen=True)
class Destination:
    """A file or folder that the worker writes.

    Args:
        definition: What QGIS shows; its name is the API's key.
        field: The request's field for its path.
        style: Name of the style in ``resources/styles`` for a continuous map; empty for none.
    """

    definition: QgsProcessingParameterDefinition
    field: str
    style: str = ""

    @property
    def is_map(self) -> bool:
        """Whether it is a raster, which gets a style and a place among the others."""
        return isinstance(self.definition, QgsProcessingParameterRasterDestination)

    @property
    def is_layer(self) -> bool:
        """Whether QGIS loads it onto the canvas."""
        return isinstance(self.definition, _LAYERS)

    def path(
        self,
        algorithm: QgsProcessingAlgorithm,
        values: Dict[str, Any],
        context: QgsProcessingContext,
    ) -> str:
        """Where to write; empty if it is not wanted. Has a layer loaded after the run."""
        key = self.definition.name()
        if self.is_layer:
            return algorithm.parameterAsOutputLayer(values, key, context) or ""
        return algorithm.parameterAsFileOutput(values, key, context) or ""

    def planned(self, values: Dict[str, Any]) -> str:
        """The same for a check, which must not have anything loaded.

        Raises:
            QgsProcessingException: It cannot be written in the format that its name asks for.
        """
        key, value = self.definition.name(), self._given(values)
        if not value:
            return ""
        if not isinstance(value, str) or value == _TEMPORARY:
            return f"temporary {key}"
        if self.is_map and not value.lower().endswith((".tif", ".tiff")):
            raise QgsProcessingException(
                tr("{} is {}, but maps are GeoTIFF. Give a path that ends in .tif.").format(
                    key, value
                )
            )
        if self.is_layer and value.startswith(("ogr:", "memory:", "postgres")):
            raise QgsProcessingException(
                tr("{} is {}, but only files are written. Give a path that ends in .gpkg.").format(
                    key, value
                )
            )
        return value

    def chosen(self, values: Dict[str, Any]) -> bool:
        """Whether the user gave it a path, rather than left what the dialog asks for by itself."""
        return self._given(values) not in (None, "", _TEMPORARY)

    def _given(self, values: Dict[str, Any]) -> Any:
        value = values.get(self.definition.name())
        if isinstance(value, QgsProcessingOutputLayerDefinition):
            return value.sink.staticValue()
        return value


def map_layer(
    key: str,
    title: str,
    field: str = "",
    style: str = "",
    optional: bool = True,
    by_default: bool = True,
) -> Destination:
    """A raster that is loaded after the run."""
    definition = QgsProcessingParameterRasterDestination(
        key, title, optional=optional, createByDefault=by_default
    )
    return Destination(definition, field or key.lower(), style)


def vector_layer(key: str, title: str) -> Destination:
    """Polygons that are loaded after the run, made only if asked for."""
    definition = QgsProcessingParameterVectorDestination(
        key, title, QgsProcessing.SourceType.TypeVectorPolygon, optional=True, createByDefault=False
    )
    return Destination(definition, key.lower())


def file(
    key: str, title: str, filters: str, optional: bool = True, by_default: bool = True
) -> Destination:
    """A file. ``filters`` as in ``"JSON file (*.json)"``; HTML is shown in the results viewer."""
    definition = QgsProcessingParameterFileDestination(
        key, title, filters, optional=optional, createByDefault=by_default
    )
    return Destination(definition, key.lower())


def folder(key: str, title: str, optional: bool = False) -> Destination:
    """A new folder; an optional one is made only if asked for."""
    definition = QgsProcessingParameterFolderDestination(
        key, title, optional=optional, createByDefault=not optional
    )
    return Destination(definition, key.lower())


def number(key: str, title: str) -> QgsProcessingOutputDefinition:
    """A number for the next step of a model."""
    return QgsProcessingOutputNumber(key, title)


def text(key: str, title: str) -> QgsProcessingOutputDefinition:
    """A text for the next step of a model."""
    return QgsProcessingOutputString(key, title)


def yes_no(key: str, title: str) -> QgsProcessingOutputDefinition:
    """True or false for the next step of a model."""
    return QgsProcessingOutputBoolean(key, title)
