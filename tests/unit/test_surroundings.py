# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker starts anew where it began in the wrong environment, and ends as that run ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = Path(__file__).resolve().parents[2] / "engine" / "__main__.py"

# As engine/__main__.py, with another work to do and, where asked for, on another system.
SCRIPT = """
import importlib.util, os, sys
spec = importlib.util.spec_from_file_location("_entry", {entry!r})
entry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(entry)
entry.register_package()
from coverloom.engine import surroundings

class System:
    name = {system!r}
    def __getattr__(self, attribute):
        return getattr(os, attribute)

surroundings.os = System()
began = os.environ.get("COVERLOOM_BEGAN", "")
os.environ["COVERLOOM_BEGAN"] = began + "x"
if "--clean" in sys.argv:
    surroundings.leave_behind([{host!r}], {interpreter!r})
print(sys.executable, os.environ["PATH"], os.environ["COVERLOOM_BEGAN"], "LEAK" in os.environ)
sys.exit(7)
"""


def started(tmp_path, system, leak, named=sys.executable, interpreter=""):
    """Run SCRIPT as on ``system``, with one variable more, under the command line's ``named``."""
    script = tmp_path / "script.py"
    host = str(tmp_path / "qgis")
    text = SCRIPT.format(entry=str(ENTRY), system=system, host=host, interpreter=interpreter)
    script.write_text(text, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "qgis" / "bin"), "/usr/bin"])
    return subprocess.run(
        [named, "-I", str(script), "--clean"],
        executable=sys.executable,
        env={"PATH": path, "LEAK": "1", leak: "/nowhere/python"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("system", "leak", "starts"),
    [("posix", "LEAK", "x"), ("posix", "PYTHONEXECUTABLE", "xx"), ("nt", "LEAK", "xx")],
)
def test_what_the_host_had_set_is_left_by_starting_once_more(tmp_path, system, leak, starts):
    done = started(tmp_path, system, leak)
    assert done.stdout.split() == [sys.executable, "/usr/bin", starts, "False"], done.stderr
    assert done.returncode == 7


def test_on_windows_it_starts_what_the_host_started(tmp_path):
    """There an environment's launcher puts the Python it was made from into the command line."""
    variables = {"leak": "PYTHONEXECUTABLE", "named": "/nowhere/base/python"}
    done = started(tmp_path, "nt", interpreter=sys.executable, **variables)
    assert done.stdout.split() == [sys.executable, "/usr/bin", "xx", "False"], done.stderr
    assert done.returncode == 7
