# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to show what a model file says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job


@dataclass(frozen=True)
class DescribeModel(Job):
    """Write a model file's card as a page and as JSON.

    Args:
        model: The model file.
        report: Path of the HTML page; empty for none.
        card: Path of the JSON card; empty for none.
    """

    name: ClassVar[str] = "describemodel"
    model: str
    report: str = ""
    card: str = ""
