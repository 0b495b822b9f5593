# SPDX-License-Identifier: GPL-3.0-or-later
"""The workers of a Dask cluster, which come and go: how many, and whether any is left."""

from __future__ import annotations

import math
import time
from typing import Any, Dict, Optional

from ..contract.errors import SchedulerUnreachable
from ..contract.events import Emit, Message
from .overdue import in_words

# Units in flight per worker thread: enough that none waits, few enough that memory stays flat.
_AHEAD = 2
# A cluster that adapts starts as many workers as get done with what it was given in 5 s, and ends
# the others: of short units it must be given more.
_AHEAD_S = 20.0
_MOST_AHEAD = 50
_ASK_S = 1.0
_ANSWER_S = 30.0
_TELL_S = 10.0
_PATIENCE_S = 600.0
_LOCAL_PATIENCE_S = 120.0  # nobody starts those but Dask itself
# Dask's own setting, by its own name.
_SETTING = "distributed.scheduler.no-workers-timeout"


class Workforce:
    """Asks a scheduler now and then for its workers.

    Args:
        client: Dask's client.
        scheduler: Its address; empty for local processes.
        emit: Where it is told that there are none.
    """

    def __init__(self, client: Any, scheduler: str, emit: Emit) -> None:
        self._client, self._emit = client, emit
        self._theirs = bool(scheduler)
        self._name = scheduler or "this machine"
        self._patience_s = _patience_s() if scheduler else _LOCAL_PATIENCE_S
        self.workers: Dict[str, Any] = {}  # what the scheduler last said of each, by address
        self._threads: Optional[int] = 0  # None where the scheduler does not answer
        self._asked, self._seen, self._told = 0.0, time.monotonic(), False

    def places(self, seconds: float = 0.0) -> int:
        """How many units, or groups of them, may be with the workers.

        Two where there is no worker: some clusters start one only when there is work.

        Args:
            seconds: What each takes, as far as that is known; 0 if it is not.
        """
        if not self._threads or time.monotonic() - self._asked > _ASK_S:
            self._ask()
        ahead = _AHEAD
        if self._theirs and seconds:
            ahead = max(_AHEAD, min(_MOST_AHEAD, math.ceil(_AHEAD_S / seconds)))
        return ahead * max(1, self._threads or 0)

    def look(self) -> None:
        """Called while no unit comes back: see that somebody is at work, and tell if nobody is.

        Raises:
            SchedulerUnreachable: Nobody was for too long.
        """
        if time.monotonic() - self._asked > _ASK_S:
            self._ask()
        alone_s = self._asked - self._seen
        silent = self._threads is None
        if self._told and not alone_s:
            self._emit(Message(f"{self._name} has workers again."))
            self._told = False
        elif alone_s > self._patience_s:
            raise self.deserted()
        elif alone_s > _TELL_S and not self._told:
            state, limit = "does not answer" if silent else "has none", in_words(self._patience_s)
            text = f"Waiting for workers of {self._name}, which {state}: up to {limit}."
            self._emit(Message(text, "warning"))
            self._told = True

    def deserted(self) -> SchedulerUnreachable:
        """That nobody was at work for too long, as we see, or as the scheduler itself says."""
        if not self._theirs:
            return SchedulerUnreachable(
                f"None of the processes of WORKERS has been at work for {self._alone()}.",
                "Set WORKERS to 1, and run the same request again.",
            )
        state = "not answered" if self._threads is None else "had no workers"
        return SchedulerUnreachable(
            f"The Dask scheduler at {self._name} has {state} for {self._alone()}.",
            "Start workers, and run the same request again.",
        )

    def _alone(self) -> str:
        return in_words(time.monotonic() - self._seen)

    def _ask(self) -> None:
        """Each answer describes every worker at length."""
        try:
            said = self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=_ANSWER_S
            )
            self.workers = said["workers"]
            self._threads = sum(worker["nthreads"] for worker in self.workers.values())
        except (OSError, TimeoutError, AttributeError):  # it is gone, or was stopped
            self.workers, self._threads = {}, None
        self._asked = time.monotonic()
        if self._threads:
            self._seen = self._asked


def _patience_s() -> float:
    import dask

    given = dask.config.get(_SETTING, None)
    return float(dask.utils.parse_timedelta(given)) if given else _PATIENCE_S
