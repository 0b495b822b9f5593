# SPDX-License-Identifier: GPL-3.0-or-later
"""What tells a file from the one that was there before: size, and time or the store's own mark.

A copy of a layer is made anew for each run: it is told by what it holds.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, Optional

from ..contract.copies import is_copy, lasting
from .address import address_of, archive_of, is_address
from .storage import Found, Storage


def stamp_of(name: str, storage: Optional[Storage] = None) -> Optional[str]:
    """Size and time of a file; at an address, size and what its store says of the content.

    Args:
        name: Path, address, or GDAL's name, also for what lies in an archive.
        storage: To ask; None for one of its own.

    Returns:
        None for what is no file: a folder, another name of GDAL's, nothing.

    Raises:
        MissingInput: There is nothing at an address.
        UnreachableStorage: An address cannot be asked.
    """
    name = archive_of(name) or name
    address = address_of(name) or (name if is_address(name) else "")
    if address:
        found = (storage or Storage()).about(address)
        return None if found.folder else _of_object(found)
    path = Path(name.split("|")[0])
    return _of_file(path) if name and path.is_file() else None


def stamps_under(place: str) -> Dict[str, str]:
    """The stamp of every file under a folder, at any depth, or of a file, by its name.

    Raises:
        MissingInput: There is nothing at an address.
        UnreachableStorage: An address cannot be listed.
    """
    if is_address(place):
        storage = Storage()
        found = storage.about(place)
        items = storage.files(place) if found.folder else [found]
        return {item.path: _of_object(item) for item in items}
    path = Path(place)
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {lasting(str(file)): _of_file(file) for file in files if file.is_file()}


def _of_object(found: Found) -> str:
    return f"{found.size} bytes, mark {found.mark or 'none'}"


def _of_file(path: Path) -> str:
    state = path.stat()
    if is_copy(str(path)):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        return f"{state.st_size} bytes, content {content[:16]}"
    seconds, rest = divmod(state.st_mtime_ns, 1_000_000_000)
    changed = datetime.fromtimestamp(seconds, timezone.utc)
    return f"{state.st_size} bytes of {changed:%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
