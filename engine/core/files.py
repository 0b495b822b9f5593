# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the making: written under a temporary name, given their own name when complete."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
import threading
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple
from zlib import crc32

from ..contract.errors import UnwritablePath
from .closing import Closing
from .faults import fault
from .leftovers import Notes
from .storage import Storage, is_remote, name_of

# What is left of a URL once somebody made a path of it; a drive has one letter only.
_WAS_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:[/\\]")
_STAGED: Set[Path] = set()
_LOCK = threading.RLock()


class Staging(Closing):
    """Write any number of files, then give all of them their final names, or none.

    >>> with Staging() as staging:  # doctest: +SKIP
    ...     write(staging.path("map.tif"))
    ...     staging.publish()

    Leaving without ``publish`` deletes what was written. A file whose final name is a URL is made
    on this machine's disk and uploaded in one piece.

    Args:
        lasting: Give a file the same temporary name in every run, so that what a killed run left
            is overwritten by the next; only for those who see to it that they are alone.
    """

    def __init__(self, lasting: bool = False) -> None:
        self._pairs: Dict[Path, Path] = {}
        self._uploads: Dict[str, Path] = {}
        self._lasting = lasting

    def path(self, final: str | Path) -> Path:
        """A temporary path in the folder of ``final``, with its suffix, to write to.

        Args:
            final: The file's own path, or its URL as text.

        Raises:
            UnwritablePath: The folder cannot be made or written, ``final`` is a folder, or is open
                in another program on a system that then does not let it be replaced.
        """
        if isinstance(final, str) and is_remote(final):
            return self._before_upload(final)
        final = on_disk(final)
        if final.is_dir():
            raise UnwritablePath(f"{final} is a folder.", "Give the path of a file.")
        unique = f"{crc32(str(final).encode()):08x}" if self._lasting else uuid.uuid4().hex[:8]
        temporary = final.parent / f".{final.stem[:80]}.{unique}.part{final.suffix}"
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            if self._lasting:
                discard(temporary)
            _stage(temporary)
            temporary.touch()
        except OSError as error:
            _unstage(temporary)
            raise UnwritablePath(
                f"{final} cannot be written: {error.strerror or error}.", "Choose another folder."
            ) from error
        self._pairs[final] = temporary
        if final.exists():
            # Nothing, but refused where the replacing at the end of a long job would be.
            _replace(final, final)
        return temporary

    def publish(self) -> None:
        """Give every file, and what GDAL keeps beside it, its final name.

        Raises:
            UnwritablePath: Another program has an older one open, on Windows.
        """
        for final, temporary in self._pairs.items():
            fault("before:replace")
            # An older side file would speak of the file that is being replaced.
            for older, newer in zip(_side_files(final), _side_files(temporary)):
                older.unlink(missing_ok=True)
                if newer.exists():
                    newer.replace(older)
            _replace(temporary, final)
            fault("after:replace")
            _unstage(temporary)
        self._pairs.clear()
        for url, temporary in self._uploads.items():
            fault("before:replace")
            # What GDAL keeps beside it goes first: who sees the file then sees all of it.
            for path in (*filter(Path.exists, _side_files(temporary)), temporary):
                Storage().upload(path, url + path.name[len(temporary.name) :])
            discard(temporary.parent)
        self._uploads.clear()

    def _before_upload(self, url: str) -> Path:
        folder = scratch_folder()
        temporary = folder / name_of(url)
        temporary.touch()
        self._uploads[url] = temporary
        return temporary

    def close(self) -> None:
        """Delete what was not published."""
        for temporary in self._pairs.values():
            discard(temporary)
        for temporary in self._uploads.values():
            discard(temporary.parent)


