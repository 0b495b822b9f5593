# SPDX-License-Identifier: GPL-3.0-or-later
"""Show what a dataset holds: a page, its footprints, its statistics."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np

from ..contract.events import Emit, Message
from ..contract.jobs.describedataset import DescribeDataset
from ..core.files import Staging, write_json
from ..core.png import png_url, stretched
from ..core.writable import check_writable
from ..datasets.footprints import (
    Rings,
    check_suffix,
    known,
    lonlat_rings,
    write_footprints,
)
from ..datasets.reader import Dataset, open_dataset
from ..datasets.survey import Survey, problems, survey
from ..reports.dataset_page import Sample, dataset_page

_TRUE_COLOUR = ("B04", "B03", "B02")


def run(request: DescribeDataset, emit: Emit) -> Dict[str, Any]:
    """Write what was asked for and return the paths."""
    if request.footprints:
        check_suffix(request.footprints)  # before every patch is read
    check_writable(request.output, request.footprints, request.statistics)
    with open_dataset(request.input) as dataset, Staging() as staging:
        damaged = dataset.verify()
        found = survey(dataset, request.pixels, emit)
        said = problems(dataset, found, damaged)
        for sentence in said[:10]:
            emit(Message(sentence, "warning"))
        rings = lonlat_rings(found.places)
        if request.output:
            samples = _samples(dataset, found, request)
            page = _page(dataset, found, rings, samples, said)
            staging.path(request.output).write_text(page, encoding="utf-8")
        if request.footprints:
            write_footprints(staging.path(request.footprints), found.places, rings)
        if request.statistics:
            write_json(staging.path(request.statistics), _statistics(dataset, found, said))
        staging.publish()
    asked = ("output", "footprints", "statistics")
    return {name.upper(): getattr(request, name) for name in asked if getattr(request, name)}


def _page(
    dataset: Dataset, found: Survey, rings: Rings, samples: List[Sample], said: List[str]
) -> str:
    points = [
        (float(ring[0, 0]), float(ring[0, 1]), place.split)
        for place, ring in zip(found.places, rings)
        if known(ring)
    ]
    provenance = dataset.card.provenance
    facts = {
        key.replace("_", " "): value if isinstance(value, str) else json.dumps(value)
        for key, value in provenance.items()
    }
    return dataset_page(
        dataset.card,
        _histograms(dataset, found),
        {name: edges.tolist() for name, edges in found.edges.items()},
        points,
        samples,
        said,
        {"folder": dataset.folder, "sha-256 of the card": dataset.digest, **facts},
    )


def _histograms(dataset: Dataset, found: Survey) -> Dict[str, Dict[str, List[int]]]:
    return {
        band.name: {split: counts[i].tolist() for split, counts in found.histograms.items()}
        for i, band in enumerate(dataset.card.bands)
        if found.histograms
    }


def _samples(dataset: Dataset, found: Survey, request: DescribeDataset) -> List[Sample]:
    unread = {number for number, _ in found.unread}
    readable = [number for number in range(len(dataset)) if number not in unread]
    count = min(request.samples, len(readable))
    chosen = np.random.default_rng(request.seed).choice(readable, count, replace=False)
    split_of = {i: split for split in dataset.card.splits for i in dataset.split(split)}
    return [_sample(dataset, number, split_of[number]) for number in sorted(chosen.tolist())]


def _sample(dataset: Dataset, number: int, split: str) -> Sample:
    card, patch = dataset.card, dataset[number]
    names = [band.name for band in card.bands]
    wanted = _TRUE_COLOUR if set(_TRUE_COLOUR) <= set(names) else (names * 3)[:3]
    picture = png_url(stretched(dataset.image(number, wanted)))
    labels, shown = "", np.zeros(0, np.int64)
    if card.classes is None:
        return Sample(patch.patch_id, split, picture, "", ())
    if patch.label is not None:
        palette = np.full((256, 3), 235, np.uint8)
        palette[: len(card.classes)] = [item.colour for item in card.classes.classes]
        labels = png_url(palette[patch.label])
        shown = np.unique(patch.label[patch.label < len(card.classes)]).astype(np.int64)
    elif patch.scene is not None:
        shown = np.flatnonzero(patch.scene)
    classes: Tuple[str, ...] = tuple(card.classes.names[i] for i in shown.tolist())
    return Sample(patch.patch_id, split, picture, labels, classes)


def _statistics(dataset: Dataset, found: Survey, said: List[str]) -> Dict[str, Any]:
    card, histograms = dataset.card, _histograms(dataset, found)
    bands = [
        {
            "name": band.name,
            "unit": band.unit,
            "mean": band.mean,
            "std": band.std,
            "minimum": band.minimum,
            "maximum": band.maximum,
            "histogram": {
                "edges": found.edges[band.name].tolist(),
                "counts": histograms.get(band.name, {}),
            },
        }
        for band in card.bands
    ]
    names = card.classes.names if card.classes else []
    return {
        "schema": 1,
        "dataset": Path(dataset.folder).name,
        "digest": dataset.digest,
        "splits": card.splits,
        "countries": found.countries,
        "bands": bands,
        "classes": [
            {"name": name, **{split: int(counts[i]) for split, counts in found.classes.items()}}
            for i, name in enumerate(names)
        ],
        "ignored": {split: int(counts[-1]) for split, counts in found.classes.items()},
        "problems": said,
    }
