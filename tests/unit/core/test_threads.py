# SPDX-License-Identifier: GPL-3.0-or-later
"""Many calls by a few threads: in order, and no more of them waiting than a few."""

from __future__ import annotations

import threading

import pytest
from coverloom.engine.core.threads import mapped


def test_results_come_in_the_items_order():
    """The first call ends only after one of those behind it has."""
    later = threading.Event()

    def square(number):
        if number == 0:
            assert later.wait(30)
        else:
            later.set()
        return number * number

    assert list(mapped(square, range(500), 4)) == [n * n for n in range(500)]


def test_items_are_taken_only_as_results_are():
    taken = []
    items = (taken.append(n) or n for n in range(100_000))
    results = mapped(str, items, 4)
    assert [next(results) for _ in range(10)] == [str(n) for n in range(10)]
    assert len(taken) < 200
    results.close()
    assert len(taken) < 200


def test_a_fault_ends_the_calls():
    called = []

    def fail(number):
        called.append(number)
        if number == 3:
            raise ValueError("three")
        return number

    with pytest.raises(ValueError, match="three"):
        list(mapped(fail, range(10_000), 2))
    assert len(called) < 200
