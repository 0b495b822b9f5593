# SPDX-License-Identifier: GPL-3.0-or-later
"""The runs that go on, wherever they were started: in a dialog, a model, a script or a task."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Iterator, List

from qgis.core import QgsFeedback

_LOCK = threading.Lock()
_RUNNING: List[QgsFeedback] = []


@contextmanager
def counted(feedback: QgsFeedback) -> Iterator[None]:
    """Count a run from here to the end of the block, from any thread.

    Args:
        feedback: What cancels it.
    """
    with _LOCK:
        _RUNNING.append(feedback)
    try:
        yield
    finally:
        # Under the lock, so that none is cancelled whose feedback QGIS has already deleted.
        with _LOCK:
            _RUNNING[:] = [each for each in _RUNNING if each is not feedback]


def cancel_all() -> None:
    """Cancel all that run, as their *Cancel* would; come back at once."""
    with _LOCK:
        for feedback in _RUNNING:
            feedback.cancel()


def any_running() -> bool:
    """Whether one has not come to its end."""
    return bool(_RUNNING)
