# SPDX-License-Identifier: GPL-3.0-or-later
"""What a training needs to know of its dataset, checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Tuple

import numpy as np

from ...models.architecture import Architecture
from ..contract.errors import DamagedDataset, InvalidRequest
from ..contract.events import Emit, Message
from ..contract.jobs.trainmodel import TrainModel
from ..core.dataset_card import DatasetCard
from ..core.storage import is_remote
from ..datasets.reader import Dataset, open_dataset
from ..training.losses import REGRESSION, Loss, class_weights, loss_of, value_loss
from ..training.source import SplitSource

TRAIN, VALIDATION = "train", "validation"
_CROP = 48
_BOTH = ("pixel", "patch")
_TASKS = {"pixels": ("pixel",), "scene": ("patch",), "both": _BOTH, "none": ()}


@dataclass(frozen=True)
class Inputs:
    """A dataset and how it is to be learnt from.

    Args:
        digest: SHA-256 of the dataset's card.
        card: The dataset's card.
        bands: Input channels, in order.
        task: ``pixel`` or ``patch``.
        crop: Side of the windows cut from patches; 0 for whole patches.
        loss: Name of the loss.
        train, validation: The splits.
    """

    digest: str
    card: DatasetCard
    bands: Tuple[str, ...]
    task: str
    crop: int
    loss: str
    train: SplitSource
    validation: SplitSource

    @property
    def activation(self) -> str:
        """What makes probabilities of the logits."""
        if self.card.target is not None:
            return "none"
        return "sigmoid" if self.loss == "binary" else "softmax"

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for a regression."""
        return len(self.card.classes) if self.card.classes else 0

    def loss_function(self, weights: str) -> Loss:
        """The loss, with class weights called ``weights``."""
        if self.card.target is not None:
            return value_loss(self.loss, self.card.target.std)
        factors: Optional[List[float]] = None
        if weights != "none":
            binary, counts = self.loss == "binary", self.card.histogram.get(TRAIN, [])
            factors = class_weights(weights, counts[:-1], binary, len(self.train))
        return loss_of(self.loss, self.task, factors)


def read_inputs(request: TrainModel, architecture: Architecture, emit: Emit) -> Inputs:
    """Open the dataset and check all that can be checked without training.

    Raises:
        InvalidRequest: Remote, unlabelled, a split or class too few, or nothing for the network.
        InvalidCard: It has no such band.
        DamagedDataset: It is no longer what its card says.
    """
    if is_remote(request.dataset):
        raise InvalidRequest(
            f"DATASET is {request.dataset}, which is remote.", "Copy it to this machine first."
        )
    dataset = open_dataset(request.dataset)
    card = dataset.card
    bands = request.bands or tuple(band.name for band in card.bands)
    loss = _loss(request, card)
    task = _task(card, architecture)
    if loss == "auto":
        loss = "cross_entropy" if task == "pixel" else "binary"
    crop = _crop(request, architecture, task, card.patch)
    architecture.check(task, (crop, crop) if crop else card.patch, bands)
    architecture.check(task, card.patch, bands)
    sources = [
        SplitSource(open_dataset(request.dataset), split, bands, task)
        for split in (TRAIN, VALIDATION)
    ]
    for split in (TRAIN, VALIDATION):
        _check_classes(card, split)
    _check_unchanged(dataset, emit)
    _check_target(card, sources)
    return Inputs(dataset.digest, card, bands, task, crop, loss, sources[0], sources[1])


def _task(card: DatasetCard, architecture: Architecture) -> str:
    """What the labels allow; where they allow both, what the network is made for."""
    allowed = _TASKS[card.labels] if card.target is None else _BOTH
    possible = [task for task in allowed if architecture.can(task)]
    if not possible:
        raise InvalidRequest(
            f"The dataset's labels are {card.labels!r}; the architecture answers per "
            f"{architecture.task}.",
            "Choose another ARCHITECTURE, or export the dataset with other LABELS.",
        )
    return architecture.task if architecture.task in possible else possible[0]


def _loss(request: TrainModel, card: DatasetCard) -> str:
    """The loss asked for, if it fits what the dataset has; ``auto`` where classes decide."""
    target = card.target
    if target is None:
        if request.loss in REGRESSION:
            raise InvalidRequest(
                f"LOSS is {request.loss!r}, but the dataset has classes, no number to learn.",
                "Leave it at auto.",
            )
        return request.loss
    if request.class_weights != "none":
        raise InvalidRequest(
            f"CLASS_WEIGHTS is {request.class_weights!r}, but the dataset has a number to learn, "
            f"{target.name} in {target.unit}, and no classes.",
            "Set it to none.",
        )
    if request.loss != "auto" and request.loss not in REGRESSION:
        raise InvalidRequest(
            f"LOSS is {request.loss!r}, but the dataset has a number to learn, {target.name} in "
            f"{target.unit}, and no classes.",
            f"Use {' or '.join(REGRESSION)}, or leave it at auto.",
        )
    return REGRESSION[0] if request.loss == "auto" else request.loss


def _check_target(card: DatasetCard, sources: List[SplitSource]) -> None:
    """See that there are values to learn, and that they differ."""
    target = card.target
    if target is None:
        return
    for source in sources:
        if not any(np.isfinite(source[place][1]).any() for place in range(len(source))):
            raise InvalidRequest(
                f"No patch of the dataset's {source.split} split has a value of {target.name}.",
                "Build a dataset that has some.",
            )
    if target.minimum is not None and target.minimum == target.maximum:
        raise InvalidRequest(
            f"{target.name} is {target.minimum:g} {target.unit} all over the train split.",
            "Build a dataset in which it differs.",
        )


def _crop(
    request: TrainModel, architecture: Architecture, task: str, patch: Tuple[int, int]
) -> int:
    if task == "patch" or not architecture.dynamic_space:
        if request.crop_size:
            raise InvalidRequest(
                f"CROP_SIZE is {request.crop_size}, but whole patches are learnt from.",
                "Leave it at 0.",
            )
        return 0
    largest = min(patch) // architecture.stride * architecture.stride
    if request.crop_size > min(patch) or request.crop_size % architecture.stride:
        raise InvalidRequest(
            f"CROP_SIZE is {request.crop_size}.",
            f"Give a multiple of {architecture.stride}, at most {largest} px.",
        )
    return request.crop_size or min(_CROP, largest)


def _check_classes(card: DatasetCard, split: str) -> None:
    """See that there is something to tell apart."""
    counts = card.histogram.get(split)
    if counts is None:
        return
    present = sum(count > 0 for count in counts[:-1])
    if present < 2:
        raise InvalidRequest(
            f"The dataset's {split} split has labels of {present} classes.",
            "Export one with two classes or more.",
        )


def _check_unchanged(dataset: Dataset, emit: Emit) -> None:
    emit(Message("Checking the dataset's files against its card."))
    changed = dataset.verify()
    if changed:
        raise DamagedDataset(
            f"{len(changed)} files of {dataset.folder} are not what its card says, "
            f"such as {changed[0]}.",
            "Export the dataset again with RESUME, which replaces them.",
        )
