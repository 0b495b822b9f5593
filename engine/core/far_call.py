# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Dask worker, which knows nothing of Coverloom, is given to run units of work."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Any, Callable, Iterable, List, Tuple

from .. import __version__
from ..contract.errors import UnfitWorker
from .storage import is_remote

ROOT_VARIABLE = "COVERLOOM_ROOT"
_LOCK = "_coverloom_loading"
_REMEDIES = {
    "package": f"Start the workers with {sys.executable}, or a Python that has its packages.",
    "folder": f"Have it there on every machine, or name its place in {ROOT_VARIABLE} on the "
    "workers.",
    "version": "Have the same version on every machine, and start the workers anew.",
    "path": "Give a path that means the same files on every machine, or an s3:// address.",
    "output": "Give a folder that is the same on every machine, and that its workers may write to.",
}


def far_call(
    paths: Iterable[str] = (), outputs: Iterable[str] = (), local: bool = False
) -> Callable[[bytes], bytes]:
    """Calls a packed (function, payloads), on the worker alone, and packs what comes of it.

    A scheduler unpacks what it is sent, and knows nothing of Coverloom. So it is sent bytes, and a
    function that cloudpickle sends as code, for it is defined inside another one. And Dask packs
    each number of a list by itself: of the record of a hundred patches that took 50 ms.

    Args:
        paths: What a worker must find on its machine as on this one; addresses, and what is not
            here either, do not count.
        outputs: A file in each folder that it must be able to write to.
        local: Whether it runs this very Python; what is missing is then no worker's fault.
    """
    root, variable, wanted = str(Path(__file__).resolve().parents[2]), ROOT_VARIABLE, __version__
    seen, marks, lock_name = _there(paths), _there(outputs), _LOCK

    def load() -> Any:
        """This very package, from the same folder on the worker's machine."""
        import importlib.util

        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as engine/__main__.py
        folder = os.environ.get(variable, root)
        if "coverloom" not in sys.modules:
            start = os.path.join(folder, "__init__.py")  # noqa: PTH118
            if not os.path.isfile(start):  # noqa: PTH113
                return "folder", f"finds no Coverloom in {folder}"
            spec = importlib.util.spec_from_file_location(
                "coverloom", start, submodule_search_locations=[folder]
            )
            module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
            sys.modules["coverloom"] = module
            spec.loader.exec_module(module)  # type: ignore[union-attr]
        there = importlib.import_module("coverloom.engine").__version__
        if there != wanted:
            return "version", f"has Coverloom {there}, this is {wanted}"
        return None

    def look() -> Any:
        """Whether it has the same files, and can write where it should."""
        import tempfile

        for path in seen:
            if not os.path.exists(path):  # noqa: PTH110
                return "path", f"does not find {path}"
        for mark in marks:
            folder = os.path.dirname(mark)  # noqa: PTH120
            if not os.path.exists(mark):  # noqa: PTH110
                return "output", f"does not find the folder {folder} of this machine"
            try:
                tempfile.TemporaryFile(dir=folder).close()
            except OSError as error:
                if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                    return "output", f"cannot write to {folder}: {error.strerror}"
        return None

    def unpack(packed: bytes) -> Any:
        """A fault, or the function and its payloads."""
        import threading

        import cloudpickle

        # Threads of a worker, each with a copy of this code, begin at the same time; and packages
        # whose parts import each other are not safe when two threads meet in them.
        lock = sys.__dict__.setdefault(lock_name, threading.Lock())
        with lock:
            fault = load() or look()
            return (fault, None, ()) if fault else (None, *cloudpickle.loads(packed))

    def lacking(error: Exception) -> Any:
        """A fault if a package is missing, or cannot be loaded."""
        if isinstance(error, ModuleNotFoundError):
            return "package", f"has no package {error.name!r} in {sys.executable}"
        if isinstance(error, ImportError):
            return "package", f"cannot load a package of {sys.executable}: {error}"
        if getattr(error, "kind", "") == "MissingPackage":  # of Coverloom's own errors
            what = str(getattr(error, "what", "")).rstrip(".")
            return "package", f"lacks a package in {sys.executable}: {what}"
        return None

    def call(packed: bytes) -> bytes:
        import socket
        import time

        import cloudpickle
        from distributed import get_worker

        begun, values = time.monotonic(), []
        try:
            fault, function, payloads = unpack(packed)
            values = [function(payload) for payload in payloads]
        except Exception as error:
            fault = None if local else lacking(error)
            if not fault:
                raise
        if fault:
            where = f"{get_worker().address} on {socket.gethostname()}"
            fault = fault[0], f"The Dask worker {where} {fault[1]}."
        given: bytes = cloudpickle.dumps((fault, time.monotonic() - begun, values))
        return given

    return call


def _there(paths: Iterable[str]) -> List[str]:
    """Those that are on this machine."""
    local = [str(Path(path).absolute()) for path in paths if path and not is_remote(path)]
    return [path for path in local if os.path.exists(path)]  # noqa: PTH110


def unpacked(given: bytes) -> Tuple[float, List[Any]]:
    """The seconds that a worker took, and what the function returned for each payload.

    Raises:
        UnfitWorker: The worker could not begin.
    """
    import cloudpickle

    fault, seconds, values = cloudpickle.loads(given)
    if fault:
        raise UnfitWorker(fault[1], _REMEDIES[fault[0]])
    return seconds, values
