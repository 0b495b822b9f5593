# SPDX-License-Identifier: GPL-3.0-or-later
"""The time still to go, with a clock that the test moves."""

from __future__ import annotations

import pytest
from coverloom.engine.core import progress
from coverloom.engine.core.progress import ProgressMeter


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_loading_before_the_first_unit_does_not_lengthen_the_rest(clock):
    told = []
    meter = ProgressMeter(told.append, 11, 0.1, 0.9, "Mapping")
    clock.now += 60
    meter.advance()
    clock.now += 2
    meter.advance()
    assert [event.eta_s for event in told] == [None, None, 9 * 2.0]
    assert told[-1].fraction == pytest.approx(0.1 + 0.8 * 2 / 11)


def test_what_an_earlier_run_finished_does_not_shorten_it(clock):
    told = []
    meter = ProgressMeter(told.append, 100)
    meter.advance(90)
    clock.now += 5
    meter.advance()
    assert told[-1].eta_s == 9 * 5.0


def test_the_end_is_the_end(clock):
    told = []
    ProgressMeter(told.append, 1).advance()
    assert (told[-1].fraction, told[-1].eta_s) == (1.0, 0.0)
