# SPDX-License-Identifier: GPL-3.0-or-later
"""Zip archives, here or at an address, read in place."""

from __future__ import annotations

import struct
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from ..contract.errors import MissingInput, UnreadableRaster
from .address import is_address
from .ranges import open_ranges

_PIECE_BYTES = 1 << 22  # at an address, a request each
_LOCAL_HEADER = struct.Struct("<26xHH")  # lengths of name and extra field; APPNOTE.TXT, 4.3.7


@contextmanager
def open_archive(path: str) -> Iterator[zipfile.ZipFile]:
    """A zip archive; of one at an address, only what is read is fetched.

    Args:
        path: File or address.

    Raises:
        MissingInput: It is not there.
        UnreachableStorage: It is at an address, and cannot be had from there.
        UnreadableRaster: It is damaged or cut short, or encrypted.
    """
    try:
        with (
            open_ranges(path) if is_address(path) else Path(path).open("rb") as stream,
            zipfile.ZipFile(stream) as archive,
        ):
            yield archive
    except FileNotFoundError as error:
        raise MissingInput(f"There is no {path}.", "Give its path.") from error
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise UnreadableRaster(
            f"{path} cannot be read as a zip archive: {str(error).rstrip('.')}.",
            "Download it again.",
        ) from error


def last_bytes(archive: zipfile.ZipFile, name: str, count: int) -> bytes:
    """The last ``count`` bytes of a file in an archive.

    A stored file's are fetched alone. A compressed one is read to its end, which checks it, too.

    Raises:
        zipfile.BadZipFile, OSError, zlib.error: It is damaged; ``open_archive`` says so.
    """
    entry, stream = archive.getinfo(name), archive.fp
    if entry.compress_type == zipfile.ZIP_STORED and stream is not None:
        stream.seek(entry.header_offset)
        lengths = _LOCAL_HEADER.unpack(stream.read(_LOCAL_HEADER.size))
        start = entry.header_offset + _LOCAL_HEADER.size + sum(lengths)
        kept = min(count, entry.file_size)
        stream.seek(start + entry.file_size - kept)
        return stream.read(kept)
    end = b""
    with archive.open(entry) as inside:
        while piece := inside.read(_PIECE_BYTES):
            end = (end + piece)[-count:]
    return end
