# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Hypothesis, and of what starts processes, for all unit tests."""

from __future__ import annotations

import os
from unittest import mock

import pytest
from coverloom.engine.core.semaphores import guard_semaphores
from hypothesis import settings

# No example fails for being slow: a test must not depend on what else the machine does.
settings.register_profile("coverloom", deadline=None)
settings.load_profile("coverloom")

# Tests start clusters of their own as well; without it one may wait for ever on Debian 12's Python.
guard_semaphores()


@pytest.fixture(scope="module", autouse=True)
def surroundings():
    """A job tells GDAL by the environment where a store is, which no other module's tests use."""
    with mock.patch.dict(os.environ):
        yield
