# SPDX-License-Identifier: GPL-3.0-or-later
"""Units that do not come back: which, from whom, since when.

Dask takes a unit away from a worker that it has not heard of for ``distributed.scheduler.
worker-ttl``. A unit that hangs in a worker that goes on to be heard of, as in a read from a
network disk that is gone, looks to it like a long one, and to a user like a bar that stands still.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, Tuple

from ..contract.events import Emit, Message

_LOOK_S = 10.0
_SILENT_S = 60.0  # of thousands of workers each says something every ten seconds
_IDLE_S = 120.0
_BUSY_S = 600.0
_LONGER = 5  # than the longest so far: then it is not just one of the longer ones
_IDLE_PERCENT = 10.0  # of a core; what a worker takes for saying that it is there
_NAMED = 3


@dataclass(frozen=True)
class _Late:
    """A unit that is waited for: how long until it is told, and how it is."""

    key: str
    after_s: float
    text: str
    level: str


@dataclass
class Overdue:
    """Tells of units that are out for long, once, and again each time that has doubled.

    Args:
        whereabouts: Asks the scheduler for the keys of the units that each worker has.
        emit: Where it is told.
        processes: Process number of a worker's address, where they are local.
    """

    whereabouts: Callable[[], Mapping[str, List[str]]]
    emit: Emit
    processes: Callable[[], Mapping[str, int]]
    _out: Dict[str, Tuple[str, float]] = field(default_factory=dict)
    # A worker's last sign, by the scheduler's clock, and when it was new, by this one's.
    _seen: Dict[str, Tuple[float, float]] = field(default_factory=dict)
    _next_s: Dict[str, float] = field(default_factory=dict)
    _longest_s: float = 0.0
    _looked: float = 0.0

    def sent(self, key: str, name: str) -> None:
        """Remember that a unit, or the first of some, was given out."""
        self._out[key] = name, time.monotonic()

    def back(self, key: str, seconds: float) -> None:
        """It is back, having taken ``seconds``; 0 for one that was lost."""
        self._out.pop(key, None)
        self._next_s.pop(key, None)
        self._longest_s = max(self._longest_s, seconds)

    def look(self, workers: Mapping[str, Mapping[str, Any]]) -> None:
        """See whether a unit is overdue, and tell.

        Args:
            workers: What Dask's scheduler says of each, by address.
        """
        now = time.monotonic()
        if now - self._looked < _LOOK_S or not workers:
            return
        self._looked = now
        for address, worker in workers.items():
            sign = float(worker.get("last_seen", 0.0))
            if address not in self._seen or self._seen[address][0] != sign:
                self._seen[address] = sign, now
        oldest_s = max((now - since for _, since in self._out.values()), default=0.0)
        if oldest_s < min(_SILENT_S, _IDLE_S):
            return
        by_level: Dict[str, List[str]] = {}
        for address, keys in self.whereabouts().items():
            mine = [key for key in keys if key in self._out]
            if mine and address in workers:
                key = min(mine, key=lambda key: self._out[key][1])  # the others wait for it
                late = self._late(key, address, workers[address], now)
                self._tell(late, now - self._out[key][1], by_level)
        for level, texts in by_level.items():
            more = f" And {len(texts) - _NAMED} more." if len(texts) > _NAMED else ""
            self.emit(Message(" ".join(texts[:_NAMED]) + more, level))

    def _late(self, key: str, address: str, worker: Mapping[str, Any], now: float) -> _Late:
        name, since = self._out[key]
        silent_s = now - self._seen[address][1]
        who = self._who(address, worker)
        begin = f"Waiting for {name} for {in_words(now - since)}:"
        if silent_s >= _SILENT_S:
            text = (
                f"{begin} nothing was heard of {who} for {in_words(silent_s)}. Dask gives the work "
                "to another one after its worker-ttl, 5 minutes unless set otherwise."
            )
            return _Late(key, 0.0, text, "warning")
        percent = float(worker.get("metrics", {}).get("cpu", 0.0))
        begin = f"{begin} {who} is there and uses {percent:.0f} % of a core."
        if percent >= _IDLE_PERCENT:
            return _Late(key, max(_BUSY_S, _LONGER * self._longest_s), begin, "info")
        text = f"{begin} If it hangs, end it, and another one does the work."
        return _Late(key, max(_IDLE_S, _LONGER * self._longest_s), text, "warning")

    def _tell(self, late: _Late, age_s: float, by_level: Dict[str, List[str]]) -> None:
        if age_s >= max(late.after_s, self._next_s.get(late.key, 0.0)):
            self._next_s[late.key] = 2 * age_s
            by_level.setdefault(late.level, []).append(late.text)

    def _who(self, address: str, worker: Mapping[str, Any]) -> str:
        number = self.processes().get(address)
        if number:
            return f"process {number}"
        name = str(worker.get("name") or address)
        return f"worker {address}" if name == address else f"worker {name} ({address})"


def in_words(seconds: float) -> str:
    """Such as ``45 s`` or ``3 minutes``."""
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"
