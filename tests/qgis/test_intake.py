# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of every kind become files that GDAL opens elsewhere, with the same pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsRasterLayer,
    QgsRasterRange,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsVectorLayer,
)


@pytest.fixture
def scene(qgis_app, tmp_path):
    """A named two-band raster; its path and its pixels."""
    path = tmp_path / "scene.tif"
    pixels = np.arange(2 * 40 * 60, dtype="int16").reshape(2, 40, 60)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 60, 40, 2, gdal.GDT_Int16)
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    dataset.SetProjection(reference.ExportToWkt())
    for number, name in enumerate(("B02", "B03"), start=1):
        band = dataset.GetRasterBand(number)
        band.SetDescription(name)
        band.SetNoDataValue(-1)
        band.WriteArray(pixels[number - 1])
    del band, dataset
    return path, pixels


@pytest.fixture
def intake(tmp_path):
    from coverloom.processing_provider.intake import Intake

    folder = tmp_path / "intake"
    folder.mkdir()
    return Intake(folder)


def read(path):
    dataset = gdal.Open(path)
    names = [dataset.GetRasterBand(n + 1).GetDescription() for n in range(dataset.RasterCount)]
    return dataset.ReadAsArray(), names, dataset.GetGeoTransform(), dataset.GetProjection()


def test_a_file_passes_as_it_is(scene, intake, ears):
    path, _ = scene
    assert intake.raster(QgsRasterLayer(str(path), "scene")) == str(path)
    intake.write(ears)
    assert ears.said == []


def test_a_subdataset_passes_under_its_gdal_name(scene, intake, tmp_path):
    path, _ = scene
    container = tmp_path / "many.gpkg"
    gdal.Translate(str(container), str(path), format="GPKG", outputType=gdal.GDT_Byte, bandList=[1],
                   creationOptions=["RASTER_TABLE=first"])  # fmt: skip
    name = f"GPKG:{container}:first"
    layer = QgsRasterLayer(name, "table")
    assert layer.isValid()
    assert gdal.Open(intake.raster(layer)) is not None
    assert intake.raster(layer) == name


def test_what_lives_in_this_process_alone_is_copied_with_its_band_names(scene, intake, ears):
    path, pixels = scene
    gdal.Translate("/vsimem/scene.tif", str(path))
    layer = QgsRasterLayer("/vsimem/scene.tif", "memory")
    copy = intake.raster(layer)
    intake.write(ears)
    array, names, transform, _ = read(copy)
    assert copy.startswith(str(path.parent)) and (array == pixels).all()
    assert names == ["B02", "B03"] and transform == (500000, 10, 0, 5000000, 0, -10)
    gdal.Unlink("/vsimem/scene.tif")


def test_open_options_go_with_the_layer(scene, intake, ears):
    path, _ = scene
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2])
    del dataset
    layer = QgsRasterLayer(f"{path}|option:OVERVIEW_LEVEL=0", "half")
    assert (layer.width(), layer.height()) == (30, 20)
    copy = intake.raster(layer)
    intake.write(ears)
    assert read(copy)[0].shape == (2, 20, 30)


def test_a_crs_given_in_qgis_counts_and_costs_no_copy_of_the_pixels(scene, intake, ears):
    path, pixels = scene
    layer = QgsRasterLayer(str(path), "moved")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32634"))
    view = intake.raster(layer)
    intake.write(ears)
    array, names, _, projection = read(view)
    assert view.endswith(".vrt") and (array == pixels).all() and names == ["B02", "B03"]
    assert osr.SpatialReference(wkt=projection).GetAuthorityCode(None) == "32634"


def virtual(path):
    """A layer of the provider 'virtualraster', which is no GDAL source."""
    from qgis.core import QgsRasterLayer as Layer

    whole = QgsRectangle(500000, 4999600, 500600, 5000000)
    uri = (
        f"?crs=EPSG:32633&extent={whole.xMinimum()},{whole.yMinimum()},{whole.xMaximum()},"
        f"{whole.yMaximum()}&width=60&height=40&formula=%22scene%401%22%20*%202"
        f"&scene:uri={path}&scene:provider=gdal"
    )
    layer = Layer(uri, "doubled", "virtualraster")
    if not layer.isValid():
        pytest.skip("This QGIS has no virtual raster provider.")
    return layer


