# SPDX-License-Identifier: GPL-3.0-or-later
"""What killed processes leave is deleted by the next; what is being made by others is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
PACKAGES = Path(__file__).resolve().parents[3] / "build" / "plugins"
MAKING = """
import os, signal, sys
from pathlib import Path
from coverloom.engine.core.files import StagedFolder, Staging, scratch_folder

folder = Path(sys.argv[2])
file = Staging(lasting=sys.argv[1] == "lasting").path(folder / "map.tif")
file.write_text("half")
file.with_name(file.name + ".aux.xml").write_text("its legend")
(StagedFolder(folder / "layers").path / "half.tif").write_text("half")
(scratch_folder() / "fetched.zip").write_text("half")
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path):
    """``run(how)``: a process that is making things in ``maps`` and in ``scratch``."""
    for name in ("home", "maps", "scratch"):
        (tmp_path / name).mkdir()
    here = {**os.environ, "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "scratch")}
    here.pop("XDG_DATA_HOME", None)
    started = []

    def start(how):
        code = f"import sys; sys.path.insert(0, {str(PACKAGES)!r})\n{MAKING}"
        process = subprocess.Popen(
            [sys.executable, "-c", code, how, str(tmp_path / "maps")], env=here, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.communicate("")


@pytest.fixture
def left(tmp_path):
    """``left()``: how many things there are in both folders."""
    folders = tmp_path / "maps", tmp_path / "scratch"
    return lambda: sum(len(list(folder.iterdir())) for folder in folders)


@pytest.mark.parametrize("how", ["lasting", "other"])
def test_the_next_process_deletes_what_a_killed_one_left(run, left, tmp_path, how):
    killed = run(how)
    made = left()
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert left() == made == 4
    (tmp_path / "maps" / "map.tif").write_text("an older map")
    (tmp_path / "maps" / ".mine.tif").write_text("nobody's business")
    following = run("other")
    assert left() == made + 2
    following.communicate("")
    assert {path.name for path in (tmp_path / "maps").iterdir()} == {".mine.tif", "map.tif"}
    assert left() == 2 and not list((tmp_path / "home").rglob("*.jsonl"))


def test_what_another_process_is_making_stays(run, left):
    first = run("other")
    made = left()
    second = run("other")
    assert left() == 2 * made
    second.communicate("")
    assert left() == made
    first.communicate("")
    assert left() == 0


def test_only_temporary_names_are_deleted(run, left, tmp_path):
    """Whatever a note says."""
    killed = run("other")
    precious = tmp_path / "maps" / "precious.tif"
    precious.write_text("a map")
    (notes,) = (tmp_path / "home").rglob("*.jsonl")
    with notes.open("a") as file:
        file.write(f'"{precious}"\n"{tmp_path / "maps"}"\n"{tmp_path}/cut in the mid')
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    run("other").communicate("")
    assert precious.read_text() == "a map" and left() == 1


def test_a_home_that_cannot_be_written_is_no_hindrance(run, left, tmp_path):
    (tmp_path / "home").rmdir()
    (tmp_path / "home").write_text("a file")
    process = run("other")
    assert left() == 4
    process.communicate("")
    assert process.returncode == 0 and left() == 0
