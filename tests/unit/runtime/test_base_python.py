# SPDX-License-Identifier: GPL-3.0-or-later
"""What an environment made from the Python of QGIS for Windows needs of it."""

from __future__ import annotations

import os
from dataclasses import replace

from coverloom.engine.runtime.base_python import (
    BasePython,
    libraries_of_host,
    line_of_libraries,
)
from coverloom.engine.runtime.installer import Installer


def hosted(folder):
    """A folder laid out as OSGeo4W's, and the Python in it."""
    python = folder / "QGIS Bäume" / "apps" / "Python312" / "python.exe"
    libraries = folder / "QGIS Bäume" / "bin"
    for made in (python.parent, libraries):
        made.mkdir(parents=True)
    (libraries / "o4w_env.bat").touch()
    return python, libraries


def test_the_libraries_of_qgiss_python_are_told_from_those_of_another(tmp_path):
    python, libraries = hosted(tmp_path)
    assert libraries_of_host(python) == libraries
    (libraries / "o4w_env.bat").unlink()
    assert libraries_of_host(python) is None
    assert libraries_of_host(tmp_path / "python.exe") is None


def test_the_line_names_the_folder_to_the_system(tmp_path, monkeypatch):
    _, libraries = hosted(tmp_path)
    named = []
    monkeypatch.setattr(os, "add_dll_directory", named.append, raising=False)
    line = line_of_libraries(libraries)
    assert line.isascii() and line.startswith("import ")  # or site does not run it
    exec(line)
    assert named == [str(libraries)]
    exec(line_of_libraries(tmp_path / "gone"))
    assert named == [str(libraries)]


def test_an_environment_made_from_it_gets_the_line(tmp_path, monkeypatch):
    """Made with the Python of these tests, which is told to be the one of QGIS."""
    python, libraries = hosted(tmp_path)
    (tmp_path / "env" / "Lib" / "site-packages").mkdir(parents=True)
    base = replace(BasePython.running(), executable=python, uv=None)
    installer = Installer(base, tmp_path / "env", tmp_path, None, print)
    commands = []
    monkeypatch.setattr(Installer, "_run", lambda self, command, doing: commands.append(command))
    monkeypatch.setattr(Installer, "_fetch_uv", lambda self: None)
    installer._make()
    written = tmp_path / "env" / "Lib" / "site-packages" / "coverloom_host.pth"
    assert written.read_text(encoding="ascii") == line_of_libraries(libraries)
    made, filled = commands
    assert made[0] == str(python) and "--without-pip" in made
    assert filled[0] == str(installer.python) and "ensurepip" in filled
