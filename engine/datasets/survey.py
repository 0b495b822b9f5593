# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a dataset, read patch by patch: distributions, places, and what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from sys import intern
from typing import Any, Dict, List, Optional, Set, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import DamagedDataset
from ..contract.events import Emit
from ..core.dataset_card import IGNORE, DatasetCard
from ..core.progress import ProgressMeter
from .encoding import measurements
from .patch import DatasetPatch
from .reader import Dataset

BINS = 48
FACTS = ("country", "date_s2", "date_s1")
_EVERY = 4  # of the pixels along each axis: enough for a distribution
_RARE = 0.001
_SHOWN = 20


@dataclass(frozen=True, eq=False)
class Place:
    """A patch on the map; 0.4 KB, for there may be half a million.

    Args:
        patch_id: Its name.
        split: Its split.
        epsg: CRS of the corners; 0 if it has none.
        corners: ``(4, 2)``: upper left, upper right, lower right, lower left, CRS units.
        facts: What ``FACTS`` names; empty text for what is not known.
    """

    __slots__ = ("corners", "epsg", "facts", "patch_id", "split")
    patch_id: str
    split: str
    epsg: int
    corners: npt.NDArray[np.float64]
    facts: Tuple[str, ...]


@dataclass
class Survey:
    """What reading every patch found.

    Args:
        edges: Band to the ``BINS`` + 1 edges of its histogram, in its unit.
        histograms: Split to ``(C, BINS)`` counts of every 16th pixel, bands in the card's order;
            empty where pixels were not read.
        classes: Split to class counts as in the card.
        countries: Patches a country.
        places: Every patch, in order.
        unread: Patches that could not be read, and why.
    """

    edges: Dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    histograms: Dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    classes: Dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    countries: Dict[str, int] = field(default_factory=dict)
    places: List[Place] = field(default_factory=list)
    unread: List[Tuple[int, str]] = field(default_factory=list)


def survey(dataset: Dataset, pixels: bool, emit: Emit) -> Survey:
    """Read every patch.

    Args:
        dataset: The open dataset.
        pixels: Whether to look at measurements too.
        emit: Where progress goes.
    """
    found, card = Survey(), dataset.card
    found.edges = {band.name: _edges(card, i) for i, band in enumerate(card.bands)}
    meter = ProgressMeter(emit, len(dataset), text="Reading the patches")
    for split in card.splits:
        found.histograms[split] = np.zeros((len(card.bands), BINS), np.int64)
        found.classes[split] = np.zeros(256, np.int64)
        for number in dataset.split(split):
            try:
                _take(found, card, split, dataset[number], pixels)
            except DamagedDataset as error:
                found.unread.append((number, str(error)))
            meter.advance()
    if not pixels:
        found.histograms.clear()
    classes = len(card.classes) if card.classes else 0
    found.classes = {n: np.append(c[:classes], c[IGNORE]) for n, c in found.classes.items()}
    return found


def problems(dataset: Dataset, found: Survey, damaged: List[str]) -> List[str]:
    """Sentences on what a user should know before training on the dataset.

    Args:
        dataset: The dataset.
        found: Its survey.
        damaged: Shards that failed their checksum.
    """
    card = dataset.card
    said = [f"The shard {path} is missing, cut or altered." for path in damaged]
    said += _unread(found)
    if card.failed:
        said.append(f"{card.failed} patches could not be written; the export's log says why.")
    twice = [n for n, count in Counter(p.patch_id for p in found.places).items() if count > 1]
    if twice:
        said.append(f"{len(twice)} patch ids occur more than once, such as {twice[0]}.")
    said += [f"The split {name} is empty." for name, count in card.splits.items() if not count]
    said += [
        f"There is no split {n}." for n in ("train", "validation", "test") if n not in card.splits
    ]
    said += _class_problems(card, found)
    said += [
        f"All pixels of band {band.name} have the value {band.minimum:g}."
        for band in card.bands
        if band.minimum is not None and band.minimum == band.maximum
    ]
    overlap = _shared_places(found)
    if overlap:
        said.append(f"{overlap} places have patches in more than one split: the test is not fair.")
    touching = card.provenance.get("leakage", {}).get("touching", 0)
    if touching:
        said.append(f"{touching} patches touch a patch of another split.")
    return said


