# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds under ``build/`` what running and testing need; a second run finds it and ends at once.

``make setup`` calls it with the Python that the worker's environment is made from.

- ``build/plugins/coverloom``: the link by which QGIS finds the plugin;
- ``build/runtime``: the worker's environment, built by the job ``setupruntime``;
- ``build/dev``: the developers' tools and, by a ``.pth`` file, the packages of the runtime;
- ``build/qgis-test``: pytest for QGIS's own Python.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Callable, List, Sequence

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
LOCKS = ROOT / "requirements"
ENTRY = ROOT / "engine" / "__main__.py"
STAMP = "built.txt"


def main() -> int:
    """Build what is missing or of another version."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tier", default="train-cpu", help="tier of the runtime")
    parser.add_argument("--qgis-python", default="/usr/bin/python3", help="QGIS's own Python")
    options = parser.parse_args()
    link_plugin()
    runtime = Path(os.environ.get("COVERLOOM_RUNTIME") or BUILD / "runtime").absolute()
    python = build_runtime(runtime, options.tier)
    once("dev", f"{python}\n{digest('dev')}", lambda folder: build_dev(folder, python))
    made_from = f"{options.qgis_python}\n{digest('qgis-test')}"
    once(
        "qgis-test", made_from, lambda folder: build_qgis_test(folder, options.qgis_python, python)
    )
    return 0


def link_plugin() -> None:
    """QGIS knows a plugin by its folder's name, and a checkout may have any."""
    link = BUILD / "plugins" / "coverloom"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.readlink() != ROOT:
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT, target_is_directory=True)


def build_runtime(folder: Path, tier: str) -> Path:
    """The interpreter of the worker's environment, built first where it is missing or stale."""
    runtime = _contract_runtime()
    found = runtime.find_environment(folder)
    if found.state != runtime.COMPLETE or found.marker.tier != tier:
        print(f"Building the runtime ({tier}) in {folder}. {found.reason}", flush=True)
        request = {"target": str(folder), "tier": tier, "report": str(BUILD / "runtime.json")}
        with tempfile.TemporaryDirectory() as temporary:
            job = Path(temporary) / "job.json"
            job.write_text(json.dumps({"schema": 1, "job": "setupruntime", "request": request}))
            run_job(job)
        found = runtime.find_environment(folder)
    python: Path = found.python
    return python


def run_job(job: Path) -> None:
    """Run the worker's job; show what its events say, and keep its log."""
    command = [sys.executable, "-I", str(ENTRY), str(job)]
    with (
        (BUILD / "runtime.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        for line in process.stdout or ():
            event = json.loads(line)
            text = " ".join(event.get(key) or "" for key in ("text", "what", "remedy")).strip()
            if text:
                print(f"  {text}", flush=True)
    if process.returncode != 0:
        sys.exit(f"The runtime could not be built; {BUILD / 'runtime.log'} says more.")


def build_dev(folder: Path, python: Path) -> None:
    """The tools in an environment of their own, so that the runtime is tested as users have it."""
    call([str(python), "-I", "-m", "venv", "--without-pip", str(folder)])
    install(folder, "dev", python)
    here, runtime = (site_packages(environment) for environment in (folder, python.parents[1]))
    (here / "coverloom-runtime.pth").write_text(f"{runtime}\n", encoding="utf-8")


def build_qgis_test(folder: Path, qgis_python: str, python: Path) -> None:
    """QGIS's Python with pytest; it sees the system's packages, QGIS among them."""
    options = ["--system-site-packages", "--without-pip"]
    call([qgis_python, "-I", "-m", "venv", *options, str(folder)])
    install(folder, "qgis-test", python)


def install(folder: Path, lock: str, runtime_python: Path) -> None:
    """Install a lock with the uv of the machine or of the runtime, else with the runtime's pip."""
    target = folder / "bin" / "python"
    uv = shutil.which("uv") or shutil.which("uv", path=str(runtime_python.parent))
    pip = [str(runtime_python), "-I", "-m", "pip", "--python", str(target)]
    program = [uv, "pip", "install", "--python", str(target)] if uv else [*pip, "install"]
    call([*program, "--quiet", "--require-hashes", "-r", str(LOCKS / f"{lock}.txt")])


def once(name: str, made_from: str, build: Callable[[Path], None]) -> None:
    """Build ``build/<name>`` unless it was built from the same; the stamp is written last."""
    folder = BUILD / name
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from:
        return
    print(f"Building {folder}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    build(folder)
    stamp.write_text(made_from, encoding="utf-8")


def digest(lock: str) -> str:
    """What a lock holds, in short."""
    return hashlib.sha256((LOCKS / f"{lock}.txt").read_bytes()).hexdigest()


def site_packages(environment: Path) -> Path:
    """Where an environment of this Python's version has its packages."""
    scheme = {"base": str(environment), "platbase": str(environment)}
    return Path(sysconfig.get_path("purelib", "venv", scheme))


def call(command: Sequence[str]) -> None:
    """Run a program; if it fails, so does this one, with its status."""
    arguments: List[str] = list(command)
    status = subprocess.run(arguments, check=False, cwd=BUILD).returncode  # noqa: S603
    if status != 0:
        sys.exit(status)


def _contract_runtime():  # noqa: ANN202 - a module
    spec = importlib.util.spec_from_file_location("_entry", ENTRY)
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry.register_package()
    return importlib.import_module("coverloom.engine.contract.runtime")


if __name__ == "__main__":
    sys.exit(main())
