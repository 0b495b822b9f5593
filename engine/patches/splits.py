# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches train, validate and test a model.

Patches of one place, at whatever date, always get one split: else the test would hold what the
training saw.
"""

from __future__ import annotations

import math
from typing import Dict, Sequence, Tuple

import numpy as np

from ..contract.errors import InvalidRequest, MissingInput, UnreadableTable
from ..core.storage import Storage, name_of
from .name_lists import read_names
from .row import SIDE_M

SPLITS = ("train", "validation", "test")
OFFICIAL_SHARES = (0.5, 0.25, 0.25)
_TILE_M = 109_800.0
_WORDS = {"train": "train", "validation": "val", "test": "test"}


def official_split(h: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The official version 2 split, which is a function of the place in the tile.

    A ring along the tile's border trains, the ring inside it validates, the core tests; the
    rings are so wide that the areas are a half and two quarters. Right for all 549,488 patches.

    Args:
        h: ``(N,)`` columns in the tile.
        v: ``(N,)`` rows in the tile.

    Returns:
        ``(N,)`` of ``SPLITS``.
    """
    x, y = (h + 0.5) * SIDE_M, (v + 0.5) * SIDE_M
    depth = np.minimum(np.minimum(x, y), np.minimum(_TILE_M - x, _TILE_M - y))
    outer = _TILE_M * (2 - math.sqrt(2)) / 4
    inner = outer + _TILE_M * (math.sqrt(2) - 1) / 4
    ring = np.where(depth < outer, 0, np.where(depth < inner, 1, 2))
    names: np.ndarray = np.array(SPLITS, object)[ring]
    return names


def sample_fraction(split: np.ndarray, fraction: float, rng: np.random.Generator) -> np.ndarray:
    """Choose a share of each split.

    Args:
        split: ``(N,)`` split names.
        fraction: Share in (0, 1]; each split gives this share of its rows, rounded to even.
        rng: Source of chance.

    Returns:
        Sorted row numbers.

    Raises:
        InvalidRequest: ``fraction`` is no such share.
    """
    if not 0 < fraction <= 1:
        raise InvalidRequest(f"FRACTION is {fraction}.", "Give a number above 0 and at most 1.")
    chosen = []
    for name in sorted(set(split.tolist())):
        rows = np.flatnonzero(split == name)
        count = round(fraction * len(rows))
        chosen.append(rows if count == len(rows) else rng.choice(rows, count, replace=False))
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)


def country_split(
    country: np.ndarray,
    place: np.ndarray,
    rng: np.random.Generator,
    shares: Sequence[float] = OFFICIAL_SHARES,
) -> np.ndarray:
    """Random splits with the same shares in every country.

    Args:
        country: ``(N,)`` names.
        place: ``(N,)`` numbers, equal for patches of one place.
        rng: Source of chance.
        shares: Of train, validation and test.

    Returns:
        ``(N,)`` of ``SPLITS``.
    """
    split = np.zeros(len(country), np.int64)
    for name in sorted(set(country.tolist())):
        rows = np.flatnonzero(country == name)
        split[rows] = _deal(place[rows], rng, shares)
    names: np.ndarray = np.array(SPLITS, object)[split]
    return names


def block_split(
    epsg: np.ndarray,
    ulx: np.ndarray,
    uly: np.ndarray,
    rng: np.random.Generator,
    side: int = 10,
    shares: Sequence[float] = OFFICIAL_SHARES,
) -> np.ndarray:
    """Random splits of square blocks on the ground, so that most neighbours stay together.

    Blocks are laid over a UTM zone, not over a tile: tiles overlap by 10 km, and there one
    place would fall into two blocks.

    Args:
        epsg: ``(N,)`` CRS of each patch.
        ulx: ``(N,)`` left edges, metres.
        uly: ``(N,)`` upper edges, metres.
        rng: Source of chance.
        side: Side of a block, in patches of 1.2 km.
        shares: Of train, validation and test, by patches.

    Returns:
        ``(N,)`` of ``SPLITS``.
    """
    metres = side * SIDE_M
    col = np.floor((ulx + SIDE_M / 2) / metres).astype(np.int64)
    row = np.floor((uly - SIDE_M / 2) / metres).astype(np.int64)
    block = (epsg.astype(np.int64) * 100_000 + col) * 100_000 + row
    names: np.ndarray = np.array(SPLITS, object)[_deal(block, rng, shares)]
    return names


def file_split(names: Sequence[np.ndarray], paths: Sequence[str], storage: Storage) -> np.ndarray:
    """Splits from CSV files as they are published: one patch name, or "s2,s1", a row.

    Args:
        names: Arrays ``(N,)`` of names under which a patch may be listed.
        paths: CSV files whose names hold ``train``, ``val`` or ``test``.
        storage: What to read through.

    Returns:
        ``(N,)`` of ``SPLITS``; empty text where no file lists the patch.

    Raises:
        InvalidRequest: A file's name does not say its split.
        UnreadableTable: A patch is in two splits, or no patch is in any.
    """
    listed = _read_lists(paths, storage)
    split = np.full(len(names[0]), "", object)
    for column in names:
        found = np.array([listed.get(name, "") for name in column.tolist()], object)
        split = np.where(split == "", found, split)
    if not (split != "").any():
        raise UnreadableTable(
            f"None of the {len(listed)} names in {', '.join(map(name_of, paths))} is in the index.",
            "Give the split files of this archive's version.",
        )
    return split


def split_of_name(path: str) -> str:
    """The split that a file is called after.

    Raises:
        InvalidRequest: It is called after none, or several.
    """
    name = name_of(path).lower()
    hits = [split for split, word in _WORDS.items() if word in name]
    if len(hits) != 1:
        raise InvalidRequest(
            f"The split file {path} does not say its split.",
            "Its name must hold one of train, val and test.",
        )
    return hits[0]


def _read_lists(paths: Sequence[str], storage: Storage) -> Dict[str, str]:
    if not paths:
        raise MissingInput("There are no split files.", "Give SPLIT_FILES.")
    listed: Dict[str, str] = {}
    for path in paths:
        split = split_of_name(path)
        for row in read_names(path, storage):
            for name in row:
                if listed.setdefault(name, split) != split:
                    raise UnreadableTable(
                        f"{name} is in the split files of {listed[name]} and of {split}.",
                        "List each patch once.",
                    )
    return listed


def _deal(group: np.ndarray, rng: np.random.Generator, shares: Sequence[float]) -> np.ndarray:
    """Deal whole groups out to 0, 1, 2, …, in random order, by their sizes; ``(N,)`` int64."""
    total = math.fsum(shares)
    if min(shares) < 0 or not total > 0:
        raise InvalidRequest(f"The shares are {tuple(shares)}.", "Give numbers of at least 0.")
    _, where, sizes = np.unique(group, return_inverse=True, return_counts=True)
    order = rng.permutation(len(sizes))
    before = np.cumsum(sizes[order]) - sizes[order] / 2  # a group goes where its middle falls
    edges: Tuple[float, ...] = tuple(np.cumsum(shares) / total * len(group))
    dealt = np.empty(len(sizes), np.int64)
    dealt[order] = np.minimum(np.searchsorted(edges, before, side="right"), len(shares) - 1)
    of_all: np.ndarray = dealt[where]
    return of_all
