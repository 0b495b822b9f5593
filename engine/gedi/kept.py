# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a worker keeps open from one batch of a run to the next."""

from __future__ import annotations

import threading
from typing import Optional

from .sources import Sign, Sources


class _Kept(threading.local):
    """What a thread of a worker has open from one batch to the next."""

    run = ""
    sources: Optional[Sources] = None


_KEPT = _Kept()


def sources_of(run: str, sign: Sign) -> Sources:
    """The files that this thread has open for a run; those of another run are closed.

    Args:
        run: A name that no other run has: files may change between runs.
        sign: Gives the address under which an asset can be read.
    """
    if _KEPT.sources is None or _KEPT.run != run:
        close_files()
        _KEPT.run, _KEPT.sources = run, Sources(sign)
    return _KEPT.sources


def close_files() -> None:
    """Close what this thread has kept open."""
    if _KEPT.sources is not None:
        _KEPT.sources.close()
    _KEPT.sources = None
