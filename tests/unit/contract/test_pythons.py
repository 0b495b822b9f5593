# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a Python is looked for, on systems that the tests do not run on."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverloom.engine.contract.pythons import python_places

MINORS = (13, 12)


@pytest.fixture
def places(tmp_path):
    """A function of a platform, the variables and what PATH has: the places, as texts."""

    def look(platform, environ=None, path=()):
        which = {Path(program).stem: program for program in path}.get
        home, prefix = tmp_path / "ann", tmp_path / "QGIS" / "apps" / "Python312"
        application = tmp_path / "QGIS" / "apps" / "qgis"
        found = python_places(platform, prefix, application, home, environ or {}, which, MINORS)
        return [path.relative_to(tmp_path).as_posix() if tmp_path in path.parents else str(path)
                for path in found]  # fmt: skip

    return look


def test_on_windows_the_users_own_come_before_that_of_qgis(places, tmp_path):
    environ = {
        "LOCALAPPDATA": str(tmp_path / "local"), "PROGRAMFILES": str(tmp_path / "programs"),
    }  # fmt: skip
    assert places("win32", environ, ["/somewhere/python.exe"]) == [
        "local/Programs/Python/Python313/python.exe",
        "programs/Python313/python.exe",
        "ann/.local/bin/python3.13.exe",
        "local/Programs/Python/Python312/python.exe",
        "programs/Python312/python.exe",
        "ann/.local/bin/python3.12.exe",
        "/somewhere/python.exe",
        "QGIS/apps/Python312/python.exe",
    ]


def test_what_opens_a_shop_is_not_started(places):
    alias = "/Users/ann/AppData/Local/Microsoft/WindowsApps/python.exe"
    assert places("win32", {}, [alias])[-1] == "QGIS/apps/Python312/python.exe"
    assert alias not in places("win32", {}, [alias])


def test_on_macos_apples_own_is_not_started_and_path_is_not_relied_on(places):
    found = places("darwin", {}, ["/usr/bin/python3"])
    assert "/usr/bin/python3" not in found
    assert found[0] == "QGIS/apps/qgis/bin/python3"
    assert "/opt/homebrew/bin/python3.13" in found
    assert "/Library/Frameworks/Python.framework/Versions/3.12/bin/python3.12" in found


def test_on_linux_the_systems_comes_first(places):
    found = places("linux", {}, ["/usr/local/bin/python3.12"])
    assert found[:2] == ["/usr/bin/python3", "/usr/local/bin/python3.12"]
    assert found[-1] == "QGIS/apps/Python312/bin/python3"
