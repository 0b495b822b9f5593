# SPDX-License-Identifier: GPL-3.0-or-later
"""Index rows from the official metadata tables, a stretch of rows at a time."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..contract.errors import UnknownClass, UnreadableTable
from ..core.storage import Storage, is_remote
from .archive import Roots
from .footprints import places, polygons
from .index import FIELDS, KEY
from .names import split_names
from .nomenclature import nomenclature
from .splits import SPLITS

REQUIRED = ("patch_id", "labels", "split", "country", "s1_name", "s2v1_name")
FLAGS = ("contains_seasonal_snow", "contains_cloud_or_shadow")
_ROWS = 65536


class OfficialMetadata:
    """The official tables, checked.

    Args:
        paths: Parquet files.
        storage: What to read through.

    Raises:
        MissingInput: A file is not there.
        UnreadableTable: A file is no parquet, of another schema, or a patch is in it twice.
        UnknownClass: A label is in no nomenclature.
    """

    def __init__(self, paths: Sequence[str], storage: Storage) -> None:
        self._paths, self._storage = list(paths), storage
        self.rows = 0
        keys: List[pa.ChunkedArray] = []
        partners: List[pa.ChunkedArray] = []
        for path in self._paths:
            table = self._read(path, ["patch_id", "s1_name", "labels"])
            _check_labels(table, path)
            keys.append(table.column("patch_id"))
            partners.append(table.column("s1_name"))
            self.rows += table.num_rows
        twice = _repeated(keys)
        if len(twice):
            raise UnreadableTable(
                f"Patch {twice[0].as_py()} is in the metadata twice.",
                "Give each metadata file once.",
            )
        self._shared = _repeated(partners)

    def tables(
        self, roots: Roots, max_days: int, present: Optional[pa.Array] = None
    ) -> Iterator[Tuple[pa.Table, np.ndarray]]:
        """Index rows, with the ``(4,)`` bounds of their footprints in degrees.

        Args:
            roots: Where the archive's parts lie.
            max_days: Most days between Sentinel-1 and Sentinel-2.
            present: Names of the Sentinel-2 folders that are there; None to take all rows.
        """
        for path in self._paths:
            with self._storage.open(path) as source:
                file = _open(source, path)
                for batch in file.iter_batches(_ROWS, columns=_columns(file)):
                    table = _plain(pa.Table.from_batches([batch]))
                    if present is not None:
                        key = "s2v1_name" if roots.version == 1 else "patch_id"
                        table = table.filter(pc.is_in(table.column(key), present))
                    if table.num_rows:
                        yield _index_rows(table, roots, max_days, self._shared)

    def some_paths(self, roots: Roots, count: int) -> List[str]:
        """Folders of Sentinel-2 patches from the tables' beginning to their end, for a look."""
        if not roots.s2 or not self._paths:
            return []
        table = self._read(self._paths[0], ["patch_id", "s1_name", "s2v1_name"])
        rows = np.linspace(0, table.num_rows - 1, min(count, table.num_rows)).astype(np.int64)
        some = table.take(pa.array(np.unique(rows)))
        text = {name: _text(some, name) for name in some.column_names}
        paths: List[str] = _paths(text, roots)["s2_path"].to_pylist()
        return paths

    def _read(self, path: str, columns: List[str]) -> pa.Table:
        try:
            with self._storage.open(path) as source:
                return _plain(_open(source, path).read(columns=columns))
        except (pa.ArrowException, OSError) as error:
            raise UnreadableTable(
                f"{path} is no readable parquet file: {error}.", "Get the file again."
            ) from error


def _open(source: Any, path: str) -> pq.ParquetFile:
    file = pq.ParquetFile(source)
    schema = file.schema_arrow
    missing = [name for name in REQUIRED if name not in schema.names]
    if KEY in (file.metadata.metadata or {}):
        # It has all the columns, but pairs of a discovery would pass as official ones.
        raise UnreadableTable(
            f"{path} is a patch index, not the official metadata.",
            "Give the official metadata.parquet.",
        )
    if missing:
        raise UnreadableTable(
            f"{path} is no BigEarthNet v2 metadata: it lacks {', '.join(missing)}.",
            "Give the official metadata.parquet, or leave METADATA empty to discover patches.",
        )
    texts = [name for name in REQUIRED if name != "labels"]
    wrong = [name for name in texts if not _is_text(schema.field(name).type)]
    if not _is_list(schema.field("labels").type):
        wrong.append("labels")
    if wrong:
        raise UnreadableTable(
            f"{path} has columns of another type: {', '.join(wrong)}.",
            "Give the official metadata.parquet, or rows of it with the types they have there.",
        )
    return file


def _is_text(kind: pa.DataType) -> bool:
    """What pandas and polars write for text, by their versions: some of its rows are read too."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _plain(table: pa.Table) -> pa.Table:
    """The table with the official columns' own types."""
    for i, field in enumerate(table.schema):
        wanted = None
        if _is_text(field.type):
            wanted = pa.string()
        elif _is_list(field.type) and _is_text(field.type.value_type):
            wanted = pa.list_(pa.string())
        if wanted is not None and field.type != wanted:
            table = table.set_column(i, field.name, table.column(i).cast(wanted))
    return table


def _columns(file: pq.ParquetFile) -> List[str]:
    return [*REQUIRED, *(name for name in FLAGS if name in file.schema_arrow.names)]


def _check_labels(table: pa.Table, path: str) -> None:
    known = set(nomenclature("ben19").scheme.names)
    found = pc.unique(pc.list_flatten(table.column("labels"))).to_pylist()
    unknown = sorted(str(label) for label in found if label not in known)
    if unknown:
        raise UnknownClass(
            f"{path} has the label {unknown[0]!r}, which is none of the 19 classes.",
            "Give the official metadata.parquet.",
        )


