# SPDX-License-Identifier: GPL-3.0-or-later
"""What catalogues hold for a table of footprints: searched once a cell, and noted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, List, Sequence, Tuple

from ..catalogues.catalogue import Query, open_catalogue
from ..contract.events import Emit, Message
from ..contract.jobs.extractgedi import Extraction
from ..core.catalogue_item import CatalogueItem
from ..core.progress import ProgressMeter
from ..gedi.folder import FOUND, BatchFolder
from ..gedi.footprints import Footprints
from ..gedi.planning import candidates, cells, tile_boxes

_THREADS = 8
Candidates = List[Tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Found:
    """What the catalogues hold for a table.

    Args:
        scenes: Id to scene, of those that may show a footprint.
        candidates: Ids of scenes for each footprint, in the order to try.
        dem: DEM tiles.
        worldcover: WorldCover tiles.
    """

    scenes: Dict[str, CatalogueItem]
    candidates: Candidates
    dem: Tuple[CatalogueItem, ...]
    worldcover: Tuple[CatalogueItem, ...]


def find(request: Extraction, table: Footprints, folder: BatchFolder, emit: Emit) -> Found:
    """Search the catalogues, or take what an interrupted run has found."""
    noted = folder.note(FOUND)
    if noted is None:
        found = _search(request, table, emit)
        folder.put(
            FOUND,
            {
                "scenes": [item.to_dict() for item in found.scenes.values()],
                "candidates": found.candidates,
                "dem": [item.to_dict() for item in found.dem],
                "worldcover": [item.to_dict() for item in found.worldcover],
            },
        )
        return found
    scenes = [CatalogueItem.from_dict(item) for item in noted["scenes"]]
    tiles = [tuple(CatalogueItem.from_dict(i) for i in noted[k]) for k in ("dem", "worldcover")]
    names = [tuple(listed) for listed in noted["candidates"]]
    return Found({item.id: item for item in scenes}, names, tiles[0], tiles[1])


def _search(request: Extraction, table: Footprints, emit: Emit) -> Found:
    scenes_at = request.catalog
    places, boxes = cells(table), tile_boxes(table)
    emit(Message(f"{len(table)} footprints in {len(places)} cells of one degree and 30 days."))
    around = dt.timedelta(days=request.days)
    jobs = [
        (scenes_at, Query(request.collection, c.box, c.start - around, c.end + around,
                          request.max_cloud))
        for c in places
    ]  # fmt: skip
    dem_at = request.dem_catalog or request.catalog
    cover_at = request.worldcover_catalog or request.catalog
    jobs += [(dem_at, Query(request.dem_collection, box)) for box in boxes]
    jobs += [(cover_at, Query(request.worldcover_collection, box)) for box in boxes]
    lists = _ask_all(jobs, request.signing, emit)
    names: Dict[int, List[str]] = {}
    scenes: Dict[str, CatalogueItem] = {}
    for cell, items in zip(places, lists):
        chosen = candidates(table, cell, items, request.days, request.max_cloud)
        used = {name for listed in chosen.values() for name in listed}
        scenes.update({item.id: item for item in items if item.id in used})
        names.update(chosen)
    if not scenes:
        emit(Message(f"{scenes_at} has no scene for any footprint.", "warning"))
    listed = [tuple(names[i]) for i in range(len(table))]
    tiles = lists[len(places) :]
    dem, cover = _once(tiles[: len(boxes)]), _once(tiles[len(boxes) :])
    return Found(dict(sorted(scenes.items())), listed, dem, cover)


def _ask_all(
    jobs: Sequence[Tuple[str, Query]], signing: str, emit: Emit
) -> List[List[CatalogueItem]]:
    """Several searches at a time; one catalogue is opened once."""
    opened = {place: open_catalogue(place, signing) for place in dict.fromkeys(p for p, _ in jobs)}
    meter = ProgressMeter(emit, len(jobs), stop=0.02, text="Searching scenes and tiles")

    def ask(job: Tuple[str, Query]) -> List[CatalogueItem]:
        return opened[job[0]].search(job[1])

    lists = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for items in pool.map(ask, jobs):
            lists.append(items)
            meter.advance()
    asked = sum(getattr(catalogue, "searches", 0) for catalogue in opened.values())
    if asked:
        emit(Message(f"{asked} searches were sent."))
    return lists


def _once(lists: Sequence[Sequence[CatalogueItem]]) -> Tuple[CatalogueItem, ...]:
    items = {item.id: item for found in lists for item in found}
    return tuple(items[name] for name in sorted(items))
