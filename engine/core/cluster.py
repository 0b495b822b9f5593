# SPDX-License-Identifier: GPL-3.0-or-later
"""A Dask cluster: processes on this machine, or the user's own, behind a scheduler's address."""

from __future__ import annotations

import logging
import platform
import threading
from contextlib import contextmanager
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from ..contract.errors import SchedulerUnreachable, UnfitWorker
from .semaphores import guard_semaphores

LOG = logging.getLogger("coverloom")
_FAILURES = 2
_WAIT_S = 60


@contextmanager
def cluster_client(workers: int, scheduler: str) -> Iterator[Any]:
    """Connect to a cluster; it may have no workers yet.

    Args:
        workers: Processes, where they are local.
        scheduler: Address of a Dask scheduler; empty for local processes.

    Raises:
        SchedulerUnreachable: There is no scheduler at that address.
        UnfitWorker: It, or a worker of it, runs another Python.
    """
    import dask

    # Through Any: distributed is typed only in part.
    distributed: Any = import_module("distributed")
    logging.getLogger("distributed").setLevel(logging.WARNING)
    settings = {
        "distributed.scheduler.allowed-failures": _FAILURES,
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
                check_pythons(client, scheduler)
                yield client
            return
        with (
            _local() as cluster,
            distributed.Client(cluster, set_as_default=False) as client,
        ):
            # Only now: both would wait without end for processes that hang as they begin.
            cluster.scale(workers)
            # One that ends before its keeper knows that it began is not started again by that.
            cluster.adapt(minimum=workers, maximum=workers, interval="2s")
            yield client


def _within(seconds: float, connect: Callable[[], Any]) -> Any:
    """What ``connect`` gives.

    Dask waits without end for a port that takes calls and never answers.

    Raises:
        TimeoutError: It gave nothing in time.
        Exception: Whatever it raises.
    """
    given: SimpleQueue[Tuple[Any, Optional[Exception]]] = SimpleQueue()

    def run() -> None:
        try:
            given.put((connect(), None))
        except Exception as error:
            given.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        client, fault = given.get(timeout=2 * seconds)  # it takes its own time first
    except Empty as error:
        raise TimeoutError("it does not answer") from error
    if fault:
        raise fault
    return client


def check_pythons(client: Any, scheduler: str) -> None:
    """See that all speak the same Python: code is sent, which another one cannot read.

    Raises:
        UnfitWorker: One does not.
    """
    ask, message = client.scheduler, {"op": "versions", "packages": []}
    wait = {"callback_timeout": _WAIT_S}
    try:
        everywhere = {f"scheduler {scheduler}": client.sync(ask.versions, packages=[], **wait)}
        said = client.sync(ask.broadcast, msg=message, on_error="ignore", **wait)
    except (OSError, TimeoutError):  # one hangs, which those who wait for work will notice
        return
    everywhere.update((f"worker {where}", found) for where, found in said.items())
    here = platform.python_version()
    for who, found in everywhere.items():
        there = _python_of(found)
        if there and there.split(".")[:2] != here.split(".")[:2]:
            raise UnfitWorker(
                f"The Dask {who} runs Python {there}, this is {here}.",
                f"Start scheduler and workers with Python {'.'.join(here.split('.')[:2])}.",
            )


def whereabouts(client: Any) -> Dict[str, List[str]]:
    """The keys that each worker has been given, by its address; none if nobody says in time."""
    try:
        said: Dict[str, List[str]] = client.sync(
            client.scheduler.processing, workers=None, callback_timeout=_WAIT_S
        )
    except (OSError, TimeoutError):
        return {}
    return said


def local_processes(client: Any) -> Dict[str, int]:
    """Process number by worker's address; empty where they are not on this machine."""
    keepers = list(getattr(client.cluster, "workers", {}).values())
    return {keeper.worker_address: keeper.pid for keeper in keepers if keeper.worker_address}


def _python_of(found: Any) -> str:
    """Its version, such as 3.11.2; empty if Dask could not ask."""
    host: Dict[str, Any] = found.get("host", {}) if isinstance(found, dict) else {}
    return ".".join(str(host.get("python", "")).split(".")[:3])


@contextmanager
def _local() -> Iterator[Any]:
    """A cluster on this machine, ended however well that goes: all units are done by then."""
    distributed: Any = import_module("distributed")
    guard_semaphores()
    cluster = distributed.LocalCluster(
        n_workers=0,
        threads_per_worker=1,
        dashboard_address=None,
        # Without a dashboard, too, it listens, and warns if it cannot at 8787.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        memory_limit=0,
        silence_logs=True,
    )
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
        client = _within(
            _WAIT_S, lambda: distributed.Client(address, timeout=_WAIT_S, set_as_default=False)
        )
    except TypeError as error:
        raise SchedulerUnreachable(
            f"The Dask scheduler at {address} is of another version than Dask "
            f"{distributed.__version__} here: {error}.",
            "Start it and its workers with the runtime's Python.",
        ) from error
    except (OSError, ValueError) as error:
        raise SchedulerUnreachable(
            f"There is no Dask scheduler at {address}: {error}.",
            "Give its address, such as tcp://host:8786, or leave SCHEDULER empty.",
        ) from error
    with client:
        yield client
