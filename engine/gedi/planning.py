# SPDX-License-Identifier: GPL-3.0-or-later
"""Which scenes may show a footprint, and which footprints go into which batch.

Catalogues are searched once a cell of one degree and thirty days, not once a footprint, and
footprints of one scene lie side by side, so that its blocks are read about once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..core.catalogue_item import Box, CatalogueItem
from ..core.polygon import inside
from .footprints import Footprints

_PERIOD_DAYS = 30
_PAD_DEGREES = 1e-4
# A window reaches 230 m from its footprint, and interpolation a pixel of the tile further.
_TILE_PAD_DEGREES = 0.02
_BLOCK_DEGREES = 0.045  # about the 512 px of a block of a COG at 10 m
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    """Footprints that one search serves.

    Args:
        members: Their positions in the table.
        box: (west, south, east, north) around them, degrees.
        start, end: First and last day of acquisition.
    """

    members: Indices
    box: Box
    start: dt.date
    end: dt.date


def cells(table: Footprints) -> List[Cell]:
    """Footprints by degree and month."""
    days = table.times.astype("datetime64[D]").astype(np.int64)
    places = _degrees(table)
    keys = np.stack([*places, days // _PERIOD_DAYS], axis=1)
    found = []
    for members in _groups(keys):
        first, last = int(days[members].min()), int(days[members].max())
        box = _box(table, members, _PAD_DEGREES)
        found.append(Cell(members, box, _date(first), _date(last)))
    return found


def tile_boxes(table: Footprints) -> List[Box]:
    """Around the footprints of each degree, with room for their windows."""
    keys = np.stack(_degrees(table), axis=1)
    return [_box(table, members, _TILE_PAD_DEGREES) for members in _groups(keys)]


def candidates(
    table: Footprints,
    cell: Cell,
    items: Sequence[CatalogueItem],
    days: int,
    max_cloud: float,
) -> Dict[int, List[str]]:
    """Scenes for each footprint of a cell: the least cloudy first, then the nearest in time.

    Args:
        table: All footprints.
        cell: Which of them.
        items: The scenes that a search found.
        days: Most days between footprint and scene.
        max_cloud: Cloud cover must lie below, per cent.

    Returns:
        Position in the table to ids of items.
    """
    taken = table.times[cell.members].astype("datetime64[D]").astype(np.int64)
    lon, lat = table["lon_lowestmode"][cell.members], table["lat_lowestmode"][cell.members]
    found: Dict[int, List[Tuple[float, int, str]]] = {int(i): [] for i in cell.members}
    for item in items:
        if not item.time or (item.cloud is not None and item.cloud >= max_cloud):
            continue
        apart = np.abs(taken - _day_number(item.time))
        near = apart <= days
        within = np.zeros(len(lon), np.bool_)
        for polygon in item.polygons:
            within[near] |= inside(polygon, lon[near], lat[near])
        cloud = 100.0 if item.cloud is None else item.cloud
        for place in np.flatnonzero(within).tolist():
            found[int(cell.members[place])].append((cloud, int(apart[place]), item.id))
    return {place: [name for _, _, name in sorted(scenes)] for place, scenes in found.items()}


def deal(table: Footprints, scenes: Sequence[Sequence[str]], size: int) -> List[Indices]:
    """Batches of footprints: by first scene, then by place.

    Args:
        table: All footprints.
        scenes: The candidates of each.
        size: Footprints in a batch.

    Returns:
        Positions in the table, a batch after the other.
    """
    first = np.array([names[0] if names else "" for names in scenes], object).astype(str)
    rows = np.floor(-table["lat_lowestmode"] / _BLOCK_DEGREES)
    columns = np.floor(table["lon_lowestmode"] / _BLOCK_DEGREES)
    order = np.lexsort((table["shot_number"], columns, rows, first))
    return [order[i : i + size] for i in range(0, len(order), size)]


def _degrees(table: Footprints) -> Tuple[Any, Any]:
    lat, lon = np.floor(table["lat_lowestmode"]), np.floor(table["lon_lowestmode"])
    return lat.astype(np.int64), lon.astype(np.int64)


def _groups(keys: Indices) -> List[Indices]:
    _, group = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    borders = np.flatnonzero(np.diff(group.ravel()[order])) + 1
    return [part for part in np.split(order, borders) if len(part)]


def _box(table: Footprints, members: Indices, pad: float) -> Box:
    lon, lat = table["lon_lowestmode"][members], table["lat_lowestmode"][members]
    west, south = float(lon.min()) - pad, float(lat.min()) - pad
    return west, south, float(lon.max()) + pad, float(lat.max()) + pad


def _date(day: int) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _day_number(time: str) -> int:
    return (dt.date.fromisoformat(time[:10]) - dt.date(1970, 1, 1)).days
