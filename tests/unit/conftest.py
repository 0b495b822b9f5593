# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Hypothesis for all unit tests."""

from __future__ import annotations

from hypothesis import settings

# No example fails for being slow: a test must not depend on what else the machine does.
settings.register_profile("coverloom", deadline=None)
settings.load_profile("coverloom")
