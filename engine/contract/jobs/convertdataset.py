# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to write a dataset again in another form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited
from .exportdataset import COMPRESSIONS, FORMATS


@dataclass(frozen=True)
class ConvertDataset(Job):
    """Write a dataset in another form, every value the same.

    Args:
        input: Folder of the dataset.
        output: Folder to write; new, empty, or an unfinished run to go on with.
        format: The other form.
        compression: ``auto`` for what suits the format.
        resume: Go on with what an earlier run finished.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
    """

    name: ClassVar[str] = "convertdataset"
    input: str
    output: str
    format: str = limited(choices=FORMATS)
    compression: str = limited("auto", choices=COMPRESSIONS)
    resume: bool = True
    workers: int = limited(0, minimum=0)
    scheduler: str = ""
