# SPDX-License-Identifier: GPL-3.0-or-later
"""Registers this checkout as ``coverloom``, whatever its folder is called, before any test."""

from __future__ import annotations

import faulthandler
import os
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
END_S = 120

runpy.run_path(str(ROOT / "engine" / "__main__.py"))["register_package"]()


def pytest_unconfigure(config) -> None:
    """What still holds the process when all tests are over says so, and no longer does."""
    faulthandler.dump_traceback_later(END_S, exit=True, file=sys.__stderr__)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of small real files; they are not part of the repository."""
    folder = Path(os.environ.get("COVERLOOM_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"No real data at {folder}; set COVERLOOM_REAL_DATA.")
    return folder
