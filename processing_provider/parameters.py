# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurring parameters, made one way: each knows which field of the request it fills."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Type

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from ..engine.contract.jobs.base import Job
from .addresses import RastersOrAddresses
from .choices import labels_of
from .intake import Intake
from .translation import tr
from .values import (
    read_choice,
    read_extent,
    read_extent_crs,
    read_labels,
    read_mask,
    read_names,
    read_numbers,
    read_raster,
    read_rasters,
)
from .widgets import any_path, shown_by


@dataclass(frozen=True)
class Reading:
    """What a parameter is read from: one run's values, and where its layers become files."""

    algorithm: QgsProcessingAlgorithm
    values: dict
    context: QgsProcessingContext
    intake: Intake


Read = Callable[[Reading, str], Any]


@dataclass(frozen=True)
class Parameter:
    """A parameter and how the request gets its value.

    Args:
        definition: What QGIS shows; its name is the API's key.
        fields: Field of the request to the function that reads it.
    """

    definition: QgsProcessingParameterDefinition
    fields: dict


def advanced(parameter: Parameter) -> Parameter:
    """Move a parameter to the advanced ones."""
    flag = QgsProcessingParameterDefinition.Flag.FlagAdvanced
    parameter.definition.setFlags(parameter.definition.flags() | flag)
    return parameter


def rasters(key: str, title: str) -> Parameter:
    """One or more raster layers, as paths that the worker can open."""
    definition = QgsProcessingParameterMultipleLayers(
        key, title, QgsProcessing.SourceType.TypeRaster
    )
    return Parameter(definition, {key.lower(): read_rasters})


def rasters_or_addresses(key: str, title: str) -> Parameter:
    """The same, or addresses of rasters: for a job that asks object stores itself."""
    definition = RastersOrAddresses(key, title, QgsProcessing.SourceType.TypeRaster)
    return Parameter(definition, {key.lower(): read_rasters})


def raster(key: str, title: str) -> Parameter:
    """One raster layer, as a path that the worker can open."""
    definition = QgsProcessingParameterRasterLayer(key, title)
    return Parameter(definition, {key.lower(): read_raster})


def mask(key: str, title: str) -> Parameter:
    """A raster or polygon layer, optional."""
    types = [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]
    definition = QgsProcessingParameterMapLayer(key, title, None, True, types)
    return Parameter(definition, {key.lower(): read_mask})


def labels(key: str, title: str) -> Parameter:
    """A raster of classes, or polygons with the attribute that the parameter FIELD names."""
    types = [QgsProcessing.SourceType.TypeRaster, QgsProcessing.SourceType.TypeVectorPolygon]
    definition = QgsProcessingParameterMapLayer(key, title, None, False, types)
    return Parameter(definition, {key.lower(): read_labels})


def field(key: str, title: str) -> Parameter:
    """Name of an attribute of a layer that may be a raster; may be left empty.

    Not ``QgsProcessingParameterField``: its list of fields ends QGIS, up to 3.44 at least, as soon
    as its layer is a raster, which it is when the dialog opens in a project of rasters.
    """
    return text(key, title)


def extent(key: str, title: str) -> Parameter:
    """A rectangle with its CRS, optional."""
    definition = QgsProcessingParameterExtent(key, title, optional=True)
    fields = {key.lower(): read_extent, f"{key.lower()}_crs": read_extent_crs}
    return Parameter(definition, fields)


def file(key: str, title: str, filters: str, optional: bool = False) -> Parameter:
    """An input file. ``filters`` as in ``"Model file (*.onnx)"``."""
    definition = QgsProcessingParameterFile(key, title, optional=optional, fileFilter=filters)
    return Parameter(definition, {key.lower(): _read_file})


def folder(key: str, title: str, optional: bool = False) -> Parameter:
    """An input folder."""
    behavior = QgsProcessingParameterFile.Behavior.Folder
    definition = QgsProcessingParameterFile(key, title, behavior, optional=optional)
    return Parameter(definition, {key.lower(): _read_file})


