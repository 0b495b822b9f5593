# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock against a second builder, with a holder in another process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import RuntimeBusy
from coverloom.engine.runtime.build_lock import NAME, BuildLock

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def holder(tmp_path):
    code = f"""
        import sys, time
        import runpy
        runpy.run_path({str(ROOT / "engine" / "__main__.py")!r})["register_package"]()
        from pathlib import Path
        from coverloom.engine.runtime.build_lock import BuildLock
        with BuildLock(Path({str(tmp_path)!r}), print):
            print("held", flush=True)
            sys.stdin.readline()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_held_lock_is_waited_for_and_then_refused(tmp_path, holder):
    events = []
    lock = BuildLock(tmp_path, events.append, wait_s=0.5)
    with pytest.raises(RuntimeBusy, match=f"Process {holder.pid} is building"), lock:
        pytest.fail("Two hold one lock.")
    assert [event.text for event in events] == [
        f"Process {holder.pid} is building this environment; waiting for it."
    ]


def test_a_lock_is_taken_as_soon_as_it_is_free(tmp_path, holder):
    holder.stdin.write("\n")
    holder.stdin.flush()
    with BuildLock(tmp_path, print, wait_s=30.0):
        assert holder.wait(10) == 0


def test_a_dead_holders_lock_is_taken(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / NAME).read_bytes().split() == [str(holder.pid).encode()]
    with BuildLock(tmp_path, print, wait_s=0.0):
        pass


def test_a_released_lock_names_nobody(tmp_path):
    with BuildLock(tmp_path, print):
        pass
    assert (tmp_path / NAME).read_bytes() == b""
