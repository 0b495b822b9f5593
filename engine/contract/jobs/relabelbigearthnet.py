# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to give a version 1 archive the 19-class labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..errors import InvalidRequest
from .base import Job


@dataclass(frozen=True)
class RelabelBigEarthNet(Job):
    """Write each version 1 patch's labels in the 19-class nomenclature.

    Args:
        root: Folder of the archive.
        output: Folder for the new JSON files, laid out as ``root``; empty to put them beside
            the old ones.
        in_place: Rewrite each patch's JSON and keep the original beside it, with ``.orig``.
    """

    name: ClassVar[str] = "relabelbigearthnet"
    root: str
    output: str = ""
    in_place: bool = False

    def validate(self) -> None:
        """Check the fields, and that they agree."""
        super().validate()
        if self.in_place and self.output:
            raise InvalidRequest(
                f"IN_PLACE is set and OUTPUT is {self.output!r}.",
                "Leave OUTPUT empty, or IN_PLACE off.",
            )
