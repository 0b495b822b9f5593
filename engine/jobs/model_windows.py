# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset's patches as a model wants them, with their truth in the model's classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.errors import CardMismatch, MissingBand, UnknownClass
from ..contract.events import Emit, Message
from ..core.band import Band
from ..core.card import ModelCard
from ..core.dataset_card import DatasetBand, DatasetTarget
from ..datasets.patch import DatasetPatch
from ..datasets.reader import Dataset
from ..inference.prepare import Normaliser

IGNORE = 255
_NONE = -1


@dataclass(frozen=True)
class Batch:
    """Some patches.

    Args:
        windows: (N, C, H, W) float32 network input; sides are multiples of the stride.
        truth: (N, h, w) int16 class ids, 255 where there is no label or no measurement; for a
            model of whole patches (N, K) int16, 1 for each class that the patch shows. Where no
            labels are wanted, which px have measurements. Of a regression (N, h, w) or (N, 1)
            float32 in the target's unit, NaN for 255.
    """

    windows: NDArray[np.float32]
    truth: NDArray[Any]


class ModelWindows:
    """Reads patches by number, for one model.

    Args:
        dataset: Where they come from.
        card: The model's card.
        emit: Told what is not wrong but worth knowing.
        labels: Whether truth is wanted.

    Raises:
        MissingBand: The dataset lacks a band of the model.
        CardMismatch: Their units, classes, labels or window sizes contradict each other.
    """

    def __init__(self, dataset: Dataset, card: ModelCard, emit: Emit, labels: bool = True) -> None:
        self.dataset, self.card, self._labels = dataset, card, labels
        _check_bands(dataset, card, emit)
        self._shape = _window_shape(dataset, card)
        if labels and card.target is not None:
            _check_target(dataset, card.target)
        elif labels:
            self._class_of = _class_of(dataset, card, emit)
        if card.resolution and dataset.card.resolution not in (None, card.resolution):
            emit(Message(
                f"The model was made for px of {card.resolution:g} m; the dataset's are "
                f"{dataset.card.resolution:g} m.", "warning",
            ))  # fmt: skip
        # What is read is in the bands' units, so that only the card knows of a nodata number.
        nothing = [None] * len(card.bands)
        self._normalise = Normaliser.of(card.bands, nothing, np.dtype(np.float32))

    def batches(self, numbers: Sequence[int], size: int) -> Iterator[Batch]:
        """Read patches in order.

        Args:
            numbers: Which, by their number in the dataset.
            size: Patches a batch; the last may be smaller.

        Raises:
            DamagedDataset: A shard is cut, altered, or gone.
            UnknownClass: A label is no class of the dataset.
        """
        for begin in range(0, len(numbers), size):
            read = [self._read(number) for number in numbers[begin : begin + size]]
            yield Batch(np.stack([w for w, _ in read]), np.stack([t for _, t in read]))

    def _read(self, number: int) -> Tuple[NDArray[np.float32], NDArray[Any]]:
        image = self.dataset.image(number, self.card.band_names)
        planar = np.ascontiguousarray(image.transpose(2, 0, 1))
        window, valid = self._normalise(planar, None, self._shape)
        return window, self._truth(number, valid)

    def _truth(self, number: int, valid: NDArray[np.uint8]) -> NDArray[Any]:
        if not self._labels:
            return valid.astype(np.int16)
        patch = self.dataset[number]
        if self.card.target is not None:
            return self._observed(patch, valid, self.card.target.nodata)
        if patch.label is None:
            return self._scene(np.flatnonzero(patch.scene if patch.scene is not None else []))
        truth: NDArray[np.int16] = self._class_of[patch.label]
        if (truth == _NONE).any():
            label = int(patch.label[truth == _NONE][0])
            raise UnknownClass(
                f"Patch {patch.patch_id} has the label {label}; the dataset has "
                f"{len(self.card.classes)} classes.",
                "Export or convert the dataset again.",
            )
        if self.card.task == "patch":
            return self._scene(np.unique(patch.label[truth != IGNORE]))
        return np.where(valid != 0, truth, np.int16(IGNORE))

    def _observed(
        self, patch: DatasetPatch, valid: NDArray[np.uint8], nodata: float
    ) -> NDArray[np.float32]:
        """The patch's target, NaN where there is none or a band has no measurement."""
        found: Any = patch.target if self.card.task == "pixel" else [patch.value]
        values = np.array(found, np.float32)  # None becomes NaN
        values[~np.isfinite(values) | (values == np.float32(nodata))] = np.nan
        if self.card.task == "pixel":
            height, width = values.shape
            values[valid[:height, :width] == 0] = np.nan
        return values

    def _scene(self, shown: NDArray[Any]) -> NDArray[np.int16]:
        hot = np.zeros(len(self.card.classes), np.int16)
        hot[self._class_of[shown]] = 1
        return hot


