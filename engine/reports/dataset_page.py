# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that shows what a dataset holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..core.dataset_card import DatasetCard
from .page import render

SPLIT_COLOURS = {"train": "#2a6f4f", "validation": "#d08c2e", "test": "#6b4fa0"}
_OTHER = "#777777"
_WIDTH, _HEIGHT = 760, 420
_POINTS = 6000
_LINES = 6  # of the map's grid along its longer side, at most


@dataclass(frozen=True)
class Sample:
    """A patch shown as pictures.

    Args:
        name: Its id.
        split: Its split.
        picture: ``data:`` address of the image.
        labels: ``data:`` address of the label map; empty if it has none.
        classes: Names of the classes it shows.
    """

    name: str
    split: str
    picture: str
    labels: str
    classes: Tuple[str, ...]


def dataset_page(
    card: DatasetCard,
    histograms: Mapping[str, Mapping[str, Sequence[int]]],
    edges: Mapping[str, Sequence[float]],
    points: Sequence[Tuple[float, float, str]],
    samples: Sequence[Sample],
    problems: Sequence[str],
    facts: Mapping[str, Any],
) -> str:
    """A dataset as HTML.

    Args:
        card: Its card.
        histograms: Band to split to counts; empty where pixels were not read.
        edges: Band to the edges of its histogram, in its unit.
        points: (longitude, latitude, split) of patches.
        samples: Patches to show.
        problems: Sentences.
        facts: What else is known: name to value, shown as it is.
    """
    rows = _class_rows(card)
    shares = [share for row in rows for share in row["shares"].values()]
    units = {band.name: band.unit for band in card.bands}
    return render(
        "dataset.html",
        title=f"{card.name} ({card.format})",
        card=card,
        colours={name: SPLIT_COLOURS.get(name, _OTHER) for name in card.splits},
        classes=rows,
        longest=max(shares, default=0.0) or 1.0,
        plots=[
            {**_plot(name, histograms[name], edges[name]), "unit": units.get(name, "")}
            for name in histograms
        ],
        map=_map(points),
        samples=samples,
        problems=problems,
        facts=list(facts.items()),
    )


def _class_rows(card: DatasetCard) -> List[Dict[str, Any]]:
    """Each class with its counts and its share of each split, in percent."""
    if card.classes is None:
        return []
    totals = {split: max(1, sum(counts[:-1])) for split, counts in card.histogram.items()}
    rows: List[Dict[str, Any]] = []
    for item in card.classes.classes:
        shares = {
            split: 100 * counts[item.id] / totals[split] for split, counts in card.histogram.items()
        }
        count = sum(counts[item.id] for counts in card.histogram.values())
        rows.append(
            {
                "id": item.id,
                "name": item.name,
                "colour": "#{:02x}{:02x}{:02x}".format(*item.colour),
                "shares": shares,
                "count": count,
            }
        )
    return rows


def _plot(band: str, counts: Mapping[str, Sequence[int]], edges: Sequence[float]) -> Dict[str, Any]:
    """One line a split, each scaled to its own number of pixels."""
    shares = {n: np.array(c, np.float64) / max(1, sum(c)) for n, c in counts.items()}
    top = max((float(share.max()) for share in shares.values()), default=0.0) or 1.0
    return {
        "band": band,
        "low": edges[0],
        "high": edges[-1],
        "lines": {
            name: (SPLIT_COLOURS.get(name, _OTHER), _line(share / top))
            for name, share in shares.items()
        },
    }


def _line(heights: npt.NDArray[np.float64]) -> str:
    step = 220 / max(1, len(heights) - 1)
    return " ".join(f"{i * step:.1f},{70 - 66 * h:.1f}" for i, h in enumerate(heights))


def _map(points: Sequence[Tuple[float, float, str]]) -> Dict[str, Any]:
    """Dots in a plain map of longitude and latitude, thinned if there are very many."""
    if not points:
        return {}
    thin = points[:: -(-len(points) // _POINTS)]
    lon, lat = np.array([p[0] for p in points]), np.array([p[1] for p in points])
    west, east, south, north = (float(v) for v in (lon.min(), lon.max(), lat.min(), lat.max()))
    squeeze = max(0.1, float(np.cos(np.radians(lat.mean()))))
    wide = max((east - west) * squeeze, 1e-3)
    scale = min((_WIDTH - 20) / wide, (_HEIGHT - 20) / max(north - south, 1e-3))

    def x_of(longitude: float) -> float:
        return round(10 + (longitude - west) * squeeze * scale, 1)

    def y_of(latitude: float) -> float:
        return round(10 + (north - latitude) * scale, 1)

    step = _step(max(east - west, north - south, 1e-3) / _LINES)
    return {
        "dots": [(x_of(x), y_of(y), SPLIT_COLOURS.get(split, _OTHER)) for x, y, split in thin],
        "meridians": [(x_of(value), f"{value:g}°") for value in _multiples(west, east, step)],
        "parallels": [(y_of(value), f"{value:g}°") for value in _multiples(south, north, step)],
        "shown": len(thin),
        "of": len(points),
        "width": round(20 + max((east - west) * squeeze * scale, 1)),
        "height": round(20 + max((north - south) * scale, 1)),
        "west": west,
        "east": east,
        "south": south,
        "north": north,
    }


def _step(least: float) -> float:
    """The next of 1, 2 and 5 times a power of ten, degrees."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(power * digit for digit in (1, 2, 5, 10) if power * digit >= least))


def _multiples(low: float, high: float, step: float) -> List[float]:
    numbers = range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)
    return [round(number * step, 9) for number in numbers]
