# SPDX-License-Identifier: GPL-3.0-or-later
"""The patch index: a GeoParquet table, one row a patch, with its own card inside.

Polygons are WKB in longitude and latitude (GeoParquet 1.1, whose default CRS is OGC:CRS84, the
axis order in which GIS programs show EPSG:4326). Parquet pages carry checksums, which are
verified on reading: altered bytes raise instead of passing as data.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import IO, Any, Dict, Iterable, Iterator, List, Optional, Sequence, Union

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..contract.errors import InvalidCard, UnreadableTable
from ..core.files import Staging
from ..core.storage import Storage
from .row import PatchRow

SCHEMA = 1
KEY = b"coverloom"
STATUSES = ("paired", "unpaired", "ambiguous")

FIELDS = pa.schema(
    [
        pa.field("patch_id", pa.string(), nullable=False),
        pa.field("version", pa.int8(), nullable=False),
        pa.field("s1_name", pa.string(), nullable=False),
        pa.field("s2v1_name", pa.string(), nullable=False),
        pa.field("s2_path", pa.string(), nullable=False),
        pa.field("s1_path", pa.string(), nullable=False),
        pa.field("map_path", pa.string(), nullable=False),
        pa.field("labels", pa.list_(pa.string()), nullable=False),
        pa.field("labels43", pa.list_(pa.string()), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("date_s2", pa.date32()),
        pa.field("date_s1", pa.date32()),
        pa.field("days_apart", pa.int32()),
        pa.field("tile", pa.string(), nullable=False),
        pa.field("h", pa.int16()),
        pa.field("v", pa.int16()),
        pa.field("epsg", pa.int32()),
        pa.field("ulx", pa.float64()),
        pa.field("uly", pa.float64()),
        pa.field("contains_seasonal_snow", pa.bool_()),
        pa.field("contains_cloud_or_shadow", pa.bool_()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("geometry", pa.binary()),
    ]
)
COLUMNS = tuple(name for name in FIELDS.names if name != "geometry")


@dataclass(frozen=True)
class PatchIndex:
    """Rows of an index and its card.

    Args:
        table: The rows, with columns of ``FIELDS``; without geometry unless asked for.
        card: ``{"schema": 1, "roots": {…}, "counts": {…}, "made": {…}}``.
    """

    table: pa.Table
    card: Dict[str, Any]

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str) -> np.ndarray:
        """One column as a ``(N,)`` array; text becomes objects, missing numbers NaN."""
        values: np.ndarray = self.table.column(name).to_numpy()
        return values

    def rows(
        self, indices: Optional[Union[Sequence[int], np.ndarray]] = None
    ) -> Iterator[PatchRow]:
        """Rows one by one: all, or those at ``(n,)`` ``indices``, in that order."""
        table = self.table if indices is None else self.table.take(pa.array(indices, pa.int64()))
        names = [n for n in table.column_names if n in COLUMNS]
        for batch in table.select(names).to_batches(max_chunksize=4096):
            columns = [_frozen(column.to_pylist()) for column in batch.columns]
            for values in zip(*columns):
                yield PatchRow(**dict(zip(names, values)))

    def row(self, i: int) -> PatchRow:
        """Row ``i``."""
        return next(self.rows([i]))

    def select(self, which: np.ndarray) -> PatchIndex:
        """The rows where a ``(N,)`` bool array is True, or at whole-number positions."""
        if which.dtype == bool:
            return PatchIndex(self.table.filter(pa.array(which)), self.card)
        return PatchIndex(self.table.take(pa.array(which, pa.int64())), self.card)

    def paired(self) -> PatchIndex:
        """The rows whose Sentinel-1 and Sentinel-2 parts belong together beyond doubt."""
        return self.select(pc.equal(self.table.column("status"), "paired").to_numpy())


def read_index(path: str, columns: Optional[Sequence[str]] = None) -> PatchIndex:
    """Read a patch index.

    Args:
        path: Local path or URL.
        columns: Which columns to keep in memory; None for all but the geometry.

    Raises:
        MissingInput: There is no such file.
        UnreadableTable: It is damaged, or no patch index.
        InvalidCard: Its card is of another version.
    """
    try:
        with Storage().open(path) as source:
            file = pq.ParquetFile(source, page_checksum_verification=True)
            card = _read_card(file, path)
            _check_columns(file.schema_arrow, path)
            table = file.read(columns=list(columns or COLUMNS))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableTable(
            f"{path} cannot be read as a patch index: {error}.",
            "Give a file that 'Index a BigEarthNet archive' wrote, or make it again.",
        ) from error
    if table.num_rows != card["counts"]["patches"]:
        raise UnreadableTable(
            f"{path} has {table.num_rows} rows; its card says {card['counts']['patches']}.",
            "Make the index again.",
        )
    return PatchIndex(table, card)


def write_index(
    path: str, tables: Iterable[pa.Table], roots: Dict[str, str], made: Dict[str, Any]
) -> Dict[str, Any]:
    """Write an index; raises and returns as ``IndexWriter.close``."""
    with IndexWriter(path) as writer:
        for table in tables:
            writer.write(table)
        return writer.close(roots, made)


class IndexWriter:
    """Writes an index table by table, so that memory does not grow with the archive.

    Args:
        path: Where the file appears, complete, at ``close``; local path or URL.
    """

    def __init__(self, path: str) -> None:
        self._staging = Staging()
        self._sink: IO[bytes] = self._staging.path(path).open("wb")
        self._writer = pq.ParquetWriter(
            self._sink, FIELDS, compression="zstd", write_page_checksum=True
        )
        self._counts = {"patches": 0, **dict.fromkeys(STATUSES, 0)}
        self._bounds = np.array([np.inf, np.inf, -np.inf, -np.inf])

    def write(self, table: pa.Table, bounds: Optional[np.ndarray] = None) -> None:
        """Add rows.

        Args:
            table: Columns of ``FIELDS``, in any order.
            bounds: (west, south, east, north) of its geometry, degrees; None if it has none.
        """
        table = table.select(FIELDS.names).cast(FIELDS)
        self._writer.write_table(table, row_group_size=65536)
        self._counts["patches"] += table.num_rows
        for status in STATUSES:
            self._counts[status] += pc.sum(pc.equal(table.column("status"), status)).as_py() or 0
        if bounds is not None:
            self._bounds[:2] = np.minimum(self._bounds[:2], bounds[:2])
            self._bounds[2:] = np.maximum(self._bounds[2:], bounds[2:])

    def close(self, roots: Dict[str, str], made: Dict[str, Any]) -> Dict[str, Any]:
        """Write the cards, give the file its name, and return the index's card.

        Args:
            roots: Folders that the paths start with: ``s2``, ``s1``, ``maps``.
            made: How the index came about: settings, metadata files, versions.

        Raises:
            UnwritablePath, UnreachableStorage: It cannot be written there.
        """
        card = {"schema": SCHEMA, "counts": self._counts, "roots": roots, "made": made}
        cards = {KEY.decode(): json.dumps(card), "geo": json.dumps(self._geo_card())}
        self._writer.add_key_value_metadata(cards)
        self._writer.close()
        self._sink.close()
        self._staging.publish()
        return card

    def _geo_card(self) -> Dict[str, Any]:
        column: Dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Polygon"]}
        if np.isfinite(self._bounds).all():
            column["bbox"] = self._bounds.tolist()
        return {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}

    def __enter__(self) -> IndexWriter:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if self._writer.is_open:
                self._writer.close()
            self._sink.close()
        finally:  # a full disk takes no last bytes
            self._staging.close()


def rows_table(rows: Iterable[PatchRow]) -> pa.Table:
    """An index table of single rows, without geometry; for small indices."""
    plain = [dataclasses.asdict(row) for row in rows]
    columns: Dict[str, List[Any]] = {name: [item[name] for item in plain] for name in COLUMNS}
    columns["geometry"] = [None] * len(plain)
    return pa.table(columns, schema=FIELDS)


def _read_card(file: pq.ParquetFile, path: str) -> Dict[str, Any]:
    text = (file.metadata.metadata or {}).get(KEY)
    if text is None:
        raise UnreadableTable(
            f"{path} is a parquet file, but no patch index.",
            "Give a file that 'Index a BigEarthNet archive' wrote, as it was; what another program "
            "saved, QGIS too, is none. Choose among its patches by SPLIT_FILES or COUNTRIES.",
        )
    try:
        card: Any = json.loads(text)
    except ValueError as error:
        raise InvalidCard(f"The card of {path} is no JSON.", "Make the index again.") from error
    if not isinstance(card, dict) or card.get("schema") != SCHEMA:
        found = card.get("schema") if isinstance(card, dict) else card
        raise InvalidCard(
            f"The card of {path} has schema {found!r}; this Coverloom reads {SCHEMA}.",
            "Update Coverloom, or make the index again.",
        )
    if set(card) != {"schema", "counts", "roots", "made"} or "patches" not in card["counts"]:
        raise InvalidCard(
            f"The card of {path} has the fields {', '.join(sorted(card))}.", "Make the index again."
        )
    return card


def _check_columns(schema: pa.Schema, path: str) -> None:
    missing = [n for n in FIELDS.names if n not in schema.names]
    if missing:
        raise UnreadableTable(
            f"{path} lacks the columns {', '.join(missing)}.", "Make the index again."
        )


def _frozen(column: List[Any]) -> List[Any]:
    """A column with tuples for lists."""
    return [tuple(x) if isinstance(x, list) else x for x in column]
