# SPDX-License-Identifier: GPL-3.0-or-later
"""The official tables, and small archives."""

from __future__ import annotations

import tarfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from coverloom.tests.data import make_archive

S2 = "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_"
S1 = "S1B_IW_GRDH_1SDV_20170612T165809_33UUP_"
TABLES = ("metadata.parquet", "metadata_for_patches_with_snow_cloud_or_shadow.parquet")


@pytest.fixture(scope="session")
def official(real_data):
    """All 549,488 rows of the official metadata."""
    folder = real_data / "bigearthnet_v2"
    return pa.concat_tables([pq.read_table(folder / name) for name in TABLES]).combine_chunks()


@pytest.fixture(scope="session")
def v1_real(real_data, tmp_path_factory):
    """The six real version 1 pairs, unpacked."""
    folder = tmp_path_factory.mktemp("v1")
    for path in sorted((real_data / "bigearthnet_v1").glob("*.tar.bz2")):
        with tarfile.open(path) as archive:
            archive.extractall(folder)
    return folder


@pytest.fixture
def archive(tmp_path):
    """Three version 2 patches with metadata."""
    root = tmp_path / "archive"
    make_archive.v2_archive(
        root,
        [(f"{S2}07_05", f"{S1}7_5"), (f"{S2}45_45", f"{S1}45_45"), (f"{S2}20_60", f"{S1}20_60")],
    )
    return root


@pytest.fixture
def events():
    """Collects what a job says; call it, then look at ``events.seen``."""

    class Events:
        def __init__(self):
            self.seen = []

        def __call__(self, event):
            self.seen.append(event)

        def warnings(self):
            return [e.text for e in self.seen if getattr(e, "level", "") == "warning"]

    return Events()
