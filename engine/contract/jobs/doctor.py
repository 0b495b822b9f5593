# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to look over the machine and the worker's environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from .base import Job, limited
from .setupruntime import TIERS


@dataclass(frozen=True)
class Doctor(Job):
    """Report versions, devices and measured speed.

    Args:
        model: Model file for the test inference; empty for a small built-in network.
        report: Path of the HTML report; empty for none.
        json: Path of the JSON report; empty for none.
        host: What the caller says of itself, as (name, value) pairs: QGIS, its Python and GDAL.
        tier: What must work; empty to judge by the packages that are installed.
    """

    name: ClassVar[str] = "doctor"
    model: str = ""
    report: str = ""
    json: str = ""
    host: Tuple[Tuple[str, str], ...] = ()
    tier: str = limited("", choices=("", *TIERS))
