# SPDX-License-Identifier: GPL-3.0-or-later
"""Size and checksum of shards: taken when they are written, compared whenever that matters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import crc32c

from ..contract.errors import CoverloomError
from ..core.storage import Storage, join
from .blocks_ahead import settle
from .format import Format
from .npz import MANIFEST

_BLOCK = 1 << 24


def verify_shard(folder: str, record: Dict[str, Any], storage: Storage) -> bool:
    """Whether a finished shard is still what its record says."""
    path = join(folder, record["path"])
    form_is_folder = storage.exists(join(path, MANIFEST))
    try:
        if form_is_folder:
            text = storage.read_bytes(join(path, MANIFEST))
            if f"{crc32c.crc32c(text):08x}" != record["crc32c"]:
                return False
            return all(
                _crc(join(path, file["path"]), storage) == (file["size"], file["crc32c"])
                for file in json.loads(text)["files"]
            )
        return _crc(path, storage) == (record["size"], record["crc32c"])
    except (CoverloomError, OSError, KeyError, ValueError):
        return False


def measured(path: Path, form: Format, crc: Optional[str]) -> Dict[str, Any]:
    """``size`` and ``crc32c`` of a shard that is complete; ``crc`` is what its writer knows."""
    if crc:
        return {"size": path.stat().st_size, "crc32c": crc}
    if not form.folder:
        size, crc = _crc(str(path), Storage())
        with path.open("rb+") as file:
            settle(file.fileno())
        return {"size": size, "crc32c": crc}
    text = (path / MANIFEST).read_bytes()
    size = sum(file["size"] for file in json.loads(text)["files"]) + len(text)
    return {"size": size, "crc32c": f"{crc32c.crc32c(text):08x}"}


def _crc(path: str, storage: Storage) -> Tuple[int, str]:
    """Length and CRC-32C of a file."""
    size = crc = 0
    buffer = bytearray(_BLOCK)
    with storage.open(path) as file:
        while True:
            count = file.readinto(buffer)  # type: ignore[attr-defined]
            if not count:
                return size, f"{crc:08x}"
            crc = crc32c.crc32c(memoryview(buffer)[:count], crc)
            size += count
