# SPDX-License-Identifier: GPL-3.0-or-later
"""Independent units of work: in this process, on local processes, or on the user's Dask cluster.

A worker that dies loses no unit: Dask runs it again elsewhere. A unit that kills every worker it
is given to comes back as lost, and the others go on.
"""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Callable, Dict, Generic, Iterable, Iterator, List, Optional, Tuple, TypeVar

from ..contract.errors import SchedulerUnreachable
from .semaphores import guard_semaphores
from .unit_groups import UnitGroups

LOG = logging.getLogger("coverloom")
P = TypeVar("P")
R = TypeVar("R")
# Groups in flight per worker thread: enough that none waits, few enough that memory stays flat.
_AHEAD = 2
_FAILURES = 2
_WAIT_S = 60
_PLACES_S = 1.0
ROOT_VARIABLE = "COVERLOOM_ROOT"


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


def worker_count(workers: int) -> int:
    """How many processes WORKERS stands for: 0 means all cores this process may use."""
    if workers > 0:
        return workers
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_units(
    function: Callable[[P], R],
    units: Iterable[Tuple[str, P]],
    workers: int = 1,
    scheduler: str = "",
    total: int = 0,
) -> Iterator[Outcome[R]]:
    """Call ``function`` once for each unit, in any order, and yield what comes back.

    Args:
        function: A module-level function; running it twice for one unit must do no harm.
        units: (name, payload); names are unique. Taken only as fast as units finish.
        workers: Processes; 0 for all cores. One works in this process.
        scheduler: Address of a Dask scheduler; empty for local processes.
        total: How many units there are; short ones then go to a worker several at a time. 0 if
            that is not known: each goes alone.

    Raises:
        SchedulerUnreachable: There is no scheduler at that address, it has no workers, or it was
            lost in the middle.
        Exception: Whatever ``function`` raises.
    """
    count = worker_count(workers)
    if not scheduler and count == 1:
        for key, payload in units:
            yield Outcome(key, function(payload))
        return
    with _client(count, scheduler) as client, _loss_told(scheduler):
        yield from _stream(client, function, UnitGroups(units, total))


@contextmanager
def _loss_told(scheduler: str) -> Iterator[None]:
    """Say it in a sentence if the scheduler ends in the middle."""
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CancelledError, CommClosedError) as error:  # nobody here cancels
        raise SchedulerUnreachable(
            f"The Dask scheduler at {scheduler or 'this machine'} was lost in the middle of the "
            "work.",
            "See why it ended, start it again, and run the same request again.",
        ) from error


def _stream(client: Any, function: Callable[[P], R], groups: UnitGroups[P]) -> Iterator[Outcome[R]]:
    suspects: List[Tuple[str, P]] = []
    yield from _in_flight(client, function, groups, suspects, alone=False)
    # Dask blames a worker's death on every unit that the worker had. One by one, only a unit
    # that is itself to blame comes back lost.
    one_by_one = UnitGroups(list(suspects), 0)
    yield from _in_flight(client, function, one_by_one, suspects, alone=True)


def _in_flight(
    client: Any,
    function: Callable[[P], R],
    groups: UnitGroups[P],
    suspects: List[Tuple[str, P]],
    alone: bool,
) -> Iterator[Outcome[R]]:
    """Keep the workers busy; units that ended their workers go to ``suspects``, unless alone."""
    import cloudpickle
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    run, call, places = os.urandom(4).hex(), _unpacking(), _Places(client)
    sent: Dict[str, List[Tuple[str, P]]] = {}
    done = as_completed(loop=client.loop)

    def fill() -> None:
        while len(sent) < (1 if alone else places.count()):
            group = groups.take(places.count())
            if not group:
                return
            # A key of its own for each run: Dask would hand out an earlier run's result.
            packed = cloudpickle.dumps((function, [payload for _, payload in group]))
            future = client.submit(call, packed, key=f"{group[0][0]}-{run}", pure=False)
            sent[future.key] = group
            done.add(future)

    fill()
    for future in done:
        group = sent.pop(future.key)
        try:
            seconds, values = cloudpickle.loads(future.result())
            groups.took(len(group), seconds)
            yield from (Outcome(unit[0], value) for unit, value in zip(group, values))
        except KilledWorker as error:
            if alone:
                why = f"it ended every worker it was given to: {error}"
                yield Outcome(group[0][0], None, why)
            else:
                suspects.extend(group)
        # A future held on to is computed again when the worker that has it dies.
        future.release()
        del future
        fill()


