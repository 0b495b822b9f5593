# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether outputs can be written, seen before a long job rather than at its end."""

from __future__ import annotations

from .files import Staging
from .storage import Storage, is_remote


def check_writable(*paths: str) -> None:
    """Try to write where outputs shall go; nothing of it is left.

    Args:
        paths: Files, local or at an address; empty ones do not count.

    Raises:
        UnwritablePath: A folder cannot be made or written, or a bucket is not there.
        UnreachableStorage: A store refuses it, or does not answer.
    """
    storage = Storage()
    with Staging() as staging:
        for path in filter(None, paths):
            if is_remote(path):
                storage.try_upload(path)
            else:
                staging.path(path)