def _unread(found: Survey) -> List[str]:
    """A sentence a reason: a shard that is gone would else say the same of each of its patches."""
    reasons: Dict[str, List[int]] = {}
    for number, why in found.unread:
        reasons.setdefault(why, []).append(number)
    return [
        f"Patch {numbers[0]} cannot be read: {why}"
        if len(numbers) == 1
        else f"{len(numbers)} patches, {numbers[0]} to {numbers[-1]}, cannot be read: {why}"
        for why, numbers in list(reasons.items())[:_SHOWN]
    ]


def _class_problems(card: DatasetCard, found: Survey) -> List[str]:
    said = []
    for split, counts in card.histogram.items():
        if split in found.classes and not found.unread and found.classes[split].tolist() != counts:
            said.append(f"The classes of the split {split} are not those that the card counts.")
    train = np.array(card.histogram.get("train", []), np.int64)[:-1]
    names = card.classes.names if card.classes else []
    if train.sum():
        never = [names[i] for i in np.flatnonzero(train == 0)]
        rare = [names[i] for i in np.flatnonzero((train > 0) & (train < _RARE * train.sum()))]
        if never:
            said.append(f"Classes that the training split never shows: {'; '.join(never)}.")
        if rare:
            said.append(f"Classes with less than 0.1 % of the training labels: {'; '.join(rare)}.")
    return said


def _shared_places(found: Survey) -> int:
    first: Dict[Any, str] = {}
    shared: Set[Any] = set()
    for place in found.places:
        if place.epsg:
            key = place.epsg, place.corners.tobytes()
            if first.setdefault(key, place.split) != place.split:
                shared.add(key)
    return len(shared)


def _take(found: Survey, card: DatasetCard, split: str, patch: DatasetPatch, pixels: bool) -> None:
    found.places.append(_place(patch, split, card.patch))
    country = patch.facts.get("country", "")
    found.countries[country] = found.countries.get(country, 0) + 1
    if patch.label is not None:
        found.classes[split] += np.bincount(patch.label.ravel(), minlength=256)
    elif patch.scene is not None:
        found.classes[split][: len(patch.scene)] += patch.scene
    if not pixels:
        return
    thin = {name: array[::_EVERY, ::_EVERY] for name, array in patch.arrays.items()}
    values = measurements(DatasetPatch(patch.patch_id, thin, limits=patch.limits), card)
    flat = np.concatenate([values[n].reshape(-1, values[n].shape[2]).T for n in card.arrays])
    names = [name for bands in card.arrays.values() for name in bands]
    order = {band.name: i for i, band in enumerate(card.bands)}
    for name, row in zip(names, flat):
        found.histograms[split][order[name]] += np.histogram(row, found.edges[name])[0]


def _place(patch: DatasetPatch, split: str, size: Tuple[int, int]) -> Place:
    a, b, c, d, e, f = patch.transform
    height, width = size
    pixels = ((0, 0), (width, 0), (width, height), (0, height))
    corners = np.array([(a * x + b * y + c, d * x + e * y + f) for x, y in pixels])
    facts = tuple(intern(str(patch.facts.get(name, ""))) for name in FACTS)
    return Place(patch.patch_id, split, patch.epsg, corners, facts)


def _edges(card: DatasetCard, i: int) -> npt.NDArray[np.float64]:
    """The middle of the distribution: far outliers would leave all else in one bin."""
    band = card.bands[i]
    low, high = band.mean - 4 * band.std, band.mean + 4 * band.std
    low = max(low, _or(band.minimum, low))
    high = min(high, _or(band.maximum, high))
    return np.linspace(low, high if high > low else low + 1, BINS + 1)


def _or(value: Optional[float], other: float) -> float:
    return other if value is None else value
