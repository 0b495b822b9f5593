# SPDX-License-Identifier: GPL-3.0-or-later
"""``scripts/qgis_process`` runs this checkout's plugin, from anywhere and whatever it is called."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("engine", "models", "plugin", "processing_provider", "resources", "scripts")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy under a name that is no Python name, without anything built."""
    folder = tmp_path_factory.mktemp("other") / "my check-out"
    folder.mkdir()
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "metadata.txt"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def environ() -> dict[str, str]:
    """As in a fresh shell: nothing of the tests' own QGIS."""
    names = ("QGIS_CUSTOM_CONFIG_PATH", "QGIS_PLUGINPATH", "QT_QPA_PLATFORM")
    return {n: v for n, v in os.environ.items() if n not in names and "COVERLOOM" not in n}


def run(checkout: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [str(checkout / "scripts" / "qgis_process"), *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environ(), capture_output=True, text=True, check=False, timeout=120
    )


def test_lists_the_algorithms_from_any_folder(checkout, tmp_path):
    done = run(checkout, "list", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "coverloom:classifyraster" in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert (checkout / "build" / "plugins" / "coverloom").resolve() == checkout


def test_runs_the_code_of_its_own_checkout(checkout, tmp_path):
    provider = checkout / "processing_provider" / "provider.py"
    text = provider.read_text(encoding="utf-8")
    assert '"Coverloom"' in text
    provider.write_text(text.replace('"Coverloom"', '"Coverloom of the copy"'), encoding="utf-8")
    assert "Coverloom of the copy" in run(checkout, "list", cwd=tmp_path).stdout


def test_passes_the_exit_status_on(checkout, tmp_path):
    done = run(checkout, "run", "coverloom:doctor", f"--REPORT={tmp_path}/r.html", cwd=tmp_path)
    assert done.returncode != 0
    assert "coverloom:setupruntime" in done.stdout + done.stderr
    assert not (tmp_path / "r.html").exists()


def test_becomes_qgis_process_so_that_signals_reach_it(checkout, tmp_path):
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\necho $$\nexec sleep 600\n")
    program.chmod(0o755)
    process = subprocess.Popen(
        [str(checkout / "scripts" / "qgis_process")],
        env={**environ(), "QGIS_PROCESS": str(program)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert int(process.stdout.readline()) == process.pid
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == -signal.SIGTERM