def _check_bands(dataset: Dataset, card: ModelCard, emit: Emit) -> None:
    known = {band.name: band for band in dataset.card.bands}
    missing = [name for name in card.band_names if name not in known]
    if missing:
        raise MissingBand(
            f"The dataset has no band {', '.join(missing)}; the model takes "
            f"{', '.join(card.band_names)}.",
            f"Use a dataset with these bands; this one has {', '.join(known)}.",
        )
    for band in card.bands:
        _check_unit(band, known[band.name], emit)


def _check_unit(band: Band, stored: DatasetBand, emit: Emit) -> None:
    """What a dataset stores is read in its unit, whatever scaling it was stored with."""
    scaled = (band.scale, band.offset) != (1.0, 0.0)
    if scaled or not band.unit or not stored.unit or band.unit == stored.unit:
        return
    if band.unit == "DN":  # also what a card says where nobody knew better
        emit(Message(
            f"The model takes {band.name} in DN; the dataset has it in {stored.unit}.", "warning"
        ))  # fmt: skip
        return
    raise CardMismatch(
        f"The model takes {band.name} in {band.unit}; the dataset has it in {stored.unit}.",
        "Import the model again with the SCALE that leads from one to the other.",
    )


def _window_shape(dataset: Dataset, card: ModelCard) -> Tuple[int, int]:
    """(H, W) of the network's input."""
    height, width = dataset.card.patch
    if not card.dynamic_space and card.patch != (height, width):
        raise CardMismatch(
            f"The model takes windows of {card.patch} px only; the dataset's patches have "
            f"{height} x {width} px.",
            "Use a dataset with patches of that size.",
        )
    step = card.stride
    return -(-height // step) * step, -(-width // step) * step


def _check_target(dataset: Dataset, target: DatasetTarget) -> None:
    found = dataset.card.target
    wanted = f"{target.name} in {target.unit}"
    if found is None:
        raise CardMismatch(
            f"The model gives a number, {wanted}; the dataset has classes.",
            "Use a dataset of that number.",
        )
    if (found.name, found.unit) != (target.name, target.unit):
        raise CardMismatch(
            f"The model gives {wanted}; the dataset has {found.name} in {found.unit}.",
            "Use a dataset of the same number in the same unit.",
        )


def _class_of(dataset: Dataset, card: ModelCard, emit: Emit) -> NDArray[np.int16]:
    """(256,) int16: the model's class of each label of the dataset; -1 for no label of it."""
    scheme, number = dataset.card.classes, dataset.card.target
    if scheme is None and number is not None:
        raise CardMismatch(
            f"The model gives classes; the dataset has a number, {number.name} in {number.unit}.",
            "Use a dataset with the model's classes.",
        )
    if scheme is None or (card.task == "pixel" and dataset.card.labels == "scene"):
        raise CardMismatch(
            f"The dataset's labels are {dataset.card.labels!r}; the model answers per {card.task}.",
            "Use a dataset with labels per pixel." if card.task == "pixel" else "Export labels.",
        )
    if set(scheme.names) != set(card.classes.names):
        theirs = [name for name in scheme.names if name not in card.classes.names]
        ours = [name for name in card.classes.names if name not in scheme.names]
        raise CardMismatch(
            "The dataset's classes are not the model's: "
            f"only the dataset has {_listed(theirs)}; only the model has {_listed(ours)}.",
            "Use a dataset in the model's nomenclature.",
        )
    if scheme.names != card.classes.names:
        emit(Message("The classes come in another order in the dataset; they are bound by name."))
    class_of = np.full(256, _NONE, np.int16)
    class_of[: len(scheme)] = [card.classes.names.index(name) for name in scheme.names]
    class_of[IGNORE] = IGNORE
    return class_of


def _listed(names: List[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown or "none"
