# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to check the files of an index's patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import InvalidRequest
from .base import Job, limited

DEPTHS = ("exists", "header", "pixels")


@dataclass(frozen=True)
class ValidatePatches(Job):
    """See whether every file of every patch is there and sound.

    Args:
        index: The patch index.
        output: Path of the JSON report; beside it lies ``…_checked.gpkg`` for the map.
        fraction: Share of each split to check, in (0, 1].
        depth: ``exists`` looks for the files; ``header`` also for shape, dtype, CRS, corner and
            nodata; ``pixels`` also for values that cannot be: all zero, NaN, no CORINE code.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
        seed: Seed of the choice of patches.
    """

    name: ClassVar[str] = "validatepatches"
    index: str
    output: str
    fraction: float = limited(1.0, minimum=0, maximum=1)
    depth: str = limited("exists", choices=DEPTHS)
    workers: int = limited(0, minimum=0)
    scheduler: str = ""
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields, and that something would be checked."""
        super().validate()
        if self.fraction <= 0:
            raise InvalidRequest(f"FRACTION is {self.fraction}.", "Give a number above 0.")
