# SPDX-License-Identifier: GPL-3.0-or-later
"""A child is heard line by line, and never outlives what started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest
from coverloom.engine.contract.errors import Cancelled
from coverloom.engine.runtime.child import ChildFailed, run_child, unbuffered

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"


def test_gives_the_lines_and_the_status(tmp_path):
    heard = []
    code = "import sys; print('one'); print('two', file=sys.stderr)"
    lines = run_child([sys.executable, "-c", code], tmp_path, dict(os.environ), heard.append)
    assert sorted(lines) == sorted(heard) == ["one", "two"]
    code = "import sys; print('all is well'); print('ERROR: no such package'); sys.exit(3)"
    with pytest.raises(ChildFailed) as caught:
        run_child([sys.executable, "-c", code], tmp_path, dict(os.environ))
    assert (caught.value.status, caught.value.reason) == (3, "ERROR: no such package")


def test_a_flood_of_output_does_not_block(tmp_path):
    code = "import sys; sys.stderr.write(('x' * 99 + chr(10)) * 20000)"
    lines = run_child([sys.executable, "-c", code], tmp_path, dict(os.environ))
    assert lines == ["x" * 99] * 60


def test_an_error_in_this_process_stops_the_child(tmp_path):
    heard = []

    def cancel(line):
        heard.append(int(line))
        raise Cancelled()

    with pytest.raises(Cancelled):
        run_child([sys.executable, "-c", SLEEPER], tmp_path, unbuffered({}), cancel)
    assert not psutil.pid_exists(heard[0])


def test_sigterm_to_the_worker_stops_its_child(tmp_path):
    code = f"""
        import os, sys
        import runpy
        runpy.run_path({str(ROOT / "engine" / "__main__.py")!r})["register_package"]()
        from pathlib import Path
        from coverloom.engine.contract.errors import Cancelled
        from coverloom.engine.lifeline import Lifeline
        from coverloom.engine.runtime.child import run_child
        with Lifeline(False):
            try:
                hear = lambda line: print(line, flush=True)
                run_child([sys.executable, "-c", {SLEEPER!r}], Path("."), dict(os.environ), hear)
            except Cancelled:
                print("cancelled", flush=True)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    child = int(process.stdout.readline())
    assert psutil.pid_exists(child)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=10)
    assert rest == "cancelled\n"
    assert not psutil.pid_exists(child)
