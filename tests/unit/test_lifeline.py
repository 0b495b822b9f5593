# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker ends with its launcher, on systems that differ in how; here they are made alike."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ENTRY = Path(__file__).resolve().parents[2] / "engine" / "__main__.py"
START = """
import os, runpy, subprocess, sys, time
from pathlib import Path
runpy.run_path({entry!r})["register_package"]()
from coverloom.engine import lifeline
from coverloom.engine.contract.errors import Cancelled
from coverloom.engine.core.files import Staging
"""
# What is not there, or not allowed, on Windows.
NO_SET_BLOCKING = """
made, unblock = os.pipe, vars(os).pop("set_blocking", None)
def pipe():
    ends = made()
    if unblock is not None:
        unblock(ends[1], False)  # which Linux asks for, and Windows does not
    return ends
os.pipe = pipe
"""
UNWINDS = "lifeline.UNWINDS_FIRST = True; lifeline.GRACE_S = {grace}"
NO_UNLINK = """
def refuse(path, missing_ok=False):
    raise PermissionError(13, "used by another process", str(path))
Path.unlink = refuse
"""


def worker(*lines):
    code = START.format(entry=str(ENTRY)) + "\n".join(
        textwrap.dedent(line) + "\n" for line in lines
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def mapping(tmp_path):
    """Code of a job that has a half-made file, and says so, and says when it was cancelled."""
    return f"""
        with lifeline.Lifeline(True):
            try:
                with Staging() as staging:
                    staging.path({str(tmp_path / "map.tif")!r})
                    print("begun", flush=True)
                    while True:
                        time.sleep(0.05)  # a call into compiled code that comes back
            except Cancelled:
                print("unwound", flush=True)
    """


def test_a_job_is_unwound_before_its_files_are_deleted_where_open_ones_cannot_be(tmp_path, mapping):
    process = worker(NO_SET_BLOCKING, UNWINDS.format(grace=60), mapping)
    assert process.stdout.readline() == "begun\n"
    assert list(tmp_path.iterdir())
    rest, _ = process.communicate(timeout=50)  # closes its stdin
    assert rest == "unwound\n"
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_deleted_does_not_keep_the_worker(mapping):
    process = worker("lifeline.UNWINDS_FIRST = False", NO_UNLINK, mapping)
    assert process.stdout.readline() == "begun\n"
    process.communicate(timeout=50)
    assert process.returncode == 130


def test_a_child_has_no_part_in_the_pipe_that_is_listened_to():
    """On Windows it would hang at its start, elsewhere it could take what comes."""
    process = worker("""
        with lifeline.Lifeline(True):
            child = [sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"]
            print(subprocess.run(child, capture_output=True, text=True, timeout=40).stdout)
    """)
    assert process.stdout.readline() == "''\n"
    assert process.wait(50) == 0
