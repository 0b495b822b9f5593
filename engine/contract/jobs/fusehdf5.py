# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to fuse HDF5 files of footprints into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from .base import Job, limited

MISMATCHES = ("stop", "skip")


@dataclass(frozen=True)
class FuseHdf5(Job):
    """Fuse HDF5 files of footprints into one, and write a dataset card beside it.

    Args:
        input: Files, or folders of them.
        output: The HDF5 file to write.
        on_mismatch: What to do with a file that does not fit: ``stop``, or report and ``skip``.
        split: Split that the footprints are for; empty for ``test`` if the file's name has that
            word, else ``train``.
    """

    name: ClassVar[str] = "fusehdf5"
    input: Tuple[str, ...]
    output: str
    on_mismatch: str = limited("stop", choices=MISMATCHES)
    split: str = ""
