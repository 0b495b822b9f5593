# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to build the worker's Python environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited

TIERS = ("map-cpu", "map-gpu", "train-cpu", "train-gpu", "import")


@dataclass(frozen=True)
class SetupRuntime(Job):
    """Build the managed environment.

    Args:
        target: Folder of the environment; made, or replaced when it is stale.
        tier: What to install; ``auto`` takes map-gpu where there is an NVIDIA driver, else map-cpu.
        wheelhouse: Folder of wheels to install from without network; empty for the package index.
        recreate: Build again even if a complete environment is there.
        report: Path of the JSON report to write; empty for none.
    """

    name: ClassVar[str] = "setupruntime"
    target: str
    tier: str = limited("auto", choices=("auto", *TIERS))
    wheelhouse: str = ""
    recreate: bool = False
    report: str = ""
