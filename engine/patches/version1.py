# SPDX-License-Identifier: GPL-3.0-or-later
"""What a version 1 patch says of itself in ``<patch>_labels_metadata.json``."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from ..contract.errors import UnreadableTable
from ..core.storage import Storage, join, name_of

SUFFIX = "_labels_metadata.json"
_TILE = re.compile(r"_T(\d{2}[C-X][A-Z]{2})_")
_EPSG = re.compile(r'AUTHORITY\["EPSG","(\d+)"\]\]$')


@dataclass(frozen=True)
class PatchRecord:
    """One JSON of the archive.

    Args:
        labels43: Its 43-class names.
        tile: MGRS tile; empty if it does not say.
        epsg: CRS of its corners; None if it does not say.
        ulx, uly: Its upper left corner, metres.
        s2_name: The Sentinel-2 patch that a Sentinel-1 patch belongs to; empty in others.
    """

    labels43: Tuple[str, ...]
    tile: str
    epsg: Optional[int]
    ulx: Optional[float]
    uly: Optional[float]
    s2_name: str


def record_path(folder: str) -> str:
    """Path of a patch folder's JSON."""
    return join(folder, name_of(folder) + SUFFIX)


def read_record(folder: str, storage: Storage) -> PatchRecord:
    """Read a patch folder's JSON.

    Raises:
        MissingInput: It is not there.
        UnreadableTable: It is no JSON of that form.
    """
    path = record_path(folder)
    content = parse_json(storage.read_bytes(path), path)
    corner = content.get("coordinates") or {}
    tile = _TILE.search(str(content.get("tile_source", "")))
    epsg = _EPSG.search(str(content.get("projection", "")))
    try:
        ulx, uly = float(corner["ulx"]), float(corner["uly"])
    except (KeyError, TypeError, ValueError):
        ulx = uly = None  # type: ignore[assignment]
    return PatchRecord(
        tuple(content.get("original_labels", content["labels"])),  # relabelled in place
        tile.group(1) if tile else "",
        int(epsg.group(1)) if epsg else None,
        ulx,
        uly,
        str(content.get("corresponding_s2_patch", "")),
    )


def parse_json(data: bytes, path: str) -> Dict[str, Any]:
    """A patch's JSON, seen to hold a list of labels.

    Raises:
        UnreadableTable: It does not.
    """
    try:
        content: Any = json.loads(data)
    except ValueError as error:
        raise UnreadableTable(f"{path} is no JSON: {error}.", "Get the file again.") from error
    labels = content.get("labels") if isinstance(content, dict) else None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise UnreadableTable(
            f"{path} holds no list of labels.", "It must be a version 1 labels_metadata.json."
        )
    result: Dict[str, Any] = content
    return result
