# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress with the time still to go."""

from __future__ import annotations

import time
from typing import Optional, Tuple

from ..contract.events import Emit, Progress

_EVERY_S = 0.1


class ProgressMeter:
    """Turns finished units into progress events, at most ten a second.

    The time still to go is told from the second step on, by the pace since the first one: before
    it everything is loaded, or what an earlier run finished is counted at once.

    Args:
        emit: Where events go.
        total: Units of work in all, above 0.
        start: Share of the whole job at which these units begin, in [0, 1].
        stop: Share of the whole job at which they end.
        text: What is being done.
    """

    def __init__(
        self, emit: Emit, total: int, start: float = 0.0, stop: float = 1.0, text: str = ""
    ) -> None:
        self._emit, self._total, self._start, self._stop = emit, max(1, total), start, stop
        self._text, self._done = text, 0
        self._last = 0.0
        self._first: Optional[Tuple[float, int]] = None  # when, and how many were done
        emit(Progress(start, None, text))

    def advance(self, units: int = 1) -> None:
        """Count ``units`` as done."""
        self._done += units
        now = time.monotonic()
        self._first = self._first or (now, self._done)
        if now - self._last < _EVERY_S and self._done < self._total:
            return
        self._last = now
        share = min(1.0, self._done / self._total)
        fraction = self._start + share * (self._stop - self._start)
        self._emit(Progress(fraction, self._eta_s(now)))

    def _eta_s(self, now: float) -> Optional[float]:
        began, before = self._first or (now, self._done)
        if self._done == before:
            return 0.0 if self._done >= self._total else None
        left = max(0, self._total - self._done)
        return round((now - began) * left / (self._done - before), 1)
