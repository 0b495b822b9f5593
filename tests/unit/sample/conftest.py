# SPDX-License-Identifier: GPL-3.0-or-later
"""A small sample folder, generated once."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.jobs.createsampledata import CreateSampleData
from coverloom.engine.jobs import createsampledata


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample") / "small"
    outputs = createsampledata.run(CreateSampleData(str(folder)), lambda event: None)
    assert outputs == {"OUTPUT": str(folder)}
    return folder


@pytest.fixture(scope="session")
def archive(sample):
    return sample / "bigearthnet_v2"
