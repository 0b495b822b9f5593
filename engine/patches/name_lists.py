# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of patch names as BigEarthNet publishes them: CSV, a name or "s2,s1" a row, no header.

Splits come so (``train.csv``, ``val.csv``, ``test.csv``), and for version 1 what has snow or cloud
(``patches_with_seasonal_snow.csv``, ``patches_with_cloud_and_shadow.csv``).
"""

from __future__ import annotations

import csv
import io
from typing import Dict, List, Sequence, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..contract.errors import InvalidRequest, UnreadableTable
from ..core.storage import Storage, name_of
from .names import try_parse

FLAG_WORDS = {"contains_seasonal_snow": "snow", "contains_cloud_or_shadow": "cloud"}
_KEYS = ("patch_id", "s2v1_name")


def read_names(path: str, storage: Storage) -> List[Tuple[str, ...]]:
    """Rows of a list: the Sentinel-2 name and, where it is given, the Sentinel-1 name.

    Args:
        path: Local path or URL of a CSV file.
        storage: What to read through.

    Raises:
        MissingInput: It is not there.
        UnreadableTable: It is no text, or its first rows hold no patch name.
    """
    try:
        text = storage.read_bytes(path).decode("utf-8-sig")
        rows = [
            tuple(filter(None, map(str.strip, row[:2]))) for row in csv.reader(io.StringIO(text))
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTable(f"{path} is no CSV file: {error}.", "Get the file again.") from error
    rows = [row for row in rows if row]
    if rows and try_parse(rows[0][0]) is None:  # somebody gave it a header
        rows = rows[1:]
    if not rows or try_parse(rows[0][0]) is None:
        raise UnreadableTable(
            f"{path} is no list of BigEarthNet patches: it does not begin with a patch's name.",
            "Give a CSV file with one patch name a row.",
        )
    return rows


def flag_of(path: str) -> str:
    """The index's column that a list is about, by the list's name.

    Raises:
        InvalidRequest: It is called after neither, or both.
    """
    name = name_of(path).lower()
    hits = [flag for flag, word in FLAG_WORDS.items() if word in name]
    if len(hits) != 1:
        raise InvalidRequest(
            f"METADATA has the list {path}, whose name says neither snow nor cloud.",
            "Give patches_with_seasonal_snow.csv and patches_with_cloud_and_shadow.csv; "
            "lists of splits are for SPLIT_FILES of 'Export a dataset'.",
        )
    return hits[0]


class FlagLists:
    """Which patches have snow or cloud, by published lists.

    Args:
        paths: CSV files.
        storage: What to read through.

    Raises:
        MissingInput, UnreadableTable, InvalidRequest: As ``read_names`` and ``flag_of`` say.
    """

    def __init__(self, paths: Sequence[str], storage: Storage) -> None:
        listed: Dict[str, List[str]] = {}
        for path in paths:
            names = listed.setdefault(flag_of(path), [])
            names += [row[0] for row in read_names(path, storage)]
        self._listed = {flag: pa.array(sorted(set(n)), pa.string()) for flag, n in listed.items()}
        self.found = 0

    def __len__(self) -> int:
        return sum(map(len, self._listed.values()))

    def mark(self, table: pa.Table) -> pa.Table:
        """The index rows with their flags set: true for what is listed or was flagged already."""
        for flag, names in self._listed.items():
            hits = [pc.is_in(table.column(key), names) for key in _KEYS]
            listed = pc.or_(*hits)
            self.found += int(np.sum(listed.to_numpy()))
            before = pc.fill_null(table.column(flag), False)
            at = table.schema.get_field_index(flag)
            table = table.set_column(at, table.schema.field(at), pc.or_(before, listed))
        return table
