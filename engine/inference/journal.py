# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has finished, kept beside its output, so that the same run can go on after a kill.

A GeoTIFF that was being written when its process died cannot be trusted: it opens, and holds zeros
where blocks were still in memory. So finished chunks are also appended, as they are, to a journal
with a checksum each. The next run writes its files anew from the journal, which costs a fiftieth
of computing them, and computes what is missing; the files come out the same to the byte. A record
cut short by the kill fails its checksum and is dropped.

Layout: one line of JSON, then a record a chunk: mark, place, bytes, CRC-32C, content.
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Mapping, Optional, Tuple

import numpy as np
from crc32c import crc32c
from numpy.typing import NDArray

from ..contract.errors import OtherSettings, UnwritablePath
from ..core.alone import claim
from ..core.closing import Closing
from ..core.faults import fault
from ..core.map_format import MapFormat
from ..core.window import Window

SCHEMA = 1
_HEAD = struct.Struct("<4s4IQQ")  # mark, column, row, width, height, valid px, bytes
_CRC = struct.Struct("<I")
_MARK = b"CHNK"
Values = Mapping[str, NDArray[Any]]


def journal_beside(final: Path) -> Path:
    """The journal of the run whose first output is ``final``."""
    final = final.absolute()
    return final.with_name(f".{final.name[:100]}.resume")


def read_start(path: Path) -> Optional[Dict[str, Any]]:
    """What the unfinished run was started with: its ``facts`` and its ``settings``.

    None if there is no journal, or none that can be read: then the run begins anew.
    """
    try:
        with path.open("rb") as file:
            start = json.loads(file.readline())
        return start if start["schema"] == SCHEMA and {"facts", "settings"} <= set(start) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def check_same(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Compare what an unfinished run was started with and what is asked for now.

    Raises:
        OtherSettings: They differ; the message names in what.
    """
    names = [n for n in {**before, **now} if before.get(n) != now.get(n)]
    if not names:
        return
    shown = [f"{n} was {_short(before.get(n))} and is {_short(now.get(n))}" for n in names[:3]]
    more = f", and {len(names) - 3} more differ" if len(names) > 3 else ""
    raise OtherSettings(
        f"The unfinished run that RESUME would go on with differs: {'; '.join(shown)}{more}.",
        f"Ask for the same again, or delete {path} to begin anew.",
    )


class Journal(Closing):
    """The journal of one run, open; a context manager that closes but keeps it.

    Args:
        path: ``journal_beside`` the output.
        start: ``{"facts": …, "settings": …}`` of this run.
        formats: Map name to how it is stored.

    Raises:
        UnwritablePath: It cannot be written, or another process is at work on it.
    """

    def __init__(
        self, path: Path, start: Mapping[str, Any], formats: Mapping[str, MapFormat]
    ) -> None:
        self.path, self._formats, self._count = path, formats, 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if read_start(path) is None:
                _begin(path, start)
            self._file: IO[bytes] = path.open("r+b", buffering=0)
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            claim(self._file)
        except OSError as error:
            self._file.close()
            raise UnwritablePath(
                f"Another run is writing {path} now.", "Wait for it, or give another CLASS."
            ) from error

    def finished(self) -> Iterator[Tuple[Window, Values, int]]:
        """Every finished chunk, in the order in which they were finished.

        Whatever follows the last whole record is cut off.

        Yields:
            Its core in the raster, its values by map, and how many of its pixels are valid.
        """
        self._file.seek(0)
        place = _line_length(self._file)
        while True:
            self._file.seek(place)
            record = self._read()
            if record is None:
                break
            window, valid_px, content = record
            place += _HEAD.size + _CRC.size + len(content)
            yield window, self._values(window, content), valid_px
        self._file.truncate(place)
        self._file.seek(place)

    def append(self, window: Window, values: Values, valid_px: int) -> None:
        """Note a finished chunk.

        Args:
            window: Its core, in px of the maps' whole raster.
            values: (h, w) or (bands, h, w) of each map's dtype.
            valid_px: How many of its pixels are valid.
        """
        self._count += 1
        fault(f"before:record:{self._count}")
        self._append(window, valid_px, [values[name] for name in self._formats])
        fault(f"after:record:{self._count}")

    def close(self) -> None:
        """Close it; it stays for the next run."""
        self._file.close()

    def remove(self) -> None:
        """Delete it: the run is complete."""
        fault("before:forget")
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _append(self, window: Window, valid_px: int, arrays: List[NDArray[Any]]) -> None:
        flat = [memoryview(np.ascontiguousarray(a).reshape(-1).view(np.uint8).data) for a in arrays]
        size = sum(len(array) for array in flat)
        place = (window.col, window.row, window.width, window.height)
        head = _HEAD.pack(_MARK, *place, valid_px, size)
        crc = crc32c(head)
        for array in flat:
            crc = crc32c(array, crc)
        try:
            self._write(memoryview(head + _CRC.pack(crc)))
            fault(f"inside:record:{self._count}")
            for array in flat:
                self._write(array)
        except OSError as error:
            raise _unwritable(self.path, error) from error

    def _write(self, content: memoryview) -> None:
        while content:
            content = content[self._file.write(content) :]

    def _read(self) -> Optional[Tuple[Window, int, bytearray]]:
        head, crc = self._file.read(_HEAD.size), self._file.read(_CRC.size)
        if len(head) < _HEAD.size or len(crc) < _CRC.size:
            return None
        mark, col, row, width, height, valid_px, size = _HEAD.unpack(head)
        left = os.fstat(self._file.fileno()).st_size - self._file.tell()
        if mark != _MARK or size > left:
            return None
        content = bytearray(size)
        if (
            _fill(self._file, content) < size
            or crc32c(content, crc32c(head)) != _CRC.unpack(crc)[0]
        ):
            return None
        return Window(col, row, width, height), valid_px, content

    def _values(self, window: Window, content: bytearray) -> Dict[str, NDArray[Any]]:
        values, place = {}, 0
        for name, form in self._formats.items():
            shape = (len(form.bands), window.height, window.width)
            count, dtype = int(np.prod(shape)), np.dtype(form.dtype)
            values[name] = np.frombuffer(content, dtype, count, place).reshape(shape)
            place += count * dtype.itemsize
        return values


def _begin(path: Path, start: Mapping[str, Any]) -> None:
    """Write the first line, under another name first: a journal has it whole or is not there."""
    text = json.dumps({"schema": SCHEMA, **start}, ensure_ascii=True) + "\n"
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(text.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _line_length(file: IO[bytes]) -> int:
    length = 0
    while True:
        piece = file.read(1 << 12)
        if b"\n" in piece:
            return length + piece.index(b"\n") + 1
        if not piece:
            return length
        length += len(piece)


def _fill(file: IO[bytes], content: bytearray) -> int:
    """Read into all of ``content``; gives the number of bytes there were."""
    view, done = memoryview(content), 0
    while done < len(content):
        count = file.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            break
        done += count
    return done


def _short(value: Any) -> str:
    text = "not set" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _unwritable(path: Path, error: OSError) -> UnwritablePath:
    return UnwritablePath(
        f"The journal {path} cannot be written: {error.strerror or error}.",
        "Free some space or choose another folder, or leave out RESUME.",
    )
