# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches of a finished dataset, on their way into another form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .patch import NOWHERE, Room
from .reader import Dataset, open_dataset
from .shards import Made


@dataclass(frozen=True)
class PatchCopier:
    """Reads patches of a dataset as they are stored; safe to send to other processes.

    Args:
        folder: The dataset's folder.
        digest: SHA-256 of its card's text: another dataset may come to lie there.
    """

    folder: str
    digest: str

    def __call__(self, item: int, room: Room = NOWHERE) -> Made:
        """Patch number ``item``; its arrays are views of the other file, wherever there is room.

        Raises:
            DamagedDataset: It cannot be read.
        """
        return Made(_opened(self.folder, self.digest)[item])


@lru_cache(maxsize=2)
def _opened(folder: str, digest: str) -> Dataset:
    """One open dataset a process: opening it anew for each patch would read its card each time.

    ``digest`` only tells one dataset from another that lay in the same folder before it.
    """
    return open_dataset(folder)
