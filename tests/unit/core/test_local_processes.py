# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of WORKERS that never come."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import SchedulerUnreachable
from coverloom.engine.core import cluster, workforce
from coverloom.engine.core.units import run_units

pytest.importorskip("distributed")
HOW = {"end at once": "os._exit(3)", "hang": "time.sleep(8); os._exit(3)"}


@pytest.mark.parametrize("how", HOW)
def test_processes_that_never_come_are_given_up_in_a_sentence(how, tmp_path, monkeypatch):
    """As with a virus scanner, or a module of the user's that every Python runs first."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import os, sys, time\nif 'spawn_main' in ' '.join(sys.orig_argv):\n    {HOW[how]}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(workforce, "_TELL_S", 0.0)
    monkeypatch.setattr(workforce, "_LOCAL_PATIENCE_S", 3.0)
    monkeypatch.setattr(cluster, "_WAIT_S", 1.0)
    told = []
    with pytest.raises(SchedulerUnreachable) as error:
        list(run_units(abs, [("a", -1), ("b", -2)], workers=2, emit=told.append))
    assert str(error.value).startswith("None of the processes of WORKERS has been at work for ")
    assert str(error.value).endswith("s. Set WORKERS to 1, and run the same request again.")
    assert [event.text for event in told] == [
        "Waiting for workers of this machine, which has none: up to 3 s."
    ]