class _Places:
    """How many units may be with a cluster's workers, which come and go."""

    def __init__(self, client: Any) -> None:
        self._client, self._count, self._asked = client, 0, 0.0

    def count(self) -> int:
        """Asked of the scheduler now and then: each answer describes every worker at length."""
        now = time.monotonic()
        if not self._count or now - self._asked > _PLACES_S:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
            self._count = _AHEAD * max(1, sum(worker["nthreads"] for worker in workers))
            self._asked = now
        return self._count


@contextmanager
def _client(workers: int, scheduler: str) -> Iterator[Any]:
    import dask

    # Through Any: distributed is typed only in part.
    distributed: Any = import_module("distributed")
    logging.getLogger("distributed").setLevel(logging.WARNING)
    settings = {
        "distributed.scheduler.allowed-failures": _FAILURES,
        "distributed.scheduler.no-workers-timeout": f"{10 * _WAIT_S}s",
        "distributed.admin.tick.limit": "60s",
        # Nobody looks at Dask's own profile, which samples every worker 100 times a second.
        "distributed.worker.profile.enabled": False,
        "distributed.admin.system-monitor.interval": "5s",
        # One thread a worker, and no chatter on stderr.
        "distributed.nanny.pre-spawn-environ": {
            "OMP_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "DASK_LOGGING__DISTRIBUTED": "warning",
        },
    }
    with dask.config.set(settings):
        if scheduler:
            with _remote(scheduler) as client:
                client.register_plugin(_package_plugin())
                yield client
            return
        with (
            _local(workers) as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            client.register_plugin(_package_plugin())
            yield client


@contextmanager
def _local(workers: int) -> Iterator[Any]:
    """Processes on this machine, ended however well that goes: all units are done by then."""
    distributed: Any = import_module("distributed")
    guard_semaphores()
    cluster = distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address=None,
        # Without a dashboard, too, it listens, and warns if it cannot at 8787.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        memory_limit=0,
        silence_logs=True,
    )
    # A process that ends before its keeper knows that it began is not started again by the keeper.
    cluster.adapt(minimum=workers, maximum=workers, interval="2s")
    try:
        yield cluster
    finally:
        try:
            cluster.close(timeout=_WAIT_S)
        # Dask asserts that each worker, a killed one too, has ended in order.
        except (TimeoutError, OSError, AssertionError) as error:
            LOG.warning("The local workers did not end in order: %r", error)


@contextmanager
def _remote(address: str) -> Iterator[Any]:
    distributed: Any = import_module("distributed")
    try:
        client = distributed.Client(address, timeout=_WAIT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise SchedulerUnreachable(
            f"There is no Dask scheduler at {address}: {error}.",
            "Give its address, such as tcp://host:8786, or leave SCHEDULER empty.",
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WAIT_S)
        except (OSError, TimeoutError) as error:
            raise SchedulerUnreachable(
                f"The Dask scheduler at {address} has no workers.", "Start some."
            ) from error
        yield client


def _unpacking() -> Callable[[bytes], bytes]:
    """Calls a packed (function, payloads), on the worker alone; packs (seconds, what it returns).

    A scheduler unpacks what it is sent, and knows nothing of Coverloom. So it is sent bytes, and a
    function that cloudpickle sends as code, for it is defined inside another one. And Dask packs
    each number of a list by itself: of the record of a hundred patches that took 50 ms.
    """

    def call(packed: bytes) -> bytes:
        import time

        import cloudpickle

        begun = time.monotonic()
        function, payloads = cloudpickle.loads(packed)
        values = [function(payload) for payload in payloads]
        given: bytes = cloudpickle.dumps((time.monotonic() - begun, values))
        return given

    return call


def _package_plugin() -> Any:
    """Makes workers import this very package, from the same folder on their machine.

    Defined inside a function so that cloudpickle sends the code itself, not the name of a module
    that the worker cannot import yet.
    """
    from distributed import WorkerPlugin

    root, variable = str(Path(__file__).resolve().parents[2]), ROOT_VARIABLE

    class ImportCoverloom(WorkerPlugin):
        name = f"import-coverloom-{root}"

        def setup(self, worker: Any) -> None:
            import importlib.util
            import os
            import sys

            os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # as engine/__main__.py
            if "coverloom" in sys.modules:
                return
            folder = os.environ.get(variable, root)
            spec = importlib.util.spec_from_file_location(
                "coverloom",
                os.path.join(folder, "__init__.py"),  # noqa: PTH118
                submodule_search_locations=[folder],
            )
            if spec is None or spec.loader is None or not os.path.isdir(folder):  # noqa: PTH112
                raise ImportError(f"No Coverloom in {folder}; set {variable} on the workers.")
            module = importlib.util.module_from_spec(spec)
            sys.modules["coverloom"] = module
            spec.loader.exec_module(module)

    return ImportCoverloom()
