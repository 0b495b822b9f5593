# SPDX-License-Identifier: GPL-3.0-or-later
"""Polygons with attributes as a GeoPackage, which every QGIS opens (OGC 12-128r18).

QGIS builds without GDAL's Parquet driver cannot show a GeoParquet table; this is its shadow.
"""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path
from typing import Any, Iterable, Optional, Sequence, Tuple

_WGS84 = 4326
_HEADER = struct.pack("<2sBBi", b"GP", 0, 1, _WGS84)  # little-endian, no envelope
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL,
  identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT PRIMARY KEY, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL,
  m TINYINT NOT NULL);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', NULL),
  ('Undefined geographic', 0, 'NONE', 0, 'undefined', NULL);
"""
_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AUTHORITY["EPSG","4326"]]'
)


class GeoPackage:
    """One layer in WGS 84, written row by row.

    Args:
        path: File to write; may exist empty.
        layer: Name of the layer: letters, digits, underscores.
        columns: (name, type) of each attribute; types ``TEXT``, ``INTEGER``, ``REAL``, ``DATE``.
        geometry: ``POLYGON``, ``POINT``, ….

    Raises:
        ValueError: The name of the layer or of a column is none of an identifier's form.
    """

    def __init__(
        self, path: Path, layer: str, columns: Sequence[Tuple[str, str]], geometry: str = "POLYGON"
    ) -> None:
        for name in (layer, *(name for name, _ in columns)):
            if not name.isidentifier():
                raise ValueError(f"{name!r} is no plain name")
        self._layer = layer
        self._database = sqlite3.connect(path)
        self._database.executescript(
            "PRAGMA application_id = 1196444487; PRAGMA user_version = 10300;"
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES
        )
        self._run(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', ?, 'EPSG', ?, ?, NULL)",
            (_WGS84, _WGS84, _WGS84_WKT),
        )
        fields = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        self._run(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, geom {geometry}, {fields})')
        self._run(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
            (layer, geometry, _WGS84),
        )
        places = ", ".join("?" * (len(columns) + 1))
        names = ", ".join(f'"{name}"' for name, _ in columns)
        # The names are checked above; values go in as parameters.
        self._insert = f'INSERT INTO "{layer}" (geom, {names}) VALUES ({places})'  # noqa: S608 # nosec B608

    def write(self, geometries: Iterable[Optional[bytes]], rows: Iterable[Sequence[Any]]) -> None:
        """Add features: WKB (or None) and attribute values in the order of ``columns``."""
        features = (
            (None if wkb is None else _HEADER + wkb, *row) for wkb, row in zip(geometries, rows)
        )
        self._database.executemany(self._insert, features)

    def close(self, bounds: Optional[Sequence[float]] = None) -> None:
        """Finish the file; ``bounds`` are (west, south, east, north) in degrees."""
        west, south, east, north = bounds if bounds is not None else (None,) * 4
        self._run(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, "
            "max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?)",
            (self._layer, self._layer, west, south, east, north, _WGS84),
        )
        self._database.commit()
        self._database.close()

    def _run(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._database.execute(statement, values)
