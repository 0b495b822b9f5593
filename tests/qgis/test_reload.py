# SPDX-License-Identifier: GPL-3.0-or-later
"""Switched off and on again, as an update does it, the plugin is a new one, all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json, sys
from pathlib import Path
from qgis.core import QgsApplication, QgsProcessingContext

application = QgsApplication([], False)
application.initQgis()
from qgis import utils

sys.path.insert(0, sys.argv[1])
utils.plugin_paths = [sys.argv[1]]
utils.updateAvailablePlugins()
left, taken = [], []
values = {"INPUT": "a.SAFE", "MODEL": "model.onnx", "CLASS": "class.tif"}
for _ in range(3):
    utils.loadPlugin("coverloom")
    utils.startProcessingPlugin("coverloom")
    registry = QgsApplication.processingRegistry()
    algorithm = registry.createAlgorithmById("coverloom:classifysentinel2")
    taken.append(algorithm.checkParameterValues(values, QgsProcessingContext()))
    del algorithm
    utils.unloadPlugin("coverloom")
    modules = [m for n, m in sys.modules.items() if n.startswith("coverloom.")]
    left += [m.__name__ for m in modules if Path(m.__file__).name != "__init__.py"]
print("said", json.dumps([taken, left]))
application.exitQgis()
"""


def test_nothing_of_the_old_one_stays(process_environment, tmp_path):
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "coverloom").symlink_to(ROOT)
    environment = {**process_environment, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(plugins)], env=environment, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    said = [line for line in done.stdout.splitlines() if line.startswith("said ")]
    assert said, done.stderr[-2000:]
    taken, left = json.loads(said[0][5:])
    assert taken == [[True, ""]] * 3
    assert left == []
