# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dataset format must offer: one writer and one reader of a shard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Tuple, Type

from .patch import DatasetPatch, Layout


class ShardWriter(Protocol):
    """Writes the patches of one shard, in order, under a temporary name.

    Args:
        path: File to write; a folder that is there already, where the format's shard is one.
        layout: What every patch looks like.
        capacity: Patches that may come; fewer may.
    """

    def __init__(self, path: Path, layout: Layout, capacity: int) -> None: ...

    def append(self, patch: DatasetPatch) -> int:
        """Write one patch and return the bytes it took before compression."""

    def close(self) -> None:
        """Complete the shard."""


class ShardReader(Protocol):
    """Reads the patches of one shard by number.

    Raises:
        DamagedShard: The file is cut, altered, or of another layout.
    """

    def __init__(self, path: Path, layout: Layout) -> None: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> DatasetPatch: ...

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True)
class Format:
    """A dataset format.

    Args:
        suffix: Of a shard's file name.
        writer, reader: The classes.
        compressions: What COMPRESSION may be; the first is the default.
        folder: Whether a shard is a folder of files with a ``manifest.json``.
    """

    suffix: str
    writer: Type[ShardWriter]
    reader: Type[ShardReader]
    compressions: Tuple[str, ...]
    folder: bool = False
