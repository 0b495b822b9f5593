# SPDX-License-Identifier: GPL-3.0-or-later
"""A real QGIS window: the plugin is loaded, its dialog makes a map, the map is on the canvas.

The pictures stay in ``build/screenshots``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from coverloom.processing_provider.algorithms import ALGORITHMS

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).resolve().parent / "window_script.py"
SETTINGS = """[PythonPlugins]
coverloom=true
processing=true
[qgis]
checkVersion=false
firstRunVersionFlag=99999
askToSaveProjectChanges=false
newsFeed\\disabled=true
[app]
projections\\unknownCrsBehavior=UseProjectCrs
"""


@pytest.fixture
def screen():
    """A display of its own."""
    if not shutil.which("Xvfb"):
        pytest.skip("There is no Xvfb.")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def program():
    """QGIS itself: Debian starts it by a wrapper, which also sets the path of its libraries."""
    found = shutil.which("qgis.bin") or shutil.which("qgis")
    if not found:
        pytest.skip("There is no QGIS desktop.")
    return found


def test_a_map_is_made_in_the_dialog_and_shown_on_the_canvas(
    screen, inputs, process_environment, python, tmp_path
):
    profiles = tmp_path / "profiles"
    settings = profiles / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "coverloom").symlink_to(ROOT)
    pictures = ROOT / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    task = {
        "scene": str(inputs / "scene.tif"), "model": str(inputs / "model.onnx"),
        "class": str(tmp_path / "class.tif"),
        "facts": str(tmp_path / "facts.json"), "pictures": str(pictures),
    }  # fmt: skip
    environ = {n: v for n, v in process_environment.items() if not n.startswith("QT_QPA")}
    environ.pop("QGIS_CUSTOM_CONFIG_PATH")
    environ |= {
        "DISPLAY": screen, "QGIS_PLUGINPATH": str(plugins), "COVERLOOM_PYTHON": str(python),
        "COVERLOOM_WINDOW": json.dumps(task), "LIBGL_ALWAYS_SOFTWARE": "1",
    }  # fmt: skip
    options = ["--noversioncheck", "--nologo", "--profiles-path", str(profiles)]
    # Into a file: a pipe ends only when the last process has ended that a desktop starts.
    log = tmp_path / "qgis.log"
    with log.open("w") as heard:
        subprocess.run(
            [program(), *options, "--code", str(SCRIPT)],
            env=environ, stdout=heard, stderr=heard, timeout=180, check=False,
        )  # fmt: skip
    assert (tmp_path / "facts.json").exists(), log.read_text()[-2000:]
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert "error" not in facts, facts["error"]
    assert facts["plugin"] and facts["toolbar"] and facts["provider"]
    assert set(facts["dialogs"]) == set(ALGORITHMS)
    assert facts["groups"] == {
        "model · scene": ["Class", "Maximum probability", "Entropy", "Gap between the first two"]
    }
    assert facts["classes"] == ["Water", "Forest", "Fields", "Town"]
    assert facts["model_cancelled"]
    assert facts["cancelled"] and facts["task_cancelled"]
    assert facts["reloaded"] and facts["left_open"] == []
    assert (pictures / "window.png").stat().st_size > 50_000
