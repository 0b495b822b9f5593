# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a patch's files are there and sound."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Dict, List, Optional, Set, Tuple

import numpy as np

from ..contract.errors import CoverloomError, MissingInput, MissingPackage, StoreOutage
from ..core.storage import Storage, is_remote, name_of
from .nomenclature import nomenclature
from .pixels import read_band
from .row import MAP, S1_BANDS, S2_BANDS, PatchRow
from .tiff import Raster

PARTS: Dict[str, Tuple[str, ...]] = {"s2": S2_BANDS, "s1": S1_BANDS, "ref": (MAP,)}
# From this many patches of one scene on, listing the scene costs less than listing each patch.
_SCENE_PAYS = 20
_REQUESTS = 16


@dataclass(frozen=True)
class Check:
    """Patches to look at together, and how closely.

    Args:
        rows: The patches.
        depth: ``exists``, ``header`` or ``pixels``.
        absent: Parts (``s2``, ``s1``, ``ref``) that the whole archive lacks: not missed.
    """

    rows: Tuple[PatchRow, ...]
    depth: str
    absent: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What was found of one patch.

    Args:
        patch_id: Its name.
        exists: Part to whether all its files are there.
        faults: (file, what is wrong with it).
    """

    patch_id: str
    exists: Dict[str, bool]
    faults: Tuple[Tuple[str, str], ...]


def check_patches(check: Check) -> List[Verdict]:
    """Look at patches; what is wrong with one stops nothing.

    Raises:
        UnreachableStorage: An object store does not answer, which says nothing of its files.
    """
    storage = Storage()
    listings = _Listings(storage, check.rows)

    def look(row: PatchRow) -> Verdict:
        return _check(row, check, storage, listings)

    if not any(is_remote(row.s2_path or row.s1_path or row.map_path) for row in check.rows):
        return [look(row) for row in check.rows]
    with ThreadPoolExecutor(_REQUESTS) as pool:  # these wait for the network, not for the processor
        return list(pool.map(look, check.rows))


def _check(row: PatchRow, check: Check, storage: Storage, listings: _Listings) -> Verdict:
    exists: Dict[str, bool] = {}
    faults: List[Tuple[str, str]] = []
    for part, bands in PARTS.items():
        folder = row.folder(bands[0])
        if not folder:
            exists[part] = part in check.absent
            if not exists[part]:
                why = "no reference map" if part == "ref" else row.reason or "the index names none"
                faults.append((part, f"no folder: {why}"))
            continue
        sizes = listings.sizes(folder)
        before = len(faults)
        missing = [band for band in bands if not sizes.get(name_of(row.file(band)))]
        for band in missing:
            there = name_of(row.file(band)) in sizes
            faults.append((row.file(band), "empty" if there else "missing"))
        exists[part] = len(faults) == before
        if check.depth != "exists":
            for band in bands:
                if band not in missing:
                    faults += _look_into(row, band, check.depth, storage)
    return Verdict(row.patch_id, exists, tuple(faults))


def _look_into(row: PatchRow, band: str, depth: str, storage: Storage) -> List[Tuple[str, str]]:
    try:
        raster = read_band(row, band, storage)
        why = _wrong_nodata(raster, band, row.version)
        if not why and depth == "pixels":
            why = wrong_pixels(raster, band)
    except MissingInput:
        why = "missing"
    except (StoreOutage, MissingPackage):
        raise
    except CoverloomError as error:
        why = error.what
    return [(row.file(band), why)] if why else []


def _wrong_nodata(raster: Raster, band: str, version: int) -> str:
    expected: Optional[float] = None if version == 1 or band in S1_BANDS else 0.0
    if raster.nodata in (expected, None):
        return ""
    return f"nodata is {raster.nodata:g}, expected {'none' if expected is None else expected}"


def wrong_pixels(raster: Raster, band: str) -> str:
    """What no sound file of a band holds; empty if nothing is wrong."""
    pixels = raster.pixels
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        return f"{int((~np.isfinite(pixels)).sum())} pixels are not finite"
    if not pixels.any():
        return "all pixels are zero"
    if band == MAP:
        nomenclature("clc").classes_of(pixels)  # raises where a code is unknown
    return ""


class _Listings:
    """Which files lie in a folder, with as few listings of an object store as may be."""

    def __init__(self, storage: Storage, rows: Tuple[PatchRow, ...]) -> None:
        self._storage = storage
        self._known: Dict[str, Dict[str, int]] = {}
        # Version 1 has no scene folders: there the parent is the whole archive.
        for part in PARTS.values() if all(row.version == 2 for row in rows) else ():
            folders = [folder for row in rows if is_remote(folder := row.folder(part[0]))]
            scenes = Counter(map(_parent, folders))
            for scene, count in scenes.items():
                if count >= _SCENE_PAYS:
                    self._list_scene(scene, {f for f in folders if _parent(f) == scene})

    def sizes(self, folder: str) -> Dict[str, int]:
        """File name to bytes; empty if there is no such folder."""
        if folder in self._known:
            return self._known[folder]
        try:
            return {f.name: f.size for f in self._storage.list(folder) if not f.folder}
        except MissingInput:
            return {}

    def _list_scene(self, scene: str, folders: Set[str]) -> None:
        self._known.update({folder: {} for folder in folders})
        try:
            for file in self._storage.files(scene):
                folder = _parent(file.path)
                if folder in folders:
                    self._known[folder][file.name] = file.size
        except MissingInput:
            return  # then each of its patches is missing


def _parent(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]
