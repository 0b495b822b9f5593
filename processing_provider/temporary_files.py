# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what only QGIS can read to files for the worker: made in one thread, run in another."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any, List, Optional

from osgeo import gdal
from qgis.core import (
    NULL,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFeatureRequest,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterBlockFeedback,
    QgsRasterFileWriter,
    QgsRasterLayer,
    QgsRasterPipe,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)

from .translation import tr
from .values import spell_crs

_COMPRESSION = ["COMPRESS=DEFLATE", "PREDICTOR=2", "TILED=YES", "BIGTIFF=IF_SAFER"]


class SourceCopy:
    """A GDAL source that the worker cannot open as it is.

    Args:
        source: Its GDAL name.
        options: GDAL open options that belong to it.
        wkt: The CRS that the layer has been given in QGIS; empty for the file's own.
        path: The ``.tif`` to copy it to, or the ``.vrt`` to refer to it from.
    """

    def __init__(self, source: str, options: List[str], wkt: str, path: Path) -> None:
        self._source, self._options, self._wkt, self.path = source, options, wkt, path

    def write(self, feedback: QgsProcessingFeedback) -> None:
        """Write it.

        Raises:
            QgsProcessingException: GDAL cannot.
        """
        dataset = gdal.OpenEx(self._source, gdal.OF_RASTER, open_options=self._options)
        plain = self.path.suffix == ".vrt"
        copied = dataset and gdal.Translate(
            str(self.path),
            dataset,
            format="VRT" if plain else "GTiff",
            outputSRS=self._wkt or None,
            creationOptions=None if plain else ["TILED=YES", "BIGTIFF=IF_SAFER"],
            callback=None if plain else _Going(feedback),
        )
        if not copied:
            raise QgsProcessingException(
                tr(
                    "{} cannot be copied for the worker: {}. Export it to a GeoTIFF and give that."
                ).format(self._source, gdal.GetLastErrorMsg())
            )


class ProviderCopy:
    """A raster from a provider other than GDAL, at its own resolution.

    Args:
        layer: The layer; only what opens it again is kept. A clone of its provider would not do:
            that of the virtual raster goes on using the layers of its original.
        extent: The part that is needed; None for all.
        path: The ``.tif`` to write.
    """

    def __init__(
        self, layer: QgsRasterLayer, extent: Optional[QgsReferencedRectangle], path: Path
    ) -> None:
        self.path = path
        self._name, self._crs = layer.name(), layer.crs()
        self._source, self._kind = layer.source(), layer.dataProvider().name()
        self._bands = [layer.bandName(n) for n in range(1, layer.bandCount() + 1)]
        self._box = _aligned(layer, extent) if extent else layer.extent()
        self._columns = round(self._box.width() / layer.rasterUnitsPerPixelX())
        self._rows = round(self._box.height() / layer.rasterUnitsPerPixelY())

    def write(self, feedback: QgsProcessingFeedback) -> None:
        """Write it.

        Raises:
            QgsProcessingException: The extent misses it, or the provider or the disk fails.
        """
        if self._columns < 1 or self._rows < 1:
            raise QgsProcessingException(
                tr(
                    "The extent and the layer {!r} have no pixel in common. Give an extent that "
                    "lies on the layer."
                ).format(self._name)
            )
        layer = QgsRasterLayer(self._source, self._name, self._kind)
        writer = QgsRasterFileWriter(str(self.path))
        writer.setOutputFormat("GTiff")
        # QGIS 3.44 deprecates the older name, and may drop it.
        setter = getattr(writer, "setCreationOptions", None) or writer.setCreateOptions
        setter(_COMPRESSION)
        pipe = QgsRasterPipe()
        pipe.set(layer.dataProvider().clone())
        status = writer.writeRaster(
            pipe,
            self._columns,
            self._rows,
            self._box,
            self._crs,
            QgsCoordinateTransformContext(),
            QgsRasterBlockFeedback(),
        )
        if status != QgsRasterFileWriter.WriterError.NoError:  # with Qt 6 it is no number
            raise QgsProcessingException(
                tr(
                    "The layer {!r} cannot be written for the worker ({}). Export it to a GeoTIFF "
                    "and give that."
                ).format(self._name, status)
            )
        self._describe_bands()

    def _describe_bands(self) -> None:
        """Keep the names, which QGIS's writer drops: bands are bound by them."""
        dataset = gdal.Open(str(self.path), gdal.GA_Update)
        for number, name in enumerate(self._bands, start=1):
            own = re.sub(r"^\w+ 0*\d+(: )?", "", name)  # "Band 01: B02" in any language
            if own:
                dataset.GetRasterBand(number).SetDescription(own)
        del dataset


