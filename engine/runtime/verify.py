# SPDX-License-Identifier: GPL-3.0-or-later
"""Tries a new environment by using it, in its own interpreter."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Dict

from ..contract.errors import CoverloomError, RuntimeBuildFailed
from ..contract.events import Failure, decode
from ..contract.jobs.doctor import Doctor
from ..contract.runtime import clean_environment
from .child import ChildFailed, run_child, unbuffered

ENTRY = Path(__file__).resolve().parents[1] / "__main__.py"


def verify_environment(python: Path, tier: str) -> Dict[str, Any]:
    """Run the doctor in the new interpreter: it imports the tier's packages and runs a network.

    Args:
        python: The new interpreter.
        tier: What was installed.

    Returns:
        The doctor's JSON report.

    Raises:
        RuntimeBuildFailed: A package cannot be used, or the provider asked for is not active.
    """
    with tempfile.TemporaryDirectory(prefix="coverloom-") as folder:
        report, job = Path(folder) / "doctor.json", Path(folder) / "job.json"
        job.write_text(Doctor(json=str(report), tier=tier).to_json(), encoding="utf-8")
        command = [str(python), "-I", str(ENTRY), str(job)]
        try:
            environ = unbuffered(clean_environment(os.environ))
            run_child(command, Path(folder), environ)
        except ChildFailed as failed:
            raise unusable(python, _reason(failed)) from failed
        except OSError as error:
            raise unusable(python, f"it cannot be started ({error})") from error
        facts: Dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if not facts["ok"]:
        raise unusable(python, "; ".join(facts["problems"]))
    return facts


def unusable(python: Path, reason: str) -> CoverloomError:
    """The error for an environment that was built but does not work."""
    return RuntimeBuildFailed(
        f"The environment of {python} does not work: {reason}.".replace("..", "."),
        "Run 'Set up the runtime' with RECREATE, or with a cpu tier; the log says more.",
    )


def _reason(failed: ChildFailed) -> str:
    for line in reversed(failed.lines):
        try:
            event = decode(line)
        except ValueError:
            continue
        if isinstance(event, Failure):
            return event.what
    return failed.reason
