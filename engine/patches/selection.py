# SPDX-License-Identifier: GPL-3.0-or-later
"""Which patches of an index go into a dataset, and into which split of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt

from ..contract.errors import EmptySelection, InvalidRequest
from ..core.storage import Storage
from .index import PatchIndex
from .leakage import leakage
from .splits import block_split, country_split, file_split, official_split, sample_fraction


@dataclass(frozen=True)
class Criteria:
    """What to choose by.

    Args:
        s2, s1, maps: Which parts a patch must have; both sensors only as a true pair.
        splits: ``official``, ``metadata``, ``country``, ``blocks`` or ``files``.
        split_files: CSV files, for ``files``.
        countries: English names; empty for all.
        fraction: Share of each split, in (0, 1].
        exclude_snow, exclude_cloud: Leave out what the metadata flag so.
        seed: Seed of splits and sample.
    """

    s2: bool
    s1: bool
    maps: bool
    splits: str
    split_files: Tuple[str, ...]
    countries: Tuple[str, ...]
    fraction: float
    exclude_snow: bool
    exclude_cloud: bool
    seed: int


@dataclass(frozen=True)
class Selection:
    """The choice.

    Args:
        split: ``(N,)`` split names, empty text for rows left out.
        left_out: Why rows were left out, and how many each; a row counts once.
        leakage: What ``leakage`` says of the chosen rows; empty where places are not known.
    """

    split: np.ndarray
    left_out: Dict[str, int]
    leakage: Dict[str, int]


def select_patches(index: PatchIndex, criteria: Criteria) -> Selection:
    """Choose rows of an index.

    Raises:
        EmptySelection: None is left.
        InvalidRequest: A country that no row has, or a split that the rows cannot give.
    """
    keep = np.ones(len(index), bool)
    left_out: Dict[str, int] = {}
    _check_countries(index, criteria.countries)
    _check_flags(index, criteria)
    for reason, good in _tests(index, criteria).items():
        lost = int((keep & ~good).sum())
        if lost:
            left_out[reason] = lost
        keep &= good
    split = np.full(len(index), "", object)
    rows = np.flatnonzero(keep)
    if len(rows):
        splitting, sampling = np.random.default_rng(criteria.seed).spawn(2)
        split[rows] = _split(index.select(rows), criteria, splitting)
        unlisted = int((split[rows] == "").sum())
        if unlisted:
            left_out["in no split"] = unlisted
        rows = rows[split[rows] != ""]
        sampled = rows[sample_fraction(split[rows], criteria.fraction, sampling)]
        if len(sampled) < len(rows):
            left_out["not sampled"] = len(rows) - len(sampled)
        chosen = np.full(len(index), "", object)
        chosen[sampled] = split[sampled]
        split = chosen
    if not (split != "").any():
        why = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise EmptySelection(
            f"None of the index's {len(index)} patches is left: {why or 'it is empty'}.",
            "Ask for fewer bands or other labels, exclude less, or raise FRACTION.",
        )
    return Selection(split, left_out, _leaks(index, split))


def _tests(index: PatchIndex, criteria: Criteria) -> Dict[str, np.ndarray]:
    """Reason to leave a row out to ``(N,)`` bool: True where it may stay."""
    tests: Dict[str, np.ndarray] = {}
    if criteria.s2:
        tests["without Sentinel-2"] = index.column("s2_path") != ""
    if criteria.s1:
        tests["without Sentinel-1"] = index.column("s1_path") != ""
    if criteria.s1 and (criteria.s2 or criteria.maps):
        tests["not paired beyond doubt"] = index.column("status") == "paired"
    if criteria.maps:
        tests["without reference map"] = index.column("map_path") != ""
    if criteria.countries:
        tests["in other countries"] = np.isin(
            index.column("country").astype(str), criteria.countries
        )
    if criteria.exclude_snow:
        tests["with snow"] = index.column("contains_seasonal_snow") != True  # noqa: E712
    if criteria.exclude_cloud:
        tests["with cloud or shadow"] = index.column("contains_cloud_or_shadow") != True  # noqa: E712
    return tests


def _check_countries(index: PatchIndex, countries: Tuple[str, ...]) -> None:
    known = sorted(set(index.column("country").tolist()) - {""})
    strange = [name for name in countries if name not in known]
    if strange:
        raise InvalidRequest(
            f"COUNTRIES has {', '.join(strange)}, where no patch lies.",
            f"The index knows {', '.join(known) or 'no country of any patch'}.",
        )


def _check_flags(index: PatchIndex, criteria: Criteria) -> None:
    """Where nothing is known, excluding nothing would look like success."""
    asked = {
        "EXCLUDE_SNOW": (criteria.exclude_snow, "contains_seasonal_snow"),
        "EXCLUDE_CLOUD": (criteria.exclude_cloud, "contains_cloud_or_shadow"),
    }
    for name, (wanted, column) in asked.items():
        if wanted and len(index) and index.table.column(column).null_count == len(index):
            raise InvalidRequest(
                f"{name} is set, but the index has no {column} for any patch.",
                "Index the archive with METADATA: the official parquet files, or the published "
                "lists of patches with snow and with cloud.",
            )


def _split(index: PatchIndex, criteria: Criteria, rng: np.random.Generator) -> np.ndarray:
    if criteria.splits == "files":
        names = [index.column(n) for n in ("patch_id", "s2v1_name", "s1_name")]
        return file_split(names, criteria.split_files, Storage())
    if criteria.splits == "metadata":
        return index.column("split")
    if criteria.splits == "blocks":
        epsg, ulx, uly = _places(index, ("epsg", "ulx", "uly"), "blocks", "place on the ground")
        return block_split(epsg.astype(np.int64), ulx, uly, rng)
    h, v = _places(index, ("h", "v"), criteria.splits, "place in its tile")
    if criteria.splits == "official":
        return official_split(h, v)
    tile = np.unique(index.column("tile").astype(str), return_inverse=True)[1]
    place = (tile * 128 + h.astype(np.int64)) * 128 + v.astype(np.int64)
    return country_split(index.column("country"), place, rng)


def _places(
    index: PatchIndex, names: Sequence[str], splits: str, what: str
) -> List[npt.NDArray[np.float64]]:
    """Columns of numbers, seen to be known of every patch."""
    columns = [index.column(name).astype(np.float64) for name in names]
    unknown = np.logical_or.reduce([np.isnan(column) for column in columns])
    if unknown.any():
        raise InvalidRequest(
            f"SPLITS {splits!r} needs each patch's {what}, "
            f"which {int(unknown.sum())} patches lack.",
            "Use SPLITS 'metadata' or 'files'.",
        )
    return columns


def _leaks(index: PatchIndex, split: np.ndarray) -> Dict[str, int]:
    chosen = split != ""
    places = [index.column(name).astype(np.float64)[chosen] for name in ("epsg", "ulx", "uly")]
    if any(np.isnan(column).any() for column in places):
        return {}
    return leakage(split[chosen].astype(str), places[0].astype(np.int64), places[1], places[2])
