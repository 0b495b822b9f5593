# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's own Dask cluster: without workers for a while, or with some that cannot do the work."""

from __future__ import annotations

import importlib
import shutil
import socket
import sys
import time
from pathlib import Path

import cloudpickle
import pytest
from coverloom.engine import __version__
from coverloom.engine.contract.errors import MissingPackage, SchedulerUnreachable, UnfitWorker
from coverloom.engine.core import cluster as cluster_module
from coverloom.engine.core import workforce
from coverloom.engine.core.units import run_units

distributed = pytest.importorskip("distributed")


def local_cluster(workers, **options):
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0",
        silence_logs=40, **options,
    )  # fmt: skip


def numbers(count=12):
    return ((f"u{i}", -i) for i in range(count))


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(workforce, "_TELL_S", 0.0)
    monkeypatch.setattr(workforce, "_PATIENCE_S", 2.0)


def test_a_scheduler_without_workers_is_waited_for_and_given_up(impatient):
    told = []
    with local_cluster(0) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(SchedulerUnreachable) as error:
            list(run_units(abs, numbers(), scheduler=address, emit=told.append))
    assert f"The Dask scheduler at {address} has had no workers for" in str(error.value)
    assert [event.text for event in told] == [
        f"Waiting for workers of {address}, which has none: up to 2 s."
    ]


def no_workers_timeout():
    import dask

    return dask.config.set({"distributed.scheduler.no-workers-timeout": "1s"})


def test_the_patience_is_dask_s_own_setting():
    with (
        local_cluster(0) as cluster,  # which has begun without it
        no_workers_timeout(),
        pytest.raises(SchedulerUnreachable, match="has had no workers for"),
    ):
        list(run_units(abs, numbers(), scheduler=cluster.scheduler_address))


def test_a_scheduler_whose_own_patience_ends_fails_the_units(monkeypatch):
    monkeypatch.setattr(workforce, "_patience_s", lambda: 600.0)
    with (
        no_workers_timeout(),
        local_cluster(0) as cluster,
        pytest.raises(SchedulerUnreachable, match="has had no workers for"),
    ):
        list(run_units(abs, numbers(), scheduler=cluster.scheduler_address))


@pytest.mark.usefixtures("impatient")
def test_workers_that_all_end_in_the_middle_are_missed():
    with local_cluster(1, processes=False) as cluster:
        outcomes = run_units(abs, numbers(1000), scheduler=cluster.scheduler_address)
        assert next(outcomes).value is not None
        cluster.scale(0)
        with pytest.raises(SchedulerUnreachable, match="has had no workers for"):
            list(outcomes)


def test_workers_that_come_back_go_on(monkeypatch):
    monkeypatch.setattr(workforce, "_TELL_S", 0.0)
    with local_cluster(1, processes=False) as cluster:

        def hear(event):
            told.append(event.text)
            cluster.scale(1)

        told = []
        outcomes = run_units(abs, numbers(300), scheduler=cluster.scheduler_address, emit=hear)
        found = [next(outcomes)]
        cluster.sync(cluster.scheduler.retire_workers, close_workers=True, remove=True)
        cluster.scale(0)
        found += outcomes
    assert sorted(o.value for o in found) == list(range(300))
    assert told and told[0].startswith("Waiting for workers of")


def test_a_cluster_that_starts_workers_only_when_there_is_work():
    """As SLURM clusters do that adapt; a worker asked for before any work would never come."""
    with local_cluster(0, processes=False) as cluster:
        cluster.adapt(minimum=0, maximum=2, interval="100ms")
        outcomes = list(run_units(abs, numbers(), scheduler=cluster.scheduler_address))
    assert sorted(o.value for o in outcomes) == list(range(12))


def where_it_was_done(seconds):
    time.sleep(seconds)
    return distributed.get_worker().address


def test_a_cluster_that_adapts_is_given_enough_to_start_all_its_workers():
    """It looks at what waits: of two short units it would start one worker, and no other."""
    with local_cluster(0, processes=False) as cluster:
        cluster.adapt(minimum=0, maximum=3, interval="100ms")
        units = ((f"u{i}", 0.1) for i in range(100))
        outcomes = list(run_units(where_it_was_done, units, scheduler=cluster.scheduler_address))
    assert len(outcomes) == 100
    assert len({outcome.value for outcome in outcomes}) == 3


def test_a_worker_without_the_package_or_with_another_version(tmp_path):
    def said(folder):
        with (
            local_cluster(1, env={"COVERLOOM_ROOT": str(folder)}) as cluster,
            pytest.raises(UnfitWorker) as error,
        ):
            list(run_units(abs, numbers(), scheduler=cluster.scheduler_address))
        assert str(error.value).startswith("The Dask worker tcp://127.0.0.1:")
        return str(error.value)

    assert f"finds no Coverloom in {tmp_path / 'none'}. Have it there on" in said(tmp_path / "none")
    (tmp_path / "engine").mkdir()
    (tmp_path / "__init__.py").touch()
    (tmp_path / "engine" / "__init__.py").write_text('__version__ = "0.0.1"')
    assert "has Coverloom 0.0.1, this is" in said(tmp_path)


