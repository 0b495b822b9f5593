# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny datasets in which a class can be told by its brightness."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

MAKER = Path(__file__).resolve().parents[2] / "data" / "make_blocks.py"


@pytest.fixture(scope="session")
def make_dataset():
    """``make_dataset(folder, …)``: a finished dataset, written with the formats' own writers."""
    spec = importlib.util.spec_from_file_location("make_blocks", MAKER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make


@pytest.fixture(scope="session")
def make_footprints():
    """``make_footprints(folder, …)``: a finished dataset in the layout of GEDI footprints."""
    spec = importlib.util.spec_from_file_location(
        "make_footprints", MAKER.with_name("make_footprints.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.make


@pytest.fixture(scope="session")
def dataset(make_dataset, tmp_path_factory):
    """24 patches to learn from and three to look at, 24 px. Not to be changed."""
    return make_dataset(tmp_path_factory.mktemp("blocks") / "dataset")
