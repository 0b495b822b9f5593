# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress with the time still to go."""

from __future__ import annotations

import time

from ..contract.events import Emit, Progress

_EVERY_S = 0.1


class ProgressMeter:
    """Turns finished units into progress events, at most ten a second.

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
        self._began, self._last = time.monotonic(), 0.0
        emit(Progress(start, None, text))

    def advance(self, units: int = 1) -> None:
        """Count ``units`` as done."""
        self._done += units
        now = time.monotonic()
        if now - self._last < _EVERY_S and self._done < self._total:
            return
        self._last = now
        share = min(1.0, self._done / self._total)
        eta_s = (now - self._began) * (1 - share) / share if share > 0 else None
        fraction = self._start + share * (self._stop - self._start)
        self._emit(Progress(fraction, None if eta_s is None else round(eta_s, 1)))
