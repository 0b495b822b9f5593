# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters that several of the GEDI algorithms have."""

from __future__ import annotations

from typing import Any, List, Tuple, Type

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

from ..engine.contract.jobs.base import Job
from ..engine.contract.jobs.combinegedi import FLAGS, KNOWN_FLAGS
from . import parameters
from .parameters import Parameter, Reading, advanced
from .translation import tr
from .values import read_extent, read_extent_crs, read_mask


def files(key: str, title: str, optional: bool = False) -> Parameter:
    """Files or folders, as many as wanted."""
    kind = QgsProcessing.SourceType.TypeFile
    definition = QgsProcessingParameterMultipleLayers(key, title, kind, optional=optional)
    return Parameter(definition, {key.lower(): _read_files})


def years(key: str, title: str, default: str) -> Parameter:
    """Years, separated by commas."""
    definition = QgsProcessingParameterString(key, title, default, optional=True)
    return Parameter(definition, {key.lower(): _read_years})


def extent(key: str, title: str) -> Parameter:
    """A rectangle with its CRS that must be given."""
    definition = QgsProcessingParameterExtent(key, title)
    fields = {key.lower(): read_extent, f"{key.lower()}_crs": read_extent_crs}
    return Parameter(definition, fields)


def polygons(key: str, title: str) -> Parameter:
    """A polygon layer, optional."""
    types = [QgsProcessing.SourceType.TypeVectorPolygon]
    definition = QgsProcessingParameterVectorLayer(key, title, types, optional=True)
    return Parameter(definition, {key.lower(): read_mask})


def flags(key: str, title: str) -> Parameter:
    """Some of the granules' flags, or none."""
    definition = QgsProcessingParameterEnum(
        key,
        title,
        options=list(KNOWN_FLAGS),
        allowMultiple=True,
        defaultValue=list(FLAGS),
        optional=True,
        usesStaticStrings=True,
    )
    return Parameter(definition, {key.lower(): _read_flags})


def table(key: str, title: str, optional: bool = False) -> Parameter:
    """A table of footprints."""
    return parameters.file(key, title, table_filters(), optional=optional)


def table_filters() -> str:
    """The forms of a table; the first is that of a temporary one."""
    return tr("GeoPackage (*.gpkg);;CSV with semicolons (*.csv);;GeoParquet (*.parquet)")


def filters(job: Type[Job]) -> List[Parameter]:
    """Which footprints to keep."""
    more = [
        flags("FLAGS", tr("Flags that must be 1")),
        parameters.yes_no("NOT_DEGRADED", tr("Leave out degraded shots"), job),
        parameters.real_number("MIN_SENSITIVITY", tr("Least beam sensitivity (0: any)"), job),
        parameters.yes_no("NIGHT_ONLY", tr("Only shots at night"), job),
        parameters.yes_no("POWER_BEAMS_ONLY", tr("Only full power beams"), job),
        parameters.real_number("MIN_AGBD", tr("Least biomass, Mg/ha"), job),
        parameters.real_number("MAX_AGBD", tr("Most biomass, Mg/ha (0: any)"), job),
        polygons("REGION", tr("Region (polygons)")),
        parameters.extent("EXTENT", tr("Extent")),
    ]
    error = parameters.real_number("MAX_RELATIVE_ERROR", tr("Relative error below, per cent"), job)
    return [error, *map(advanced, more)]


def catalogues(job: Type[Job]) -> List[Parameter]:
    """Where scenes and tiles come from."""
    more = [
        parameters.text("COLLECTION", tr("Collection of scenes"), "sentinel-2-l2a"),
        parameters.text("DEM_COLLECTION", tr("Collection of DEM tiles"), "cop-dem-glo-30"),
        parameters.text(
            "WORLDCOVER_COLLECTION", tr("Collection of WorldCover tiles"), "esa-worldcover"
        ),
        parameters.choice("SIGNING", tr("Signing of addresses"), job),
    ]
    return [
        parameters.text("CATALOG", tr("Catalogue of Sentinel-2 scenes"), optional=False),
        parameters.text("DEM_CATALOG", tr("Catalogue of the DEM, if another")),
        parameters.text("WORLDCOVER_CATALOG", tr("Catalogue of WorldCover, if another")),
        *map(advanced, more),
    ]


def extraction(job: Type[Job]) -> List[Parameter]:
    """How windows are extracted."""
    more = [
        parameters.choice("SLOPE_UNIT", tr("Unit of slope"), job),
        parameters.whole_number("BATCH_SIZE", tr("Footprints in a file"), job),
        parameters.yes_no("RESUME", tr("Go on with an interrupted run"), job),
        parameters.whole_number("WORKERS", tr("Processes, 0 for all cores"), job),
        parameters.text("SCHEDULER", tr("Dask scheduler")),
    ]
    return [
        parameters.whole_number("DAYS", tr("Most days between footprint and scene"), job),
        parameters.real_number("MAX_CLOUD", tr("Cloud cover below, per cent"), job),
        parameters.real_number("MAX_SLOPE", tr("Most slope"), job),
        *map(advanced, more),
    ]


def _read_files(reading: Reading, key: str) -> Tuple[str, ...]:
    value: Any = reading.values.get(key)
    listed = value if isinstance(value, (list, tuple)) else [value]
    return tuple(str(item).strip() for item in listed if item not in (None, ""))


def _read_flags(reading: Reading, key: str) -> Tuple[str, ...]:
    """The names; unlike ``parameterAsEnumStrings``, nothing is chosen where nothing is wanted."""
    value: Any = reading.values.get(key)
    if value is None:
        return FLAGS
    listed = value if isinstance(value, (list, tuple)) else str(value).split(",")
    return tuple(str(item).strip() for item in listed if str(item).strip())


def _read_years(reading: Reading, key: str) -> Tuple[int, ...]:
    text = reading.algorithm.parameterAsString(reading.values, key, reading.context)
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        sentence = tr("{} is {!r}. Give years such as 2020,2021.").format(key, text)
        raise QgsProcessingException(sentence) from error
