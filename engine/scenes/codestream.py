# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a JPEG 2000 file is all there: its decoder would fill what is missing with grey.

Boxes: ISO/IEC 15444-1, annex I; the end of codestream marker: annex A.4.4.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from ..contract.errors import UnreadableRaster
from ..core.address import address_of, archive_of
from ..core.archive import last_bytes, open_archive
from ..core.storage import Storage

_SIGNATURE = bytes.fromhex("0000000c6a5020200d0a870a")
_END = b"\xff\xd9"


def check_complete(path: str) -> None:
    """Look at the end of a JP2 file; files of another kind pass.

    Args:
        path: File, or GDAL's name for it; of one at an address the last two bytes alone are read,
            unless it is compressed in an archive.

    Raises:
        UnreadableRaster: It was cut short, as by a download that stopped.
        UnreachableStorage: The address cannot be read.
    """
    file, address, archive = Path(path), address_of(path), archive_of(path)
    if archive and file.suffix.lower() == ".jp2":
        _check_inside(path, address_of(archive) or archive)
        return
    if address and file.suffix.lower() == ".jp2":
        storage = Storage()
        size = storage.size(address)
        if size < len(_END) or storage.read_range(address, size - len(_END), size) != _END:
            raise _cut_short(address, size)
        return
    if file.suffix.lower() != ".jp2" or not file.is_file():
        return
    size = file.stat().st_size
    with file.open("rb") as stream:
        if size and stream.read(len(_SIGNATURE)) != _SIGNATURE:
            return  # whatever it is, GDAL shall say
        if size and _complete(stream, size):
            return
    raise _cut_short(path, size)


def _check_inside(path: str, archive: str) -> None:
    name = path.partition("}/")[2]
    with open_archive(archive) as opened:
        # Compressed, it is read whole, and at an address fetched for it: its real lengths are in
        # its tile-parts, all along the file, and unlooked at it would be mapped as grey.
        if last_bytes(opened, name, len(_END)) != _END:
            raise _cut_short(f"{archive}/{name}", opened.getinfo(name).file_size)


def _cut_short(path: str, size: int) -> UnreadableRaster:
    return UnreadableRaster(
        f"{path} is cut short: it has {size} bytes and no end of its picture.",
        "Download it again.",
    )


def _complete(stream: BinaryIO, size: int) -> bool:
    """Whether the codestream ends, within ``size`` bytes, with its marker."""
    start = 0
    while start + 8 <= size:
        stream.seek(start)
        head = stream.read(16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        stop = size if length == 0 else start + length
        if stop > size or stop <= start:
            return False
        if kind == b"jp2c":
            stream.seek(stop - len(_END))
            return stream.read(len(_END)) == _END
        start = stop
    return False
