# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to take a subset of footprints, even over the days of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited
from .combinegedi import check_table


@dataclass(frozen=True)
class SubsetGedi(Job):
    """Take so many footprints, as even over the days of the year as there are any.

    Args:
        input: Table of footprints.
        output: The subset; ``.csv``, ``.gpkg`` or ``.parquet``.
        size: How many; all of them if there are fewer.
        plots: Folder for pictures of the distribution before and after; empty for none.
        seed: Seed of the choice.
    """

    name: ClassVar[str] = "subsetgedi"
    input: str
    output: str
    size: int = limited(minimum=1)
    plots: str = ""
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields and the table's form."""
        super().validate()
        check_table("OUTPUT", self.output)
