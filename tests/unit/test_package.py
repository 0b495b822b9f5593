"""The package under test is this checkout."""

from __future__ import annotations

import sys
from pathlib import Path


def test_coverloom_is_this_checkout():
    root = Path(__file__).resolve().parents[2]
    assert Path(sys.modules["coverloom"].__file__).parent == root