def scratch_folder() -> Path:
    """A temporary folder, deleted by ``discard`` or when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="coverloom-"))
    _stage(folder)
    return folder


def fetched(address: str) -> Path:
    """A copy on this machine's disk of a file at an address, for as long as the process lives.

    For files that a library reads by their path alone.

    Raises:
        MissingInput: It is not there.
        UnreachableStorage: It cannot be read.
    """
    storage = Storage()
    size = storage.size(address)
    copy = scratch_folder() / name_of(address)
    storage.download(address, copy, size)
    return copy


def on_disk(path: str | Path) -> Path:
    """An absolute path of this machine.

    Raises:
        UnwritablePath: It is a URL, or what became of one: a folder called ``s3:`` helps nobody.
    """
    if _WAS_URL.match(str(path)):
        address = re.sub(r"^(\w[\w+.-]+):[/\\]+", r"\1://", str(path))
        raise UnwritablePath(
            f"{address} is an address; this can be written only to a disk.", "Give a local path."
        )
    return Path(path).absolute()


def beside(path: Path) -> Path:
    """Where GDAL keeps what a raster cannot say itself: categories, palette, statistics."""
    return path.with_name(path.name + ".aux.xml")


def overviews_beside(path: Path) -> Path:
    """Where GDAL looks for a raster's smaller versions."""
    return path.with_name(path.name + ".ovr")


def _side_files(path: Path) -> Tuple[Path, Path]:
    return beside(path), overviews_beside(path)


def _replace(temporary: Path, final: Path) -> None:
    try:
        temporary.replace(final)
    except PermissionError as error:
        raise UnwritablePath(
            f"{final} cannot be replaced: {error.strerror or error}.",
            "If a program has it open (QGIS, as a layer), close it there; or give another name.",
        ) from error


def discard(temporary: Path) -> None:
    """Delete a staged file or folder and its side file; it need not be there."""
    if temporary.is_dir():
        shutil.rmtree(temporary, ignore_errors=True)
    else:
        temporary.unlink(missing_ok=True)
    for path in _side_files(temporary):
        path.unlink(missing_ok=True)
    _unstage(temporary)


_NOTES = Notes(discard)


def _stage(temporary: Path) -> None:
    with _LOCK:
        _STAGED.add(temporary)
        _NOTES.add(temporary)


def _unstage(temporary: Path) -> None:
    with _LOCK:
        before = len(_STAGED)
        _STAGED.discard(temporary)
        if before and not _STAGED:
            _NOTES.clear()


@atexit.register
def discard_staged() -> None:
    """Delete everything staged and not published; for a process about to end."""
    with _LOCK:
        staged: List[Path] = list(_STAGED)
    for temporary in staged:
        # Windows deletes nothing that is open; what keeps one must not keep the process.
        with suppress(OSError):
            discard(temporary)
    if not _STAGED:
        _NOTES.close()


class StagedFolder(Closing):
    """A folder that appears under its own name only when it is complete.

    Args:
        final: The folder to make.

    Raises:
        UnwritablePath: ``final`` holds something already, or cannot be made.
    """

    def __init__(self, final: str | Path) -> None:
        self.final = on_disk(final)
        if self.final.exists() and (not self.final.is_dir() or any(self.final.iterdir())):
            raise UnwritablePath(f"{self.final} is not empty.", "Give a new or an empty folder.")
        self.path = self.final.parent / f".{self.final.name[:80]}.{uuid.uuid4().hex[:8]}.part"
        try:
            _stage(self.path)
            self.path.mkdir(parents=True)
        except OSError as error:
            _unstage(self.path)
            raise UnwritablePath(
                f"{self.final} cannot be written: {error.strerror or error}.",
                "Choose another folder.",
            ) from error

    def publish(self) -> None:
        """Give the folder its own name."""
        fault("before:replace")
        if self.final.exists():
            self.final.rmdir()
        self.path.replace(self.final)
        _unstage(self.path)

    def close(self) -> None:
        """Delete it, if it was not published."""
        discard(self.path)


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` as indented JSON, refusing NaN, which is none."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
