# SPDX-License-Identifier: GPL-3.0-or-later
"""Named points at which a test can kill the process: ``COVERLOOM_FAULT=after:replace``."""

from __future__ import annotations

import os
import signal


def fault(point: str) -> None:
    """End the process here, as a power cut would, if the environment names this point."""
    if os.environ.get("COVERLOOM_FAULT") == point:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
