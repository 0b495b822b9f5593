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
surroundings.leave_behind([{host!r}])
print(sys.executable, os.environ["PATH"], os.environ["COVERLOOM_BEGAN"], "LEAK" in os.environ)
sys.exit(7)
"""


@pytest.mark.parametrize("system", ["posix", "nt"])
@pytest.mark.parametrize(("leak", "starts"), [("LEAK", "x"), ("PYTHONEXECUTABLE", "xx")])
def test_a_wrong_prefix_is_left_by_starting_once_more(tmp_path, system, leak, starts):
    script = tmp_path / "script.py"
    host = str(tmp_path / "qgis")
    script.write_text(SCRIPT.format(entry=str(ENTRY), system=system, host=host))
    path = os.pathsep.join([str(tmp_path / "qgis" / "bin"), "/usr/bin"])
    environ = {"PATH": path, "LEAK": "1", leak: "/nowhere/python"}
    done = subprocess.run(
        [sys.executable, "-I", str(script)],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [sys.executable, "/usr/bin", starts, "False"], done.stderr
    assert done.returncode == 7
