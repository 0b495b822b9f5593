# SPDX-License-Identifier: GPL-3.0-or-later
"""Granules to tables: what 'combinegedi' and 'buildgedidataset' share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from ..contract.errors import EmptySelection, WorkerCrashed
from ..contract.events import Emit, Message
from ..contract.jobs.combinegedi import GediFilter
from ..core.address import whole
from ..core.progress import ProgressMeter
from ..core.units import run_units
from ..gedi.filters import FootprintFilter
from ..gedi.footprints import Footprints, join
from ..gedi.granule import find_granules, read_granule
from ..gedi.plots import plot_distribution
from ..gedi.region import read_region
from ..gedi.subset import choose_even


@dataclass(frozen=True)
class GranuleTask:
    """One granule to read.

    Args:
        path: The granule.
        conditions: Which of its footprints to keep.
    """

    path: str
    conditions: FootprintFilter


@dataclass(frozen=True)
class Combined:
    """All granules together.

    Args:
        everything: What was in the granules.
        kept: What meets the conditions; each shot once.
        counts: Condition to footprints left after it.
    """

    everything: Footprints
    kept: Footprints
    counts: Dict[str, int]


def conditions_of(request: GediFilter) -> FootprintFilter:
    """The conditions that a request asks for; raises as ``read_region``."""
    return FootprintFilter(
        request.max_relative_error,
        request.flags,
        request.not_degraded,
        request.min_sensitivity,
        request.night_only,
        request.power_beams_only,
        request.min_agbd,
        request.max_agbd,
        read_region(request.region, request.extent, request.extent_crs),
    )


def read_one(task: GranuleTask) -> Tuple[Footprints, Footprints, Dict[str, int]]:
    """All of a granule, what is kept of it, and how many are left after each condition."""
    table = read_granule(task.path, task.conditions.flags, task.conditions.fields)
    kept, counts = task.conditions.apply(table)
    return table, kept, counts


def combine(
    inputs: Sequence[str],
    conditions: FootprintFilter,
    emit: Emit,
    workers: int = 1,
    scheduler: str = "",
) -> Combined:
    """Read and filter granules.

    Raises:
        MissingInput: There are none.
        NotAGranule: One cannot be used.
        WorkerCrashed: A process ended while it read one.
    """
    paths = [whole(path) for path in find_granules(inputs)]
    meter = ProgressMeter(emit, len(paths), stop=0.8, text="Reading granules")
    units = [(path, GranuleTask(path, conditions)) for path in paths]
    found: Dict[str, Tuple[Footprints, Footprints, Dict[str, int]]] = {}
    for outcome in run_units(read_one, units, workers, scheduler, emit=emit, paths=paths[:1]):
        if outcome.value is None:
            raise WorkerCrashed(f"{outcome.key} was not read: {outcome.lost}.", "Try again.")
        found[outcome.key] = outcome.value
        meter.advance()
    parts = [found[path] for path in paths]
    counts = {name: sum(part[2][name] for part in parts) for name in parts[0][2]}
    kept = join(part[1] for part in parts)
    unique = np.sort(np.unique(kept["shot_number"], return_index=True)[1])
    if len(unique) < len(kept):
        emit(Message(f"{len(kept) - len(unique)} footprints came twice.", "warning"))
    steps = ", ".join(f"{count} by {name}" for name, count in list(counts.items())[1:])
    emit(Message(f"{len(paths)} granules, {counts['all']} footprints; left are {steps}."))
    return Combined(join(part[0] for part in parts), kept.select(unique), counts)


def of_years(
    combined: Combined, years: Sequence[int], rng: np.random.Generator, needed: bool, emit: Emit
) -> Footprints:
    """The footprints of some years, shuffled.

    Raises:
        EmptySelection: There are none, although they are needed.
    """
    table = combined.kept.select(np.isin(combined.kept.years, years))
    spelled = ", ".join(map(str, years))
    if not len(table):
        there = sorted(set(combined.everything.years.tolist()))
        what = (
            f"No footprint of {spelled} is left; the granules are of "
            f"{', '.join(map(str, there)) or 'no year'}, and {len(combined.kept)} of "
            f"{combined.counts['all']} footprints meet the conditions."
        )
        if needed:
            raise EmptySelection(
                what, "Give granules of those years, other years, or less strict conditions."
            )
        emit(Message(what, "warning"))
    return table.select(rng.permutation(len(table)))


def subset(table: Footprints, size: int, rng: np.random.Generator, emit: Emit) -> Footprints:
    """At most ``size`` footprints, even over the days, in the table's order."""
    chosen = table.select(choose_even(table.days, size, rng))
    if len(table) < size:
        emit(Message(f"There are only {len(table)} footprints, not {size}.", "warning"))
    days = len(set(chosen.days.tolist()))
    emit(Message(f"{len(chosen)} of {len(table)} footprints, on {days} days of the year."))
    return chosen


def draw(folder: str, stem: str, title: str, table: Footprints, before: Any = None) -> List[str]:
    """Pictures of a distribution; none without a folder."""
    if not folder:
        return []
    return plot_distribution(folder, stem, title, table, before)
