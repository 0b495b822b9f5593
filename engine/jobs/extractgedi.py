# SPDX-License-Identifier: GPL-3.0-or-later
"""Extract windows of every source around GEDI footprints."""

from __future__ import annotations

from typing import Any, Dict

from ..contract.events import Emit
from ..contract.jobs.extractgedi import ExtractGedi
from .gedi_extraction import extract


def run(request: ExtractGedi, emit: Emit) -> Dict[str, Any]:
    """Write the batches; returns their folder, the log, and how many footprints they hold."""
    done = extract(request, request.footprints, request.output, emit, (0.02, 1.0))
    return {
        "OUTPUT": request.output,
        "EXTRACTED": done.extracted,
        "REJECTED": done.rejected,
        "LOG": done.log,
    }
