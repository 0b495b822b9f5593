# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python runs the worker, and which one its environment is built from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import which
from typing import Iterator, List

from qgis.core import QgsApplication, QgsBlockingProcess, QgsSettings
from qgis.PyQt.QtCore import QByteArray

from ..engine.contract.errors import RuntimeMissing
from ..engine.contract.pythons import python_places
from ..engine.contract.runtime import environment_python, find_environment, runtime_folder
from .translation import tr

SETTING = "coverloom/python"
VARIABLE = "COVERLOOM_PYTHON"
_OLDEST, _NEWEST = 11, 13
# ensurepip is what venv fills an environment with; Debian leaves it out of its bare Python.
_TRIAL = f"""
import shutil, sys
from importlib.util import find_spec
suits = (3, {_OLDEST}) <= sys.version_info[:2] <= (3, {_NEWEST}) and sys.maxsize > 2**32
can_build = shutil.which("uv") or (find_spec("venv") and find_spec("ensurepip"))
sys.exit(0 if suits and can_build else 3)
"""


def worker_python() -> Path:
    """The interpreter to run jobs with: the variable, else the setting, else the managed one.

    Raises:
        RuntimeMissing: There is none, or the one named is no file.
    """
    for source, value in (
        (tr("The variable {}").format(VARIABLE), os.environ.get(VARIABLE, "")),
        (tr("The setting 'Python interpreter'"), str(QgsSettings().value(SETTING) or "")),
    ):
        if value:
            # Not resolve(): the link in a virtual environment is what makes it one.
            return _existing(Path(value).expanduser().absolute(), source)
    folder = runtime_folder()
    python = environment_python(folder)
    if python is None:
        raise RuntimeMissing(
            find_environment(folder).reason or tr("There is no environment in {}.").format(folder),
            tr(
                "Run the algorithm 'Set up the runtime' (coverloom:setupruntime) once, or name "
                "your own Python in {} or in Settings, Options, Coverloom."
            ).format(VARIABLE),
        )
    return python


def _existing(python: Path, source: str) -> Path:
    if not python.is_file():
        raise RuntimeMissing(
            tr("{} names {}, which is no file.").format(source, python),
            tr("Name a Python interpreter, or clear it."),
        )
    return python


def base_python() -> Path:
    """A Python that an environment can be made from, tried by running it.

    Raises:
        RuntimeMissing: None was found.
    """
    tried: List[str] = []
    for candidate in candidates():
        tried.append(str(candidate))
        process = QgsBlockingProcess(str(candidate), ["-I", "-c", _TRIAL])
        # Without both handlers QGIS ends in std::bad_function_call.
        process.setStdOutHandler(_disregard)
        process.setStdErrHandler(_disregard)
        if process.run() == 0:
            return candidate
    what = tr("No 64-bit Python 3.11 to 3.13 with venv, or with uv, was found.")
    if tried:
        what = f"{what} {tr('Tried {}.').format(', '.join(tried))}"
    raise RuntimeMissing(
        what,
        tr(
            "Install one (Debian and Ubuntu: python3-venv; where the system's Python is newer: "
            "uv python install 3.{}), or name one in {}."
        ).format(_NEWEST, VARIABLE),
    )


def _disregard(output: QByteArray) -> None:
    """Take what a trial prints: only its exit status says something."""


def candidates() -> Iterator[Path]:
    """Interpreters that exist, best first; never ``sys.executable``, which may be QGIS itself."""
    seen = set()
    for path in _places():
        if path and path.is_file() and path not in seen:
            seen.add(path)
            yield path


def _places() -> Iterator[Path]:
    if os.environ.get(VARIABLE):
        yield Path(os.environ[VARIABLE]).expanduser().absolute()
    yield from python_places(
        sys.platform,
        Path(sys.base_prefix),
        Path(QgsApplication.prefixPath()),
        Path.home(),
        os.environ,
        which,
        range(_NEWEST, _OLDEST - 1, -1),
    )


def host_folders() -> List[str]:
    """QGIS's own folders, to be taken off the worker's PATH; none where it is the system's.

    On Windows its folder ``bin`` is not among them: an environment made from QGIS's own Python
    finds the C runtime there.
    """
    shared = {Path("/"), Path("/usr"), Path("/usr/local")}
    own = {Path(QgsApplication.prefixPath()).absolute(), Path(sys.base_prefix).absolute()}
    return sorted(str(folder) for folder in own - shared)
