# SPDX-License-Identifier: GPL-3.0-or-later
"""Where units are done: in this process, or in others."""

from __future__ import annotations

import os

import pytest
from coverloom.engine.core.units import run_units, worker_count
from hypothesis import given
from hypothesis import strategies as st


def whose(payload):
    return os.getpid(), payload


def processes(count, workers):
    units = ((f"unit {number}", number) for number in range(count))
    outcomes = list(run_units(whose, units, workers))
    assert sorted(outcome.value[1] for outcome in outcomes) == list(range(count))
    return {outcome.value[0] for outcome in outcomes}


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_a_single_unit_is_done_here(workers):
    """Processes for it took four seconds to start."""
    assert processes(1, workers) == {os.getpid()}
    assert processes(0, workers) == set()


def test_several_are_done_by_other_processes():
    assert os.getpid() not in processes(3, 2)


def test_one_worker_takes_units_only_as_they_are_done():
    taken = []
    units = (taken.append(n) or (str(n), n) for n in range(9))
    for done, _ in enumerate(run_units(whose, units, 1), 1):
        assert len(taken) == done


@given(workers=st.integers(0, 300), units=st.integers(0, 300))
def test_no_process_is_idle_from_the_beginning(workers, units):
    count = worker_count(workers, units)
    assert 1 <= count <= max(1, units)
    if workers:
        assert count == max(1, min(workers, units))
    else:
        assert count == max(1, min(len(os.sched_getaffinity(0)), units))