def _repeated(columns: Sequence[pa.ChunkedArray]) -> pa.Array:
    """Values that stand in the columns more than once."""
    chunks = [chunk for column in columns for chunk in column.chunks]
    counts = pc.value_counts(pa.chunked_array(chunks, pa.string()))
    return pc.filter(counts.field("values"), pc.greater(counts.field("counts"), 1))


def _index_rows(
    table: pa.Table, roots: Roots, max_days: int, shared: pa.Array
) -> Tuple[pa.Table, np.ndarray]:
    text = {name: _text(table, name) for name in REQUIRED if name != "labels"}
    s2, s1 = split_names(text["patch_id"], "s2v2"), split_names(text["s1_name"], "s1")
    if not s2["ok"].all():
        name = text["patch_id"][int(np.argmin(s2["ok"]))].as_py()
        raise UnreadableTable(
            f"The metadata hold the patch_id {name!r}, which is no version 2 name.",
            "Give the official metadata.parquet.",
        )
    epsg, ulx, uly = places(s2["tile"], s2["h"], s2["v"])
    geometry, bounds = polygons(epsg, ulx, uly)
    days = np.abs((s2["day"] - s1["day"]).astype(np.int64))
    status, reason = _judge(text, s2, s1, days, max_days, shared, roots)
    with_s1 = pa.array(s1["ok"])
    columns: Dict[str, Any] = {
        **text,
        **_paths(text, roots),
        "patch_id": text["s2v1_name"] if roots.version == 1 else text["patch_id"],
        "version": pa.array(np.full(len(epsg), roots.version, np.int8)),
        "labels": table.column("labels").combine_chunks(),
        "labels43": pa.array([[]] * len(epsg), pa.list_(pa.string())),
        "split": _split(text["split"]),
        "date_s2": pa.array(s2["day"]),
        "date_s1": pc.if_else(with_s1, pa.array(s1["day"]), None),
        "days_apart": pc.if_else(with_s1, pa.array(days.astype(np.int32)), None),
        "tile": s2["tile"],
        "h": pa.array(s2["h"]),
        "v": pa.array(s2["v"]),
        "epsg": pa.array(epsg),
        "ulx": pa.array(ulx),
        "uly": pa.array(uly),
        "status": status,
        "reason": reason,
        "geometry": geometry,
    }
    for flag in FLAGS:
        there = flag in table.column_names
        columns[flag] = table.column(flag) if there else pa.nulls(len(epsg), pa.bool_())
    return pa.table({name: columns[name] for name in FIELDS.names}), bounds


def _text(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).combine_chunks().fill_null("")


def _split(names: pa.Array) -> pa.Array:
    odd = sorted(set(pc.unique(names).to_pylist()) - {*SPLITS, ""})
    if odd:
        raise UnreadableTable(
            f"The metadata hold the split {odd[0]!r}.", f"Splits are {', '.join(SPLITS)}."
        )
    return names


def _paths(text: Dict[str, pa.Array], roots: Roots) -> Dict[str, pa.Array]:
    """Folders of each row's parts, by the layout of the archive's version."""
    if roots.version == 1:
        s2, s1, maps = text["s2v1_name"], text["s1_name"], None
    else:
        scene = pc.replace_substring_regex(text["patch_id"], r"_\d+_\d+$", "")
        s2 = _slashed(roots.s2, scene, text["patch_id"])
        s1_scene = pc.replace_substring_regex(text["s1_name"], r"_[^_]+_\d+_\d+$", "")
        s1 = _slashed(roots.s1, s1_scene, text["s1_name"])
        maps = _slashed(roots.maps, scene, text["patch_id"])
    nothing = pa.array([""] * len(text["patch_id"]))
    return {
        "s2_path": _under(roots.s2, s2) if roots.s2 else nothing,
        "s1_path": _under(roots.s1, s1) if roots.s1 else nothing,
        "map_path": _under(roots.maps, maps) if roots.maps and maps is not None else nothing,
    }


def _slashed(root: str, first: pa.Array, second: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(first, second, _separator(root))


def _under(root: str, names: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(root, names, _separator(root))


def _separator(root: str) -> str:
    return "\\" if "\\" in root and not is_remote(root) else "/"


def _judge(
    text: Dict[str, pa.Array],
    s2: Dict[str, Any],
    s1: Dict[str, Any],
    days: np.ndarray,
    max_days: int,
    shared: pa.Array,
    roots: Roots,
) -> Tuple[pa.Array, pa.Array]:
    """Status and reason of each row; the first fault found is told."""
    same = pc.fill_null(pc.equal(s2["tile"], s1["tile"]), False).to_numpy(zero_copy_only=False)
    same &= (s2["h"] == s1["h"]) & (s2["v"] == s1["v"])
    doubly = pc.is_in(text["s1_name"], shared).to_numpy(zero_copy_only=False)
    faults = (
        (not roots.s2, "unpaired", "the archive has no Sentinel-2 part"),
        (not roots.s1, "unpaired", "the archive has no Sentinel-1 part"),
        (~s1["ok"], "unpaired", "the metadata name no Sentinel-1 patch"),
        (~same, "ambiguous", "the metadata name a Sentinel-1 patch of another place"),
        (doubly, "ambiguous", "the metadata give its Sentinel-1 patch to several patches"),
        (days > max_days, "unpaired", f"Sentinel-1 is more than {max_days} days apart"),
    )
    status, reason = np.full(len(days), "paired", object), np.full(len(days), "", object)
    for fault, state, words in faults:
        hit = (status == "paired") & fault
        status[hit], reason[hit] = state, words
    return pa.array(status, pa.string()), pa.array(reason, pa.string())
