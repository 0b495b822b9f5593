# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's name leaves what may be shown."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest
from coverloom.engine.core.home import without_home


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann/maps/a.tif", "~/maps/a.tif"),
        ("/home/ann", "~"),
        ("cannot read '/home/ann': /home/ann/x is gone", "cannot read '~': ~/x is gone"),
        ("/home/anna/maps", "/home/anna/maps"),
        ("/home/ann-marie", "/home/ann-marie"),
        ("/mnt/home/ann/x", "/mnt/home/ann/x"),
        ("file:///home/ann/x", "file://~/x"),
    ],
)
def test_the_home_folder_becomes_a_tilde(text, shown):
    assert without_home(text, Path("/home/ann")) == shown


@pytest.mark.parametrize(
    "text", [r"C:\Users\Ann\x", r"c:\users\ann\x", "C:/Users/Ann/x", r"C:\\Users\\Ann\x"]
)
def test_windows_ways_of_writing_it(text):
    shown = without_home(text, PureWindowsPath(r"C:\Users\Ann"))
    assert shown in (r"~\x", "~/x")


def test_reaches_every_text_and_leaves_the_rest():
    given = {"/home/ann/a": ["/home/ann", 1, None, True, {"b": ("/home/ann/c",)}]}
    assert without_home(given, Path("/home/ann")) == {"~/a": ["~", 1, None, True, {"b": ["~/c"]}]}


def test_a_home_that_is_the_root_hides_nothing():
    assert without_home("/usr/bin", Path("/")) == "/usr/bin"
