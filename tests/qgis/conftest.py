# SPDX-License-Identifier: GPL-3.0-or-later
"""QGIS with the provider in it, the worker's Python, and small maps and models for it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = Path(__file__).resolve().parent / "probe_worker.py"

if importlib.util.find_spec("qgis") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def python():
    """The interpreter that the plugin takes; the tests need one."""
    from coverloom.engine.contract.errors import RuntimeMissing
    from coverloom.processing_provider.interpreter import worker_python

    os.environ.setdefault("COVERLOOM_RUNTIME", str(ROOT / "build" / "runtime"))
    try:
        return worker_python()
    except RuntimeMissing as error:
        pytest.skip(f"{error} (make setup)")


@pytest.fixture(scope="module")
def provider(qgis_app, qgis_processing):
    """The provider, registered as the plugin does it."""
    from coverloom.processing_provider.provider import CoverloomProvider
    from qgis.core import QgsApplication

    made = CoverloomProvider()
    QgsApplication.processingRegistry().addProvider(made)
    yield made
    QgsApplication.processingRegistry().removeProvider(made)


@pytest.fixture
def project(provider, monkeypatch):
    """An empty project without a desktop, into which QGIS loads what a run made."""
    from processing.gui import Postprocessing
    from qgis.core import QgsProject

    # QGIS 3.44 gives the desktop's layer panel to C++, which takes no stand-in of pytest-qgis's.
    monkeypatch.setattr(Postprocessing, "iface", None, raising=False)  # 3.22 has none
    project = QgsProject.instance()
    project.clear()
    yield project
    project.clear()


@pytest.fixture(scope="session")
def made_inputs(python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    maker = ROOT / "tests" / "data" / "make_map_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def made_tiles(python, tmp_path_factory):
    """Sentinel-2 products in ``tiles``, and ``model.onnx``."""
    folder = tmp_path_factory.mktemp("tiles")
    maker = ROOT / "tests" / "data" / "make_tiles.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    return folder


@pytest.fixture
def inputs(made_inputs, tmp_path):
    """Copies: QGIS writes statistics beside what it opens."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    for path in made_inputs.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@pytest.fixture
def ears(qgis_app):
    """A feedback that remembers what it was told."""
    from qgis.core import QgsProcessingFeedback

    class Ears(QgsProcessingFeedback):
        def __init__(self):
            super().__init__(False)
            self.said, self.errors, self.steps = [], [], []
            self.progressChanged.connect(self.steps.append)

        def reportError(self, error, fatalError=False):  # noqa: N802, N803
            self.errors.append(error)

        def pushInfo(self, info):  # noqa: N802
            self.said.append(info)

        def pushWarning(self, warning):  # noqa: N802
            self.said.append(warning)

        def pushConsoleInfo(self, info):  # noqa: N802
            self.said.append(info)

        def setProgressText(self, text):  # noqa: N802
            self.said.append(text)

    return Ears()


@pytest.fixture
def probe(python, tmp_path, monkeypatch):
    """Replace the worker's job by one of ``probe_worker``; the rest of the worker is the real one.

    Returns a function that sets it and gives the path at which a probe names its processes.
    """
    wrapper = tmp_path / "python"
    # It is started as "python -I ENTRY job.json …".
    wrapper.write_text(f'#!/bin/sh\nshift 2\nexec "{python}" -I "{PROBE}" "$@"\n')
    wrapper.chmod(0o755)

    def choose(name):
        monkeypatch.setenv("COVERLOOM_PYTHON", str(wrapper))
        monkeypatch.setenv("COVERLOOM_PROBE", name)
        monkeypatch.setenv("COVERLOOM_PROBE_PIDS", str(tmp_path / "pids.json"))
        return tmp_path / "pids.json"

    return choose


@pytest.fixture(scope="session")
def wait_for():
    """Wait until a condition holds, and fail if it never does."""

    def wait(condition, patience_s=30.0, between=None):
        end = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"Still not after {patience_s} s.")
            if between:
                between()
            time.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def alive():
    """Whether a process is there and no zombie."""

    def look(process):
        try:
            stat = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"

    return look


@pytest.fixture
def family(wait_for):
    """The processes that a probe has named: [worker, child]."""

    def read(path):
        wait_for(path.exists)
        facts = json.loads(path.read_text())
        return [number for number in (facts["worker"], facts["child"]) if number]

    return read


@pytest.fixture
def process_environment(tmp_path):
    """Variables for a qgis_process of its own, as a shell would have them.

    A version manager's Python first on PATH would become the one that QGIS embeds.
    """
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTEST", "QGIS_"))}
    own = Path(sys.base_prefix) / "bin"
    kept["PATH"] = os.pathsep.join([str(own), kept.get("PATH", "")])
    kept["QGIS_CUSTOM_CONFIG_PATH"] = str(tmp_path / "profile")
    return kept


@pytest.fixture
def run(provider, ears):
    """Run one of ours by its name, and give its results."""
    from qgis.core import QgsProcessingContext

    def run(name, **parameters):
        algorithm = provider.algorithm(name).create()
        results, accepted = algorithm.run(parameters, QgsProcessingContext(), ears)
        assert accepted, ears.errors
        return results

    return run