class PolygonCopy:
    """Polygons as GeoJSON in the layer's own CRS, named in a ``crs`` member.

    Args:
        layer: The layer; a snapshot of its features is kept, unsaved edits included.
        selected: Whether only the selected features count.
        path: The ``.geojson`` to write.
        field: The attribute to write along, under this name; empty for none.

    Raises:
        QgsProcessingException: The layer has no such attribute.
    """

    def __init__(self, layer: QgsVectorLayer, selected: bool, path: Path, field: str = "") -> None:
        self.path, self._field = path, field
        self._crs, self._name = spell_crs(layer.crs()), layer.name()
        self._source = QgsVectorLayerFeatureSource(layer)
        self._request = QgsFeatureRequest()
        self._place = _place_of(field, layer) if field else -1
        self._request.setSubsetOfAttributes([self._place] if field else [])
        if selected:
            self._request.setFilterFids(layer.selectedFeatureIds())

    def write(self, feedback: QgsProcessingFeedback) -> None:
        """Write it.

        Raises:
            QgsProcessingException: There is no polygon.
        """
        features = []
        for feature in self._source.getFeatures(self._request):
            if feature.hasGeometry():
                geometry = json.loads(feature.geometry().asJson(12))
                properties = {self._field: _plain(feature[self._place])} if self._field else {}
                features.append({"type": "Feature", "properties": properties, "geometry": geometry})
        if not features:
            raise QgsProcessingException(
                tr("The layer {!r} has no polygon to use. Draw or select one.").format(self._name)
            )
        content = {"type": "FeatureCollection", "features": features}
        if self._crs:
            content["crs"] = {"type": "name", "properties": {"name": self._crs}}
        self.path.write_text(json.dumps(content), encoding="utf-8")


def _place_of(field: str, layer: QgsVectorLayer) -> int:
    """Number of the attribute of that name; upper and lower case count as one if need be."""
    place = layer.fields().lookupField(field)
    if place < 0:
        names = ", ".join(layer.fields().names()) or "none"
        raise QgsProcessingException(
            tr("FIELD is {!r}, which the layer {!r} has not. Its fields: {}.").format(
                field, layer.name(), names
            )
        )
    return place


def _plain(value: Any) -> Any:
    """An attribute as JSON has it; QGIS's NULL is none."""
    if value is None or value == NULL:
        return None
    return value if isinstance(value, (bool, int, float, str)) else str(value)


class _Going:
    """GDAL's progress call: 0 stops the copying once the user has cancelled."""

    def __init__(self, feedback: QgsProcessingFeedback) -> None:
        self._feedback = feedback

    def __call__(self, share: float, message: str, data: object) -> int:
        return 0 if self._feedback.isCanceled() else 1


def _aligned(layer: QgsRasterLayer, extent: QgsReferencedRectangle) -> QgsRectangle:
    """The extent on the layer's pixel grid, grown outwards to whole pixels, inside the layer."""
    box = QgsRectangle(extent)
    if extent.crs().isValid() and extent.crs() != layer.crs():
        project = QgsProject.instance().transformContext()
        box = QgsCoordinateTransform(extent.crs(), layer.crs(), project).transformBoundingBox(box)
    whole = layer.extent()
    box = box.intersect(whole)
    if box.isEmpty():
        return QgsRectangle(0, 0, 0, 0)
    dx, dy = layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
    left, top = whole.xMinimum(), whole.yMaximum()
    return QgsRectangle(
        left + dx * math.floor((box.xMinimum() - left) / dx + 1e-6),
        top - dy * math.ceil((top - box.yMinimum()) / dy - 1e-6),
        left + dx * math.ceil((box.xMaximum() - left) / dx - 1e-6),
        top - dy * math.floor((top - box.yMaximum()) / dy + 1e-6),
    )
