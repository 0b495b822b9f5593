# SPDX-License-Identifier: GPL-3.0-or-later
"""Tiny datasets in which a class can be told by its brightness."""

from __future__ import annotations

import os

import pytest
from coverloom.tests.data import make_blocks
from coverloom.tests.data import make_footprints as footprints

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@pytest.fixture(scope="session")
def make_dataset():
    """``make_dataset(folder, …)``: a finished dataset, written with the formats' own writers."""
    return make_blocks.make


@pytest.fixture(scope="session")
def make_footprints():
    """``make_footprints(folder, …)``: a finished dataset in the layout of GEDI footprints."""
    return footprints.make


@pytest.fixture(scope="session")
def dataset(make_dataset, tmp_path_factory):
    """24 patches to learn from and three to look at, 24 px. Not to be changed."""
    return make_dataset(tmp_path_factory.mktemp("blocks") / "dataset")