def path(key: str, title: str, filters: str, optional: bool = False) -> Parameter:
    """An input file or folder; the dialog has a button for each."""
    parameter = file(key, title, filters, optional)
    any_path(parameter.definition, filters)
    return parameter


def choice(key: str, title: str, job: Type[Job]) -> Parameter:
    """One of the strings that the request's field may hold."""
    field = key.lower()
    definition = QgsProcessingParameterEnum(
        key,
        title,
        options=list(job.choices(field)),
        defaultValue=_default(job, field),
        usesStaticStrings=True,
    )
    return Parameter(
        shown_by(definition, "choice_box.ChoiceWrapper", labels=labels_of(key)),
        {field: read_choice},
    )


def whole_number(key: str, title: str, job: Type[Job]) -> Parameter:
    """A whole number with the limits and the default of the request's field."""
    return _number(key, title, job, QgsProcessingParameterNumber.Type.Integer, _read_int)


def real_number(key: str, title: str, job: Type[Job]) -> Parameter:
    """A number with the limits and the default of the request's field."""
    return _number(key, title, job, QgsProcessingParameterNumber.Type.Double, _read_float)


def _number(key: str, title: str, job: Type[Job], kind: Any, read: Read) -> Parameter:
    field = _fields(job)[key.lower()]
    limits = {
        name: field.metadata[limit]
        for name, limit in (("minValue", "minimum"), ("maxValue", "maximum"))
        if field.metadata.get(limit) is not None
    }
    definition = QgsProcessingParameterNumber(key, title, kind, _default(job, field.name), **limits)
    return Parameter(definition, {field.name: read})


def text(key: str, title: str, default: Optional[str] = None, optional: bool = True) -> Parameter:
    """A text; an optional one may be left empty."""
    definition = QgsProcessingParameterString(key, title, default, optional=optional)
    return Parameter(definition, {key.lower(): _read_text})


def lines(key: str, title: str) -> Parameter:
    """A text of several lines that may be left empty."""
    definition = QgsProcessingParameterString(key, title, multiLine=True, optional=True)
    return Parameter(definition, {key.lower(): _read_text})


def names(key: str, title: str) -> Parameter:
    """A comma-separated list that may be left empty."""
    definition = QgsProcessingParameterString(key, title, optional=True)
    return Parameter(definition, {key.lower(): read_names})


def numbers(key: str, title: str) -> Parameter:
    """A comma-separated list of numbers that may be left empty."""
    definition = QgsProcessingParameterString(key, title, optional=True)
    return Parameter(definition, {key.lower(): read_numbers})


def yes_no(key: str, title: str, job: Type[Job]) -> Parameter:
    """A switch."""
    field = key.lower()
    definition = QgsProcessingParameterBoolean(key, title, _default(job, field))
    return Parameter(definition, {field: _read_bool})


def hands(job: Type[Job]) -> List[Parameter]:
    """Who does the work: processes here, or a Dask cluster."""
    return [
        whole_number("WORKERS", tr("Processes, 0 for all cores"), job),
        text("SCHEDULER", tr("Dask scheduler")),
    ]


def _fields(job: Type[Job]) -> dict:
    return {field.name: field for field in dataclasses.fields(job)}


def _default(job: Type[Job], field: str) -> Optional[Any]:
    default = _fields(job)[field].default
    return None if default is dataclasses.MISSING else default


def _read_file(reading: Reading, key: str) -> str:
    return reading.algorithm.parameterAsString(reading.values, key, reading.context).strip()


def _read_text(reading: Reading, key: str) -> str:
    return reading.algorithm.parameterAsString(reading.values, key, reading.context).strip()


def _read_int(reading: Reading, key: str) -> int:
    return reading.algorithm.parameterAsInt(reading.values, key, reading.context)


def _read_float(reading: Reading, key: str) -> float:
    return reading.algorithm.parameterAsDouble(reading.values, key, reading.context)


def _read_bool(reading: Reading, key: str) -> bool:
    return reading.algorithm.parameterAsBoolean(reading.values, key, reading.context)
