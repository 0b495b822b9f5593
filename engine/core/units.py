# SPDX-License-Identifier: GPL-3.0-or-later
"""Independent units of work: in this process, on local processes, or on the user's Dask cluster.

A worker that dies loses no unit: Dask runs it again elsewhere. A unit that kills every worker it
is given to comes back as lost, and the others go on.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from queue import Empty, SimpleQueue
from typing import Any, Callable, Dict, Generic, Iterable, Iterator, List, Optional, Tuple, TypeVar

from ..contract.errors import SchedulerUnreachable
from ..contract.events import Emit, Event
from .cluster import check_pythons, cluster_client, local_processes, whereabouts
from .far_call import far_call, unpacked
from .overdue import Overdue
from .unit_groups import UnitGroups
from .workforce import Workforce

P = TypeVar("P")
R = TypeVar("R")
_LOOK_S = 1.0


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What became of one unit.

    Args:
        key: The unit's name.
        value: What the function returned; None if the unit is lost.
        lost: Why the unit has no value; empty if it has.
    """

    key: str
    value: Optional[R]
    lost: str = ""


def worker_count(workers: int, units: int) -> int:
    """How many local processes are started for so many units; 1 stands for this process.

    Args:
        workers: Of the request; 0 means all cores this process may use.
        units: How many there are; a process without one would only be waited for.
    """
    if workers < 1:
        workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return max(1, min(workers or os.cpu_count() or 1, units))


def run_units(
    function: Callable[[P], R],
    units: Iterable[Tuple[str, P]],
    workers: int = 1,
    scheduler: str = "",
    total: int = 0,
    emit: Optional[Emit] = None,
    paths: Iterable[str] = (),
    outputs: Iterable[str] = (),
) -> Iterator[Outcome[R]]:
    """Call ``function`` once for each unit, in any order, and yield what comes back.

    Args:
        function: A module-level function; running it twice for one unit must do no harm.
        units: (name, payload); names are unique. Taken only as fast as units finish.
        workers: Processes, no more than units; 0 for all cores. One works in this process.
        scheduler: Address of a Dask scheduler; empty for local processes.
        total: How many units there are; short ones then go to a worker several at a time. 0 if
            that is not known: each goes alone.
        emit: Where it is told that a cluster has no workers for a while, or that a unit is
            waited for.
        paths: Files and folders that a user's own workers must find as this machine does.
        outputs: A file in each folder that they write to, as a mark of it.

    Raises:
        SchedulerUnreachable: There is no scheduler at that address, it had no workers for too
            long, or it was lost in the middle.
        UnfitWorker: A worker has another Python or Coverloom, lacks a package or ``paths``, or
            cannot write beside ``outputs``.
        Exception: Whatever ``function`` raises.
    """
    count, units = 0, iter(units)
    if not scheduler:
        first = list(islice(units, worker_count(workers, sys.maxsize)))
        count, units = worker_count(workers, len(first)), chain(first, units)
    if count == 1:
        for key, payload in units:
            yield Outcome(key, function(payload))
        return
    call = far_call(paths, outputs) if scheduler else far_call(local=True)
    hear = emit or _nobody
    with cluster_client(count, scheduler) as client, _loss_told(scheduler):
        overdue = Overdue(partial(whereabouts, client), hear, partial(local_processes, client))
        crew = _Crew(client, Workforce(client, scheduler, hear), overdue, call, function)
        yield from _stream(crew, UnitGroups(units, total))


def _nobody(event: Event) -> None:
    """Hears nothing."""


@dataclass(frozen=True)
class _Crew(Generic[P, R]):
    """Who does the units, and how."""

    client: Any
    workforce: Workforce
    overdue: Overdue
    call: Callable[[bytes], bytes]
    function: Callable[[P], R]

    def look(self) -> None:
        """Called while no unit comes back."""
        self.workforce.look()
        self.overdue.look(self.workforce.workers)


@contextmanager
def _loss_told(scheduler: str) -> Iterator[None]:
    """Say it in a sentence if the scheduler ends in the middle."""
    from distributed.client import ClosedClientError
    from distributed.comm.core import CommClosedError

    try:
        yield
    # Nobody here cancels.
    except (CancelledError, CommClosedError, ClosedClientError) as error:
        raise SchedulerUnreachable(
            f"The Dask scheduler at {scheduler or 'this machine'} was lost in the middle of the "
            "work.",
            "Start it again, and run the same request again once the old workers have ended.",
        ) from error


def _stream(crew: _Crew[P, R], groups: UnitGroups[P]) -> Iterator[Outcome[R]]:
    suspects: List[Tuple[str, P]] = []
    yield from _in_flight(crew, groups, suspects, alone=False)
    # Dask blames a worker's death on every unit that the worker had. One by one, only a unit
    # that is itself to blame comes back lost.
    yield from _in_flight(crew, UnitGroups(list(suspects), 0), suspects, alone=True)


def _in_flight(
    crew: _Crew[P, R], groups: UnitGroups[P], suspects: List[Tuple[str, P]], alone: bool
) -> Iterator[Outcome[R]]:
    """Keep the workers busy; units that ended their workers go to ``suspects``, unless alone."""
    import cloudpickle
    from distributed.scheduler import KilledWorker

    run = os.urandom(4).hex()
    sent: Dict[str, List[Tuple[str, P]]] = {}
    done: SimpleQueue[Any] = SimpleQueue()

    def fill() -> None:
        while len(sent) < (1 if alone else crew.workforce.places(groups.seconds)):
            group = groups.take(crew.workforce.places())
            if not group:
                return
            # A key of its own for each run: Dask would hand out an earlier run's result.
            packed = cloudpickle.dumps((crew.function, [payload for _, payload in group]))
            key = f"{group[0][0]}-{run}"
            future = crew.client.submit(crew.call, packed, key=key, pure=False)
            sent[future.key] = group
            crew.overdue.sent(future.key, group[0][0])
            future.add_done_callback(done.put)

    fill()
    while sent:
        try:
            future = done.get(timeout=_LOOK_S)
        except Empty:
            crew.look()
            continue
        crew.overdue.look(crew.workforce.workers)  # of many, one may hang while others go on
        group = sent.pop(future.key)
        try:
            seconds, values = unpacked(_given(crew, future))
            groups.took(len(group), seconds)
            crew.overdue.back(future.key, seconds)
            yield from (Outcome(unit[0], value) for unit, value in zip(group, values))
        except KilledWorker as error:
            crew.overdue.back(future.key, 0.0)
            if alone:
                why = f"it ended every worker it was given to: {error}"
                yield Outcome(group[0][0], None, why)
            else:
                suspects.extend(group)
        # A future held on to is computed again when the worker that has it dies.
        future.release()
        del future
        fill()


def _given(crew: _Crew[P, R], future: Any) -> bytes:
    """What a worker gave back; if it died since, another one does it again.

    Raises:
        SchedulerUnreachable: The scheduler has given up waiting for workers.
    """
    from distributed.scheduler import NoWorkerError

    while True:
        try:
            given: bytes = future.result(timeout=_LOOK_S)
            return given
        except NoWorkerError as error:
            raise crew.workforce.deserted() from error
        except TimeoutError:
            if future.status == "error":  # it is the function's own
                raise
            crew.look()
        except (TypeError, ValueError, AttributeError, SystemError):
            # Another Python, of a worker that came late, fails in its own ways.
            check_pythons(crew.client, "")
            raise
