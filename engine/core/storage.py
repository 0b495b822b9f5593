# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the local disk, in an object store (``s3://``) or on the web, through one set of calls.

Endpoint and credentials come from the environment as usual: ``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_PROFILE``, ``AWS_REGION``, ``AWS_ENDPOINT_URL``, and
``AWS_NO_SIGN_REQUEST=YES`` for public buckets.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Callable, Dict, Iterator, List, Optional, TypeVar

from ..contract.errors import MissingInput, MissingPackage, UnwritablePath
from .attempts import attempted, missing, store_of
from .gdal_store import store_address
from .local_files import Found, list_local, name_of, read_local

__all__ = ["Found", "Storage", "is_remote", "join", "name_of"]

T = TypeVar("T")
_SILENCE_S = 30  # of a store, in the middle of an answer or before it
# s3fs would ask for the length first, to fetch parts side by side: two requests a file, and the
# archive has fifteen small files a patch.
_ONE_REQUEST: Dict[str, Dict[str, Any]] = {"s3": {"max_concurrency": 1}}
# Parts of 50 MB of a large file, of which s3fs would hold ten at a time.
_TWO_PARTS: Dict[str, Dict[str, Any]] = {"s3": {"max_concurrency": 2}}


def is_remote(path: str) -> bool:
    """Whether ``path`` is a URL, not a place on the local disk, be it ``C://data``."""
    return path.find("://") > 1


def join(root: str, *parts: str) -> str:
    """``parts`` under ``root``, with the separator that a URL or this system uses."""
    if is_remote(root):
        return "/".join((root.rstrip("/"), *parts))
    return os.path.join(root, *parts)  # noqa: PTH118 - these are strings of an index, not paths