def test_another_provider_is_written_at_its_own_resolution(scene, intake, ears):
    path, pixels = scene
    copy = intake.raster(virtual(path))
    intake.write(ears)
    array, _, transform, projection = read(copy)
    assert array.shape == (40, 60) and transform == (500000, 10, 0, 5000000, 0, -10)
    assert (array == pixels[0] * 2.0).all()
    assert "33N" in projection


def test_only_the_extent_is_written_on_the_layers_own_grid(scene, tmp_path, ears):
    from coverloom.processing_provider.intake import Intake

    path, pixels = scene
    box = QgsRectangle(500104, 4999703, 500296, 4999896)
    utm = QgsReferencedRectangle(box, QgsCoordinateReferenceSystem("EPSG:32633"))
    intake = Intake(tmp_path, utm)
    copy = intake.raster(virtual(path))
    intake.write(ears)
    array, _, transform, _ = read(copy)
    assert transform == (500100, 10, 0, 4999900, 0, -10)
    assert (array == pixels[0, 10:30, 10:30] * 2.0).all()


def test_a_picture_from_a_server_is_refused_with_the_reason(qgis_app, intake, tmp_path):
    url = tmp_path.as_uri()
    layer = QgsRasterLayer(f"type=xyz&url={url}/{{z}}/{{x}}/{{y}}.png", "basemap", "wms")
    assert layer.isValid()
    with pytest.raises(QgsProcessingException, match=r"'basemap' \(wms\) is a picture"):
        intake.raster(layer)


def test_nodata_set_in_qgis_is_said_to_be_unused(scene, intake, ears):
    layer = QgsRasterLayer(str(scene[0]), "scene")
    layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(5, 5)])
    intake.raster(layer)
    intake.write(ears)
    assert len(ears.said) == 1 and "nodata settings made in QGIS" in ears.said[0]


@pytest.fixture
def areas(qgis_app):
    """Two squares in a memory layer, one of them not saved."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:32633", "areas", "memory")
    layer.startEditing()
    for left in (0, 100):
        feature = QgsFeature()
        wkt = f"POLYGON(({left} 0, {left + 50} 0, {left + 50} 50, {left} 50, {left} 0))"
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        layer.addFeature(feature)
    yield layer
    layer.rollBack()


def test_polygons_are_written_with_unsaved_edits_and_their_crs(areas, intake, ears):
    path = intake.polygons(areas, False)
    intake.write(ears)
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    assert content["crs"] == {"type": "name", "properties": {"name": "EPSG:32633"}}
    corners = [feature["geometry"]["coordinates"][0][0] for feature in content["features"]]
    assert sorted(corners) == [[0, 0], [100, 0]]


def test_only_selected_polygons_count_where_asked_for(areas, intake, ears):
    areas.selectByRect(QgsRectangle(90, 0, 200, 60))
    path = intake.polygons(areas, True)
    intake.write(ears)
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    assert [f["geometry"]["coordinates"][0][0] for f in content["features"]] == [[100, 0]]


def test_a_crs_without_a_public_code_goes_as_wkt(qgis_app):
    from coverloom.processing_provider.values import spell_crs

    own = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=47 +lon_0=11 +datum=WGS84")
    assert spell_crs(own).startswith(("PROJCRS", "PROJCS"))
    assert spell_crs(QgsCoordinateReferenceSystem("EPSG:32633")) == "EPSG:32633"
    assert spell_crs(QgsCoordinateReferenceSystem()) == ""


def test_lines_are_no_mask(qgis_app, intake):
    layer = QgsVectorLayer("LineString?crs=EPSG:32633", "roads", "memory")
    with pytest.raises(QgsProcessingException, match="'roads' has no polygons"):
        intake.polygons(layer, False)
