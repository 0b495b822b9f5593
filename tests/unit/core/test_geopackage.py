# SPDX-License-Identifier: GPL-3.0-or-later
"""A GeoPackage byte by byte as OGC 12-128r18 has it, read with SQLite and struct alone."""

from __future__ import annotations

import sqlite3
import struct

import pytest
from coverloom.engine.core.geopackage import GeoPackage

COLUMNS = [("name", "TEXT"), ("count", "INTEGER"), ("share", "REAL")]
ROWS = [("a 'quoted' name", 3, 0.5), ("Österreich", None, -1.25), ("nowhere", 0, None)]
POINTS = [(16.5, 48.25), (-70.0, -33.5)]


def wkb(point):
    return struct.pack("<BIdd", 1, 1, *point)


@pytest.fixture
def package(tmp_path):
    path = tmp_path / "out.gpkg"
    layer = GeoPackage(path, "places", COLUMNS, "POINT")
    layer.write([*map(wkb, POINTS), None], ROWS)
    layer.close((-70.0, -33.5, 16.5, 48.25))
    return path


def rows(path, query):
    database = sqlite3.connect(path)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def test_it_is_a_geopackage_by_its_head(package):
    head = package.read_bytes()[:100]
    assert head[:16] == b"SQLite format 3\0"
    version, application = struct.unpack(">I", head[60:64])[0], head[68:72]
    assert (version, application) == (10300, b"GPKG")
    assert rows(package, "PRAGMA integrity_check") == [("ok",)]


def test_its_tables_name_the_layer_its_reference_system_and_its_bounds(package):
    contents = rows(
        package,
        "SELECT table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id "
        "FROM gpkg_contents",
    )
    assert contents == [("places", "features", "places", -70.0, -33.5, 16.5, 48.25, 4326)]
    assert rows(package, "SELECT * FROM gpkg_geometry_columns") == [
        ("places", "geom", "POINT", 4326, 0, 0)
    ]
    systems = rows(
        package, "SELECT srs_id, organization, organization_coordsys_id FROM gpkg_spatial_ref_sys"
    )
    assert sorted(systems) == [(-1, "NONE", -1), (0, "NONE", 0), (4326, "EPSG", 4326)]
    (changed,) = rows(package, "SELECT last_change FROM gpkg_contents")[0]
    assert changed[4] == changed[7] == "-" and changed[10] == "T" and changed.endswith("Z")
    (text,) = rows(package, "SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = 4326")[0]
    from rasterio.crs import CRS

    assert CRS.from_wkt(text) == CRS.from_epsg(4326)


def test_each_feature_has_its_geometry_and_its_values(package):
    found = rows(package, 'SELECT fid, geom, name, "count", share FROM places ORDER BY fid')
    assert [row[2:] for row in found] == ROWS
    assert [row[0] for row in found] == [1, 2, 3]
    for (_, blob, *_), point in zip(found, POINTS):
        magic, version, flags, srs = struct.unpack("<2sBBi", blob[:8])
        assert (magic, version, srs) == (b"GP", 0, 4326)
        assert flags & 1 == 1 and flags >> 1 & 7 == 0  # little-endian, no envelope
        assert struct.unpack("<BIdd", blob[8:]) == (1, 1, *point)
    assert found[2][1] is None


def test_without_a_feature_there_are_no_bounds(tmp_path):
    layer = GeoPackage(tmp_path / "empty.gpkg", "places", COLUMNS)
    layer.write([], [])
    layer.close()
    bounds = rows(tmp_path / "empty.gpkg", "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents")
    assert bounds == [(None,) * 4]
    kind = rows(tmp_path / "empty.gpkg", "SELECT geometry_type_name FROM gpkg_geometry_columns")
    assert kind == [("POLYGON",)]


@pytest.mark.parametrize("names", [('a"b', "x"), ("places", "x; DROP TABLE gpkg_contents")])
def test_names_go_into_statements_only_if_they_are_plain(tmp_path, names):
    layer, column = names
    with pytest.raises(ValueError, match="is no plain name"):
        GeoPackage(tmp_path / "out.gpkg", layer, [(column, "TEXT")])
    assert not (tmp_path / "out.gpkg").exists()