def test_a_worker_without_a_package_or_a_file(tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def double(number):\n    return 2 * number\n")
    file = tmp_path / "in.tif"
    file.touch()

    def lost_on_the_way():
        file.unlink()
        yield "a", -1

    with local_cluster(1) as cluster:
        address = cluster.scheduler_address
        monkeypatch.syspath_prepend(tmp_path)  # the worker has started without
        double = importlib.import_module("only_here").double
        with pytest.raises(UnfitWorker, match=r"has no package 'only_here' in .*python"):
            list(run_units(double, numbers(), scheduler=address))
        paths = [str(file), "s3://no/where", str(tmp_path / "nor here")]
        with pytest.raises(UnfitWorker) as error:
            list(run_units(abs, lost_on_the_way(), scheduler=address, paths=paths))
    assert f"does not find {file}. Give a path that means the same" in str(error.value)


def loads_what_is_not_whole(name):
    """As a library does that misses another one of the system's."""
    raise ImportError("libgeos.so.3: cannot open shared object file", name=name)


def lacks(protocol):
    from coverloom.engine.core.storage import Storage

    return Storage().exists(f"{protocol}://bucket/key")


def test_a_package_that_is_missed_only_by_a_unit():
    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with local_cluster(1) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(UnfitWorker, match=r"cannot load a package of .*python.*: libgeos"):
            list(run_units(loads_what_is_not_whole, [("a", "geos")], scheduler=address))
        with pytest.raises(UnfitWorker, match=r"lacks a package in .* cannot read nosuch://"):
            list(run_units(lacks, [("a", "nosuch")], scheduler=address))
    with pytest.raises(MissingPackage):  # nobody here would start other workers
        list(run_units(lacks, [("a", "nosuch"), ("b", "nosuch")], workers=2))


def test_an_output_folder_that_a_worker_does_not_have_or_may_not_write_to(tmp_path):
    mark = tmp_path / "out" / "mark"
    mark.parent.mkdir()
    mark.touch()

    def lost_on_the_way():
        shutil.rmtree(mark.parent)
        yield "a", -1

    with local_cluster(1) as cluster:
        address = cluster.scheduler_address
        assert len(list(run_units(abs, numbers(), scheduler=address, outputs=[str(mark)]))) == 12
        assert list(mark.parent.iterdir()) == [mark]
        with pytest.raises(UnfitWorker) as error:
            list(run_units(abs, lost_on_the_way(), scheduler=address, outputs=[str(mark)]))
        assert f"does not find the folder {mark.parent} of this machine." in str(error.value)
        unwritable = Path("/sys/kernel/notes")  # not even for root
        if unwritable.exists():
            with pytest.raises(UnfitWorker, match=r"cannot write to /sys/kernel: Permission"):
                list(run_units(abs, numbers(), scheduler=address, outputs=[str(unwritable)]))


def test_threads_of_a_worker_that_load_the_package_at_the_same_time(tmp_path):
    """It is slow here, so that all threads come before the first one has it."""
    (tmp_path / "engine").mkdir()
    start = "import time\nassert not globals().get('BEGUN')\nBEGUN = 1\ntime.sleep(0.5)\nREADY = 1"
    (tmp_path / "__init__.py").write_text(start)
    (tmp_path / "engine" / "__init__.py").write_text(
        f"from .. import READY\n__version__ = {__version__!r}"
    )
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=4, dashboard_address="127.0.0.1:0", silence_logs=40,
        env={"COVERLOOM_ROOT": str(tmp_path)},
    ) as cluster:  # fmt: skip
        outcomes = list(run_units(abs, numbers(40), scheduler=cluster.scheduler_address))
    assert sorted(o.value for o in outcomes) == list(range(40))


def test_a_port_that_takes_calls_and_never_answers(monkeypatch):
    """A scheduler that was stopped, or no scheduler: Dask waits for it without end."""
    monkeypatch.setattr(cluster_module, "_WAIT_S", 0.5)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(SchedulerUnreachable, match=f"There is no Dask scheduler at {address}"):
            list(run_units(abs, numbers(), scheduler=address))


def test_a_scheduler_of_another_version(monkeypatch):
    def client(address, **options):
        """Fails as 2026.8 does before a scheduler of 2024.8, tried with a real one."""
        raise TypeError("identity() got an unexpected keyword argument 'n_workers'")

    monkeypatch.setattr(distributed, "Client", client)
    with pytest.raises(SchedulerUnreachable, match="is of another version than Dask 20"):
        list(run_units(abs, numbers(), scheduler="tcp://127.0.0.1:9"))


def test_a_cluster_of_another_python(monkeypatch):
    monkeypatch.setattr(cluster_module.platform, "python_version", lambda: "3.99.1")
    with (
        local_cluster(0) as cluster,
        pytest.raises(UnfitWorker, match=r"The Dask scheduler tcp://.* this is 3\.99\.1\."),
    ):
        list(run_units(abs, numbers(), scheduler=cluster.scheduler_address))
