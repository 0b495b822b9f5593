# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dataset format must offer: one writer and one reader of a shard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Optional, Protocol, Tuple, Type

from ..contract.errors import InvalidRequest
from . import FORMATS
from .patch import DatasetPatch, Layout, Stored


class ShardWriter(Protocol):
    """Writes the patches of one shard, in order, under a temporary name.

    Args:
        path: File to write; a folder that is there already, where the format's shard is one.
        layout: What every patch looks like.
        capacity: Patches that may come; fewer may.
    """

    def __init__(self, path: Path, layout: Layout, capacity: int) -> None: ...

    def room(self, patch_id: str) -> Dict[str, Stored]:
        """Memory of the file's own for arrays of the next patch; what is put there is not copied.

        It lasts until that patch is appended, or room is asked for again.
        """

    def append(self, patch: DatasetPatch) -> int:
        """Write one patch and return the bytes it took before compression."""

    def close(self) -> Optional[str]:
        """Complete the shard.

        Returns:
            The file's CRC-32C, where the writer kept it while writing: then nobody has to read
            the file again. Else None.
        """


class ShardReader(Protocol):
    """Reads the patches of one shard by number.

    Raises:
        DamagedDataset: The file is cut, altered, or of another layout.
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


@dataclass(frozen=True)
class ReadOnly:
    """A form that datasets are read from but not exported in.

    Args:
        reader: The class.
        folder: Whether a shard is a folder.
    """

    reader: Type[ShardReader]
    folder: bool = False


def compression_of(name: str, wanted: str) -> str:
    """What ``wanted`` means for a format: ``auto`` is its default.

    Raises:
        InvalidRequest: The format cannot be compressed so.
    """
    form: Format = FORMATS.load(name)
    compression = form.compressions[0] if wanted == "auto" else wanted
    if compression not in form.compressions:
        raise InvalidRequest(
            f"COMPRESSION is {compression!r} for {name}.",
            f"It may be auto, {', '.join(form.compressions)}.",
        )
    return compression