@dataclass
class Storage:
    """Reads, lists and writes; safe to share between threads and to send to other processes.

    Args:
        attempts: How often a remote call is tried before it counts as failed.
        wait_s: Seconds before the second attempt; doubled for each further one.
    """

    attempts: int = 4
    wait_s: float = 0.2
    _systems: Dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> Dict[str, Any]:
        return {"attempts": self.attempts, "wait_s": self.wait_s, "_systems": {}}

    def read_bytes(self, path: str, size: Optional[int] = None) -> bytes:
        """The whole file.

        Args:
            path: Path or URL.
            size: Its length if a listing said so; a shorter body is then read again.

        Raises:
            MissingInput: It is not there.
            UnreachableStorage: A remote file could not be read.
        """
        if not is_remote(path):
            return read_local(path)

        def read() -> bytes:
            body: bytes = self._system(path).cat_file(path, **_ONE_REQUEST.get(_scheme(path), {}))
            if size is not None and len(body) < size:
                raise OSError(f"{len(body)} of {size} bytes came")
            return body

        return self._retry(path, read)

    def read_range(self, path: str, start: int, stop: int) -> bytes:
        """Bytes ``[start, stop)`` of a remote file.

        Raises:
            MissingInput: It is not there.
            UnreachableStorage: It could not be read.
        """
        read = lambda: self._system(path).cat_file(path, start=start, end=stop)  # noqa: E731
        return bytes(self._retry(path, read))

    def write_bytes(self, path: str, content: bytes) -> None:
        """Write a whole remote object, which appears complete or not at all.

        Raises:
            UnreachableStorage: It could not be written.
            UnwritablePath: There is no such bucket.
        """
        self._upload(path, lambda: self._system(path).pipe_file(path, content))

    def upload(self, file: Path, address: str) -> None:
        """Write a file as a remote object, as ``write_bytes``; a large one is read in parts."""
        options = _TWO_PARTS.get(_scheme(address), {})
        put = lambda: self._system(address).put_file(str(file), address, **options)  # noqa: E731
        self._upload(address, put)

    def download(self, address: str, file: Path, size: int) -> None:
        """Copy a remote file, which is never whole in memory.

        Args:
            address: Of the file.
            file: The copy; what was there is lost.
            size: Its length; a shorter body is read again.

        Raises:
            MissingInput: It is not there.
            UnreachableStorage: It could not be read.
        """

        def get() -> None:
            options = _ONE_REQUEST.get(_scheme(address), {})
            self._system(address).get_file(address, str(file), **options)
            if file.stat().st_size < size:
                raise OSError(f"{file.stat().st_size} of {size} bytes came")

        self._retry(address, get)

    def try_upload(self, path: str) -> None:
        """See that an object can be written: an upload in parts is begun and given up.

        Unlike a small object for a trial it cannot be seen, and needs no right to delete.

        Raises:
            UnreachableStorage: It could not be written.
            UnwritablePath: There is no such bucket, or it is at an address of another kind.
        """
        if _scheme(path) != "s3":
            raise UnwritablePath(
                f"{path} cannot be written: of addresses only s3:// can.", "Give a local path."
            )
        system = self._system(path)
        bucket, key, _ = system.split_path(path)
        call, place = system.call_s3, {"Bucket": bucket, "Key": key}
        begun = self._upload(path, lambda: call("create_multipart_upload", **place))
        with suppress(Exception):  # a store gives up by itself what nobody goes on with
            call("abort_multipart_upload", **place, UploadId=begun["UploadId"])

    def _upload(self, path: str, write: Callable[[], T]) -> T:
        try:
            return self._retry(path, write)
        except MissingInput as error:
            raise UnwritablePath(
                f"{path} cannot be written: there is no {store_of(path)}.",
                "Make the bucket first, or give another.",
            ) from error

    def open(self, path: str, mode: str = "rb") -> IO[bytes]:
        """A binary file object; a remote one reads ahead in blocks."""
        if not is_remote(path):
            try:
                return open(path, mode)  # noqa: PTH123 - the caller closes it
            except FileNotFoundError as error:
                raise missing(path) from error
        opened: IO[bytes] = self._retry(path, lambda: self._system(path).open(path, mode))
        return opened

    def size(self, path: str) -> int:
        """Length in bytes.

        Raises:
            MissingInput: It is not there.
        """
        if not is_remote(path):
            try:
                return os.stat(path).st_size  # noqa: PTH116
            except OSError as error:
                raise missing(path) from error
        return self.about(path).size

    def about(self, address: str) -> Found:
        """What a store says of one file, in one request.

        Raises:
            MissingInput: It is not there.
            UnreachableStorage: The store cannot be asked.
        """
        entry = self._retry(address, lambda: self._system(address).info(address))
        return _found(address, {**entry, "name": address})

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder of that name."""
        if not is_remote(path):
            return os.path.exists(path)  # noqa: PTH110
        return bool(self._retry(path, lambda: self._system(path).exists(path)))

    def list(self, folder: str) -> List[Found]:
        """What lies directly in a folder, sorted by name.

        Raises:
            MissingInput: There is no such folder.
        """
        if is_remote(folder):
            entries = self._retry(folder, lambda: self._system(folder).ls(folder, detail=True))
            found = [_found(folder, entry) for entry in entries]
            found = [item for item in found if item.path.rstrip("/") != folder.rstrip("/")]
        else:
            found = list_local(folder)
        return sorted(found, key=lambda item: item.path)

    def files(self, folder: str) -> Iterator[Found]:
        """Every file under a folder, at any depth; in an object store a page of keys a request.

        Raises:
            MissingInput: There is no such folder.
        """
        if is_remote(folder):
            system = self._system(folder)
            listing: Dict[str, Any] = self._retry(folder, lambda: system.find(folder, detail=True))
            if not listing:
                raise missing(folder)
            yield from (_found(folder, entry) for entry in listing.values())
            return
        for item in self.list(folder):
            if item.folder:
                yield from self.files(item.path)
            else:
                yield item

    def _system(self, path: str) -> Any:
        protocol = _scheme(path)
        if protocol not in self._systems:
            try:
                import fsspec

                system = fsspec.filesystem(protocol, **_options(protocol))
                # Or s3fs tries five times what its client has tried five times.
                system.retries = 1
                self._systems[protocol] = system
            except (ImportError, ValueError) as error:
                raise MissingPackage(
                    f"The worker's environment cannot read {protocol}:// addresses: {error}.",
                    "Use a local path or s3://, or install the package it names.",
                ) from error
        return self._systems[protocol]

    def _retry(self, path: str, call: Callable[[], T]) -> T:
        return attempted(path, call, self.attempts, self.wait_s)


def _scheme(path: str) -> str:
    return path.split("://", 1)[0]


def _found(root: str, entry: Dict[str, Any]) -> Found:
    name = str(entry["name"])
    path = name if is_remote(name) else f"{root.split('://', 1)[0]}://{name}"
    mark = entry.get("ETag") or entry.get("LastModified") or entry.get("Last-Modified") or ""
    size, folder = int(entry.get("size") or 0), entry.get("type") == "directory"
    return Found(path, size, folder, str(mark).strip('"'))


def _options(protocol: str) -> Dict[str, Any]:
    """What a remote file system is opened with; listings are not kept, they grow stale."""
    if protocol != "s3":
        return {}
    unsigned = os.environ.get("AWS_NO_SIGN_REQUEST", "").upper() in ("YES", "TRUE", "1")
    return {
        "anon": unsigned,
        "use_listings_cache": False,
        "endpoint_url": store_address() or None,
        "config_kwargs": {"connect_timeout": 20, "read_timeout": _SILENCE_S},
    }
