# SPDX-License-Identifier: GPL-3.0-or-later
"""The labelled patches of one split, from a dataset of any form."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import InvalidRequest
from ..core.band import Band
from ..core.dataset_card import IGNORE, DatasetBand
from ..datasets.encoding import decode
from ..datasets.patch import DatasetPatch
from ..datasets.reader import Dataset

Pixels = NDArray[np.generic]
Label = NDArray[Any]
# A split that fits is read once; a larger one is read anew in every epoch.
HELD_BYTES = 1 << 30
_HALF_DN = 0.5


class SplitSource:
    """``len(source)`` patches; ``source[i]`` is (pixels, label).

    Pixels are (H, W, C) as stored; ``bands`` says how they become the network's input. Labels
    are (H, W) uint8, 255 where there is none or a band has no measurement, or (K,) uint8. Of a
    regression they are (H, W) or (1,) float32 in the target's unit, NaN for 255.

    Args:
        dataset: An open dataset, used by this source alone.
        split: Which patches.
        band_names: Channels, in this order.
        task: ``pixel`` or ``patch``.

    Raises:
        InvalidCard: The dataset has no such band.
        InvalidRequest: It has no such split, or no patch in it.
    """

    def __init__(self, dataset: Dataset, split: str, band_names: Sequence[str], task: str) -> None:
        self._dataset, self._numbers = dataset, dataset.split(split)
        if not self._numbers:
            raise InvalidRequest(
                f"The dataset's {split} split is empty.", "Export a dataset that has one."
            )
        self.split, self.task, card = split, task, dataset.card
        self._stored = tuple(card.band(name) for name in band_names)
        self.bands = tuple(input_band(band, card.scaling) for band in self._stored)
        self.size = card.patch
        self.classes = len(card.classes) if card.classes else 0
        self.target = card.target
        self.label_dtype = np.dtype(np.uint8 if card.target is None else np.float32)
        self._groups = _groups(dataset, self._stored)
        itemsize = 4 if card.scaling == "minmax" else np.dtype(card.dtype).itemsize
        self.patch_bytes = int(np.prod(card.patch)) * (
            len(self.bands) * itemsize + self.label_dtype.itemsize
        )
        self._held: Dict[int, Tuple[Pixels, Label]] = {}
        self._hold = self.patch_bytes * len(self._numbers) <= HELD_BYTES

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def answer(self) -> str:
        """What a network is to give: ``pixel`` or ``patch`` for classes, or ``regression``."""
        return self.task if self.target is None else "regression"

    @property
    def label_shape(self) -> Tuple[int, ...]:
        """Of one patch's label."""
        if self.task == "pixel":
            return self.size
        return (self.classes if self.target is None else 1,)

    @property
    def shards(self) -> List[range]:
        """The places of the patches of each shard, which are read fastest one after the other."""
        counts = [f.count for f in self._dataset.card.files if f.split == self.split]
        ends = np.cumsum([0, *counts]).tolist()
        return [range(a, b) for a, b in zip(ends, ends[1:])]

    @property
    def in_memory(self) -> bool:
        """Whether patches stay in memory once they were read."""
        return self._hold

    def __getitem__(self, place: int) -> Tuple[Pixels, Label]:
        """Patch ``place`` of the split.

        Raises:
            DamagedDataset: Its shard is cut, altered, or gone.
            InvalidRequest: A label names no class.
        """
        if place in self._held:
            return self._held[place]
        patch = self._dataset[self._numbers[place]]
        pixels = self._pixels(patch)
        label = self._label(patch)
        self._mend(pixels, label)
        if self._hold:
            self._held[place] = (pixels, label)
        return pixels, label

    def _pixels(self, patch: DatasetPatch) -> Pixels:
        parts: Dict[str, Any] = dict(patch.arrays)
        if self._dataset.card.scaling == "minmax":
            card = self._dataset.card
            for name in {band.array for band in self._stored}:
                bands = [band for band in card.bands if band.array == name]
                parts[name] = decode(parts[name], bands, "minmax", patch.limits[name])
        stacked = [parts[name][..., channels] for name, channels, _ in self._groups]
        if len(stacked) == 1:
            return np.ascontiguousarray(stacked[0])
        first = stacked[0]
        pixels = np.empty((*first.shape[:2], len(self.bands)), first.dtype)
        for part, (_, _, places) in zip(stacked, self._groups):
            pixels[..., places] = part
        return pixels

    def _value(self, patch: DatasetPatch, nodata: float) -> Label:
        found: Any = patch.target if self.task == "pixel" else patch.value
        if found is None:
            raise InvalidRequest(
                f"Patch {patch.patch_id} has no target per {self.task}.",
                "Choose another ARCHITECTURE, or build the dataset again.",
            )
        values: Label = np.array(found, np.float32).reshape(self.label_shape)
        values[~np.isfinite(values) | (values == np.float32(nodata))] = np.nan
        return values

    def _label(self, patch: DatasetPatch) -> Label:
        if self.target is not None:
            return self._value(patch, self.target.nodata)
        found = patch.label if self.task == "pixel" else patch.scene
        if found is None:
            raise InvalidRequest(
                f"Patch {patch.patch_id} has no label.", "Export the dataset with labels."
            )
        label: Label = np.array(found, np.uint8)
        if self.task == "pixel":
            wrong = label[(label >= self.classes) & (label != IGNORE)]
            if wrong.size:
                raise InvalidRequest(
                    f"Patch {patch.patch_id} has label {wrong[0]}, but there are "
                    f"{self.classes} classes.",
                    "Export the dataset again, with labels of its own nomenclature.",
                )
        return label

    def _mend(self, pixels: Pixels, label: Label) -> None:
        """Take what was not measured out of the labels, and out of the sums."""
        invalid = np.zeros(pixels.shape[:2], bool)
        for channel, band in enumerate(self.bands):
            values: Any = pixels[..., channel]
            if values.dtype.kind == "f":
                strange = ~np.isfinite(values)
                if strange.any():
                    invalid |= strange
                    values[strange] = (band.mean - band.offset) / band.scale
            if band.nodata is not None:
                invalid |= np.abs(values - np.float32(band.nodata)) < _HALF_DN / abs(band.scale)
        if self.task == "pixel":
            label[invalid] = IGNORE if self.target is None else np.nan


def input_band(band: DatasetBand, scaling: str) -> Band:
    """How a stored number becomes the network's input.

    DN of 0 mean no measurement, as in every product that has DN.
    """
    scale, offset = (1.0, 0.0) if scaling == "minmax" else (band.scale, band.offset)
    nodata = -offset / scale if band.unit == "DN" else None
    return Band(band.name, band.unit, scale, offset, band.mean, band.std, nodata)


def model_band(band: DatasetBand) -> Band:
    """The same for a model's card: maps are made from measurements, not from what is stored."""
    nodata = 0.0 if band.unit == "DN" else None
    return Band(band.name, band.unit or "", mean=band.mean, std=band.std, nodata=nodata)


def _groups(dataset: Dataset, bands: Sequence[DatasetBand]) -> List[Tuple[str, Any, List[int]]]:
    """Stored array, its channels that are wanted, and where they go."""
    groups: List[Tuple[str, Any, List[int]]] = []
    for name in dict.fromkeys(band.array for band in bands):
        places = [i for i, band in enumerate(bands) if band.array == name]
        channels = [dataset.layout.arrays[name].index(bands[i].name) for i in places]
        whole = channels == list(range(len(dataset.layout.arrays[name])))
        groups.append((name, slice(None) if whole else channels, places))
    return groups
