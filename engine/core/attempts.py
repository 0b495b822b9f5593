# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a store a few times, and tells a bad file from a store that is out."""

from __future__ import annotations

import time
from typing import Callable, Dict, TypeVar

from ..contract.errors import MissingInput, MissingPackage, StoreOutage, UnreachableStorage

T = TypeVar("T")
_PERMANENT = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
# A store that accepts a call and never answers it costs as much each time.
_PATIENCE_S = 120.0
# So many files of a store in a row that could not be had are no bad files.
_IN_A_ROW = 5
_given_up: Dict[str, int] = {}  # store to files in a row, of all threads of this process


def attempted(path: str, call: Callable[[], T], attempts: int, wait_s: float) -> T:
    """What a call gives that reads or writes a remote file.

    Args:
        path: The file, for messages.
        call: What to do.
        attempts: How often to try, at most.
        wait_s: Seconds before the second attempt; doubled for each further one.

    Raises:
        MissingInput: It is not there.
        MissingPackage: As ``call`` says.
        UnreachableStorage: It cannot be read or written; ``StoreOutage`` if so could not a
            number of files of its store before it.
    """
    began = time.monotonic()
    for attempt in range(attempts):
        try:
            given = call()
        except _PERMANENT as error:
            # A web server's refusal is told as if there were nothing.
            refusal = getattr(error.__cause__, "status", None) in (401, 403)
            if isinstance(error, PermissionError) or refusal:
                raise _refused(path, error) from error
            _given_up.pop(store_of(path), None)
            raise missing(path) from error
        except MissingPackage:
            raise
        except Exception as error:  # each store has its own kinds; all but the above may pass
            if attempt + 1 == attempts or time.monotonic() - began > _PATIENCE_S:
                raise _unreachable(
                    path,
                    f"{path} could not be read or written in {attempt + 1} "
                    f"attempt{'s' if attempt else ''}: "
                    f"{str(error).rstrip('.') or type(error).__name__}.",
                    "Check the network, the endpoint and the credentials, then run it again.",
                ) from error
            time.sleep(wait_s * 2**attempt)
        else:
            _given_up.pop(store_of(path), None)
            return given
    raise UnreachableStorage(f"{path} was not tried.", "Allow at least one attempt.")


def store_of(path: str) -> str:
    """``s3://bucket``, ``https://host``."""
    return "/".join(path.split("/", 3)[:3])


def missing(path: str) -> MissingInput:
    """That there is no such file or folder."""
    return MissingInput(f"There is no {path}.", "Check the path.")


def _refused(path: str, error: Exception) -> UnreachableStorage:
    cause = str(error.__cause__ or error).rstrip(".")
    return _unreachable(
        path,
        f"Access to {path} was refused: {cause}.",
        "Check the credentials (AWS_* variables).",
    )


def _unreachable(path: str, what: str, remedy: str) -> UnreachableStorage:
    store = store_of(path)
    _given_up[store] = count = _given_up.get(store, 0) + 1
    if count < _IN_A_ROW:
        return UnreachableStorage(what, remedy)
    return StoreOutage(f"{what} Nor could the {count - 1} files of {store} before it.", remedy)
