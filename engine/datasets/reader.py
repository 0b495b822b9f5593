# SPDX-License-Identifier: GPL-3.0-or-later
"""One way to read every dataset: by number, by split, in the measurements' own units."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from ..contract.errors import DamagedDataset, InvalidRequest, MissingInput
from ..core.closing import Closing
from ..core.dataset_card import NAME, DatasetCard, DatasetFile
from ..core.files import discard, scratch_folder
from ..core.storage import Storage, is_remote, join, name_of
from . import FORMATS, READ_ONLY
from .encoding import measurements
from .format import Format, ReadOnly, ShardReader
from .patch import DatasetPatch, Layout
from .shard_sums import verify_shard


def open_dataset(folder: str | Path) -> Dataset:
    """Open a dataset of any format.

    Args:
        folder: Where its ``dataset.json`` is; local path or URL.

    Raises:
        MissingInput: There is no finished dataset.
        InvalidCard: Its card cannot be used.
    """
    folder, storage = str(folder), Storage()
    try:
        text = storage.read_bytes(join(folder, NAME))
    except MissingInput as error:
        raise MissingInput(
            f"{folder} holds no finished dataset: there is no {NAME}.",
            "Give the folder that an export wrote; run an unfinished export again with RESUME.",
        ) from error
    card = DatasetCard.from_json(text.decode("utf-8", "replace"))
    return Dataset(folder, card, hashlib.sha256(text).hexdigest())


class Dataset(Closing):
    """A finished dataset: ``len(dataset)``, ``dataset[i]``, ``dataset.split("train")``.

    Patches are numbered through the card's files. Remote shards are fetched one at a time into a
    temporary folder, so read them in order.

    Args:
        folder: Its folder.
        card: Its card.
        digest: SHA-256 of the card's text, which stands for the whole dataset.
    """

    def __init__(self, folder: str, card: DatasetCard, digest: str) -> None:
        self.folder, self.card, self.digest = folder, card, digest
        self.layout = Layout.of_card(card)
        self._form: Union[Format, ReadOnly] = _form_of(card.format)
        self._starts = np.cumsum([0, *(file.count for file in card.files)]).tolist()
        self._open: Dict[int, ShardReader] = {}
        self._fetched: Optional[Path] = None

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, index: int) -> DatasetPatch:
        """Patch ``index`` as it is stored.

        Raises:
            DamagedDataset: Its shard is cut, altered, or gone.
        """
        index = range(len(self))[index]
        shard = bisect_right(self._starts, index) - 1
        return self._shard(shard)[index - self._starts[shard]]

    def __iter__(self) -> Iterator[DatasetPatch]:
        return (self[i] for i in range(len(self)))

    def split(self, name: str) -> List[int]:
        """Numbers of a split's patches.

        Raises:
            InvalidRequest: There is no such split.
        """
        if name not in self.card.splits:
            raise InvalidRequest(
                f"The dataset has no split {name!r}.", f"It has {', '.join(self.card.splits)}."
            )
        shards = [i for i, file in enumerate(self.card.files) if file.split == name]
        return [n for i in shards for n in range(self._starts[i], self._starts[i + 1])]

    def image(self, index: int, bands: Sequence[str] = ()) -> npt.NDArray[np.float32]:
        """Measurements of a patch, ``(H, W, C)`` float32, each band in the card's unit.

        Args:
            index: Number of the patch.
            bands: Which, in this order; empty for all in the card's order.

        Raises:
            InvalidCard: The dataset has no such band.
        """
        values = measurements(self[index], self.card)
        wanted = bands or [band.name for band in self.card.bands]
        places = [self.card.band(name).array for name in wanted]
        channels = [self.layout.arrays[a].index(name) for a, name in zip(places, wanted)]
        return np.stack([values[a][..., c] for a, c in zip(places, channels)], axis=-1)

    def paths(self, split: str) -> List[str]:
        """Full paths of a split's shards."""
        self.split(split)
        return [join(self.folder, file.path) for file in self.card.files if file.split == split]

    def verify(self) -> List[str]:
        """Shards that are missing, cut or altered, by their size and checksum; empty if none."""
        storage = Storage()
        return [
            file.path
            for file in self.card.files
            if not verify_shard(self.folder, vars(file), storage)
        ]

    def close(self) -> None:
        """Close the shards and delete what was fetched."""
        for reader in self._open.values():
            reader.close()
        self._open.clear()
        if self._fetched:
            discard(self._fetched)
            self._fetched = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**vars(self), "_open": {}, "_fetched": None}

    def _shard(self, number: int) -> ShardReader:
        if number not in self._open:
            file = self.card.files[number]
            path = Path(self.folder, file.path)
            if is_remote(self.folder):
                self.close()
                path = self._fetch(file)
            elif len(self._open) >= 64:  # far below the number of files a process may hold open
                self._open.pop(next(iter(self._open))).close()
            reader = self._form.reader(path, self.layout)
            if len(reader) != file.count:
                raise DamagedDataset(
                    f"{path} has {len(reader)} patches; the card says {file.count}.",
                    "Delete it and export with RESUME.",
                )
            self._open[number] = reader
        return self._open[number]

    def _fetch(self, file: DatasetFile) -> Path:
        self._fetched, storage = scratch_folder(), Storage()
        # Only its name: a card from elsewhere must not say where on this disk to write.
        source, target = join(self.folder, file.path), self._fetched / name_of(file.path)
        if not self._form.folder:
            storage.download(source, target, file.size)
            return target
        target.mkdir()
        for found in storage.list(source):
            storage.download(found.path, target / found.name, found.size)
        return target


def _form_of(name: str) -> Union[Format, ReadOnly]:
    form: Union[Format, ReadOnly] = (READ_ONLY if name in READ_ONLY else FORMATS).load(name)
    return form
