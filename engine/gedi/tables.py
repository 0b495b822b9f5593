# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of footprints: CSV with ``;``, GeoPackage and GeoParquet points, which QGIS opens."""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Sequence

import numpy as np

from ..contract.errors import InvalidRequest, MissingInput, UnreadableTable
from ..core.files import Staging
from ..core.geopackage import GeoPackage
from ..core.storage import Storage, is_remote, name_of
from .footprints import NEEDED, OPTIONAL, TEXTS, Column, Footprints, iso_times

# How the old tables spell these two.
_CSV_NAMES = {"gedi_filename": "GEDI Filename", "acquisition_time": "Acquisition Time"}
_DTYPES = {**NEEDED, **OPTIONAL}
_WKB_POINT = np.dtype([("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])
_REMEDY = "Give a table that 'Combine GEDI granules' wrote, or make it again."


def write_table(path: str, table: Footprints) -> None:
    """Write a table, whole or not at all; its suffix says the form.

    Raises:
        InvalidRequest: Another suffix than .csv, .gpkg, .parquet.
        UnwritablePath: It cannot be written there.
    """
    write = {".csv": _write_csv, ".gpkg": _write_gpkg, ".parquet": _write_parquet}
    form = _form(path, write)
    with Staging() as staging:
        form(staging.path(path), table)
        staging.publish()


def read_table(path: str) -> Footprints:
    """Read a table of any of the forms.

    Raises:
        MissingInput: There is no such file.
        InvalidRequest: Another suffix.
        UnreadableTable: It is damaged, or lacks columns, which are named.
    """
    read = {".csv": _read_csv, ".gpkg": _read_gpkg, ".parquet": _read_parquet}
    form = _form(path, read)
    try:
        with _on_disk(path) as place:
            return _typed(form(place), path)
    except UnreadableTable:
        raise
    except (OSError, ValueError, TypeError, KeyError, OverflowError, sqlite3.Error) as error:
        raise UnreadableTable(f"{path} cannot be read: {error}.", _REMEDY) from error


@contextmanager
def _on_disk(path: str) -> Iterator[Path]:
    """The table's path, or that of a copy while it is needed."""
    if not is_remote(path):
        if not Path(path).is_file():
            raise MissingInput(f"There is no table {path}.", "Check the path.")
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="coverloom-") as folder:
        copy = Path(folder, name_of(path))
        copy.write_bytes(Storage().read_bytes(path))
        yield copy


def _form(path: str, forms: Dict[str, Callable[..., Any]]) -> Callable[..., Any]:
    suffix = Path(path).suffix.lower()
    if suffix not in forms:
        raise InvalidRequest(f"{path} ends in {suffix!r}.", f"Use {', '.join(forms)}.")
    return forms[suffix]


def _typed(raw: Dict[str, Sequence[Any]], path: str) -> Footprints:
    missing = [name for name in NEEDED if name not in raw]
    if missing:
        raise UnreadableTable(f"{path} lacks the columns {', '.join(missing)}.", _REMEDY)
    columns: Dict[str, Column] = {}
    for name, values in raw.items():
        if name in _DTYPES:
            columns[name] = _numbers(values, _DTYPES[name])
        elif name in TEXTS:
            columns[name] = np.array([str(value) for value in values], object)
    table = Footprints(columns)
    bad = ~np.isfinite(columns["lon_lowestmode"]) | (np.abs(columns["lat_lowestmode"]) > 90)
    if bad.any():
        raise UnreadableTable(f"{path} has {int(bad.sum())} rows without a place.", _REMEDY)
    columns.setdefault("gedi_filename", np.full(len(table), "", object))
    columns.setdefault("acquisition_time", iso_times(table.times))
    return table


def _numbers(values: Sequence[Any], dtype: str) -> Column:
    if dtype == "u8":  # through float64 the last digits of a shot number would be lost
        return np.array([int(value) for value in values], "u8")
    return np.array(values, "f8").astype(dtype)


def _names(table: Footprints) -> List[str]:
    return [n for n in (*_DTYPES, *TEXTS) if n in table]


def _lists(table: Footprints) -> List[List[Any]]:
    """Columns as Python values; float32 with as few digits as bring it back."""
    found = []
    for name in _names(table):
        column = table[name]
        if column.dtype == np.float32:
            found.append([float(str(value)) for value in column])
        else:
            found.append(column.tolist())
    return found


def _write_csv(path: Path, table: Footprints) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow([_CSV_NAMES.get(name, name) for name in _names(table)])
        writer.writerows(zip(*_lists(table)))


def _read_csv(path: Path) -> Dict[str, Sequence[Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    if not rows:
        raise ValueError("it is empty")
    names = [name.strip().lower().replace(" ", "_") for name in rows[0]]
    cut = next((i for i, row in enumerate(rows[1:], 2) if len(row) != len(names)), 0)
    if cut:
        raise ValueError(f"line {cut} has not {len(names)} fields")
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(names)}


def _points(table: Footprints) -> Column:
    points = np.zeros(len(table), _WKB_POINT)
    points["order"], points["type"] = 1, 1
    points["x"], points["y"] = table["lon_lowestmode"], table["lat_lowestmode"]
    return points


def _bounds(table: Footprints) -> List[float]:
    lon, lat = table["lon_lowestmode"], table["lat_lowestmode"]
    return [float(v) for v in (lon.min(), lat.min(), lon.max(), lat.max())]


def _write_gpkg(path: Path, table: Footprints) -> None:
    names = _names(table)
    kinds = {"f": "REAL", "u": "INTEGER", "O": "TEXT"}
    columns = [(name, kinds[table[name].dtype.kind]) for name in names]
    layer = GeoPackage(path, "footprints", columns, "POINT")
    layer.write((point.tobytes() for point in _points(table)), zip(*_lists(table)))
    layer.close(_bounds(table) if len(table) else None)


def _read_gpkg(path: Path) -> Dict[str, Sequence[Any]]:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        layers = database.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        ).fetchall()
        if len(layers) != 1:
            raise ValueError(f"it has {len(layers)} layers")
        layer = layers[0][0].replace('"', '""')
        cursor = database.execute(f'SELECT * FROM "{layer}"')  # noqa: S608  # nosec B608 - quoted
        names = [item[0] for item in cursor.description]
        rows = cursor.fetchall()
    finally:
        database.close()
    return {n: [row[i] for row in rows] for i, n in enumerate(names) if n not in ("fid", "geom")}


def _write_parquet(path: Path, table: Footprints) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: pa.array(table[name]) for name in _names(table) if name in _DTYPES}
    columns.update({n: pa.array(table[n], pa.string()) for n in _names(table) if n in TEXTS})
    points = _points(table)
    columns["geometry"] = pa.array([point.tobytes() for point in points], pa.binary())
    geometry: Dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"]}
    if len(table):
        geometry["bbox"] = _bounds(table)
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": geometry}}
    arrow = pa.table(columns).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(arrow, path, compression="zstd", write_page_checksum=True)


def _read_parquet(path: Path) -> Dict[str, Sequence[Any]]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, page_checksum_verification=True)
    names = [name for name in file.schema_arrow.names if name in _DTYPES or name in TEXTS]
    table = file.read(columns=names)
    return {name: table.column(name).to_numpy(zero_copy_only=False) for name in names}
