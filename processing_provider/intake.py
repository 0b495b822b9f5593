# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns layers into paths that the worker can open, writing temporary files where it must.

Asked in the main thread, it only notes what has to be written, with copies of the providers: a
project layer must not be touched from the thread in which the algorithm works.
"""

from __future__ import annotations

from pathlib import Path
from typing import Callable, List, Optional

from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsReferencedRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from .temporary_files import PolygonCopy, ProviderCopy, SourceCopy
from .translation import tr

# What QGIS's GDAL may have and the worker's, from its wheel, has not.
_FOREIGN = (
    "ARG CAD ECW FITS GRASS HDF4 HDF4Image HEIF JP2ECW JP2KAK JP2MrSID JPEGXL KEA MG4Lidar MrSID "
    "NGW OGCAPI PLSCENES PostGISRaster JPIPKAK TileDB GeoRaster RDB DDS EXR MSG BASISU KTX2"
)
FOREIGN_DRIVERS = frozenset(_FOREIGN.split())
_PICTURES = (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied)


class Intake:
    """The layers of one run.

    Args:
        folder: Where to write temporary files; None if the run is only being checked.
        extent: The part of the rasters that is needed, in any CRS; None for all.
    """

    def __init__(
        self, folder: Optional[Path], extent: Optional[QgsReferencedRectangle] = None
    ) -> None:
        self._extent = extent
        self._folder = folder or Path("unwritten")
        self._pending: List[Callable[[QgsProcessingFeedback], None]] = []
        self.warnings: List[str] = []

    def raster(self, layer: QgsRasterLayer) -> str:
        """A name under which GDAL, in another process, opens what the layer shows.

        Raises:
            QgsProcessingException: The layer has no pixel values of its own.
        """
        provider = layer.dataProvider()
        self._note_user_nodata(layer)
        if provider.name() != "gdal":
            return self._write_provider(layer)
        parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
        options = list(parts.get("openOptions") or [])
        source = layer.source().split("|option:")[0].split("|credential:")[0]
        foreign = options or source.startswith("/vsimem/") or _driver(source) in FOREIGN_DRIVERS
        moved = layer.crs().isValid() and layer.crs() != provider.crs()
        if not foreign and not moved:
            return source
        wkt = layer.crs().toWkt() if moved else ""
        copy = SourceCopy(source, options, wkt, self._path("vrt" if not foreign else "tif"))
        self._pending.append(copy.write)
        return str(copy.path)

    def polygons(self, layer: QgsVectorLayer, selected: bool, field: str = "") -> str:
        """A file of the layer's polygons, edits included; of the selected ones if so asked.

        Args:
            layer: The layer.
            selected: Whether only the selected polygons count.
            field: The attribute to write along; empty for none.

        Raises:
            QgsProcessingException: The layer has no polygons.
        """
        if layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
            raise QgsProcessingException(
                tr("The layer {!r} has no polygons. Give a polygon or raster layer.").format(
                    layer.name()
                )
            )
        copy = PolygonCopy(layer, selected, self._path("geojson"), field)
        self._pending.append(copy.write)
        return str(copy.path)

    def write(self, feedback: QgsProcessingFeedback) -> None:
        """Write all files promised; may be called in any thread."""
        for warning in self.warnings:
            feedback.pushWarning(warning)
        for write in self._pending:
            write(feedback)
        self._pending.clear()

    def _write_provider(self, layer: QgsRasterLayer) -> str:
        provider = layer.dataProvider()
        kind = provider.name()
        if provider.dataType(1) in _PICTURES:
            raise QgsProcessingException(
                tr(
                    "The layer {!r} ({}) is a picture made by a server, not band values. Give a "
                    "raster with the bands that the model needs."
                ).format(layer.name(), kind)
            )
        if provider.xSize() < 1 or provider.ySize() < 1:
            raise QgsProcessingException(
                tr(
                    "The layer {!r} ({}) has no pixel size of its own. Export it to a GeoTIFF at "
                    "the resolution you want, and give that."
                ).format(layer.name(), kind)
            )
        copy = ProviderCopy(layer, self._extent, self._path("tif"))
        self._pending.append(copy.write)
        return str(copy.path)

    def _note_user_nodata(self, layer: QgsRasterLayer) -> None:
        provider = layer.dataProvider()
        for band in range(1, provider.bandCount() + 1):
            unused = provider.sourceHasNoDataValue(band) and not provider.useSourceNoDataValue(band)
            if unused or provider.userNoDataValues(band):
                self.warnings.append(
                    tr(
                        "The nodata settings made in QGIS for the layer {!r} are not used: what "
                        "counts is the file's own nodata value."
                    ).format(layer.name())
                )
                return

    def _path(self, suffix: str) -> Path:
        return self._folder / f"layer{len(self._pending) + 1}.{suffix}"


def _driver(source: str) -> str:
    dataset = gdal.Open(source)
    return dataset.GetDriver().ShortName if dataset else ""
