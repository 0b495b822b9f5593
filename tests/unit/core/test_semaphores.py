# SPDX-License-Identifier: GPL-3.0-or-later
"""A collection of garbage in the middle of making a semaphore ends, on every Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).resolve().parents[2] / "conftest.py"
SCRIPT = """
import gc, multiprocessing, runpy, sys
from multiprocessing import resource_tracker

runpy.run_path(sys.argv[1])
from coverloom.engine.core.semaphores import guard_semaphores

class Cycle:
    pass

context = multiprocessing.get_context("spawn")
context.Lock()
gc.disable()
for _ in range(5):
    lost = Cycle()
    lost.me, lost.semaphore = lost, context.Lock()
del lost
guard_semaphores()
guard_semaphores()
check, collected = resource_tracker._resource_tracker._check_alive, []

def at_the_worst_moment():
    collected.append(gc.collect())
    return check()

resource_tracker._resource_tracker._check_alive = at_the_worst_moment
context.Lock()
print("fine" if sum(collected) >= 5 else "nothing was collected")
"""


def test_a_collection_at_the_worst_moment_ends():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(CONFTEST)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "fine", done.stderr
    assert "leaked semaphore" not in done.stderr
