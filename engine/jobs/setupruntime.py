# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the worker's environment; standard library only, for there is none yet."""

from __future__ import annotations

from typing import Any, Dict

from ..contract.events import Emit, Message
from ..contract.jobs.setupruntime import SetupRuntime
from ..core.files import Staging, write_json
from ..core.home import without_home
from ..runtime.build import Built, build_runtime


def run(request: SetupRuntime, emit: Emit) -> Dict[str, Any]:
    """Build the environment, or find it good; the outputs name its interpreter."""
    with Staging() as staging:
        report = staging.path(request.report) if request.report else None
        built = build_runtime(request, emit)
        if report is not None:
            write_json(report, without_home(_report(built)))
        staging.publish()
    facts = built.facts
    emit(Message(f"The environment works; the test inference ran on {facts['provider']}."))
    return {"PYTHON": str(built.python), "REPORT": request.report}


def _report(built: Built) -> Dict[str, Any]:
    return {
        "schema": 1,
        "python": str(built.python),
        "tier": built.marker.tier,
        "python_version": built.marker.python,
        "installer": built.marker.installer,
        "built": built.fresh,
        "seconds": round(built.seconds, 1),
        "trial": built.facts,
    }
