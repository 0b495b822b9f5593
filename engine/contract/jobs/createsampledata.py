# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to generate sample data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class CreateSampleData(Job):
    """Generate a scene and a BigEarthNet v2 archive in the official layout.

    Args:
        output: Folder to write; must not hold anything yet.
        size: ``small`` for a demo in minutes, ``medium`` to train a model worth comparing.
        seed: Seed of every random choice.
    """

    name: ClassVar[str] = "createsampledata"
    output: str
    size: str = limited("small", choices=("small", "medium"))
    seed: int = limited(42, minimum=0)
