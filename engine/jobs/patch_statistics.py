# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of the training patches, read before any of them is written."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Sequence, Tuple

from ..contract.errors import CoverloomError, MissingPackage, StoreOutage
from ..contract.events import Emit, Message
from ..core.progress import ProgressMeter
from ..core.units import run_units
from ..datasets.making import Hands
from ..datasets.shards import ShardPlan
from ..datasets.statistics import Moments, merge_all
from ..patches.index import PatchIndex
from ..patches.row import PatchRow
from .patch_export import PatchMaker

_CHUNK = 200
Unit = Tuple[PatchMaker, Tuple[PatchRow, ...]]


def measure_training(
    maker: PatchMaker,
    index: PatchIndex,
    plans: Sequence[ShardPlan],
    hands: Hands,
    emit: Emit,
) -> Moments:
    """Read every training patch once.

    Args:
        maker: Says which bands, and how they come to 10 m.
        index: The patches.
        plans: All shards; those of ``train`` count.
        hands: Who does it.
        emit: Where progress goes.
    """
    rows = sorted(row for plan in plans if plan.split == "train" for row in plan.rows)
    meter = ProgressMeter(emit, len(rows), text="Measuring the training patches")
    starts = range(0, len(rows), _CHUNK)
    chunks = {f"measure-{n:06d}": rows[i : i + _CHUNK] for n, i in enumerate(starts)}

    def units() -> Iterator[Tuple[str, Unit]]:
        for name, chunk in chunks.items():
            yield name, (maker, tuple(index.rows(chunk)))

    parts: Dict[str, List[Any]] = {}
    for outcome in run_units(
        measure_rows, units(), hands.workers, hands.scheduler, emit=emit, paths=hands.paths
    ):
        count = len(chunks[outcome.key])
        if outcome.value is None:
            text = f"{count} training patches are not in the statistics: {outcome.lost}."
            emit(Message(text, "warning"))
        parts[outcome.key] = outcome.value or Moments.none(len(maker.bands)).to_list()
        meter.advance(count)
    return merge_all([parts[key] for key in sorted(parts)], len(maker.bands))


def measure_rows(unit: Unit) -> List[List[float]]:
    """Statistics of some rows; what cannot be read is left out, as it will be in writing.

    Raises:
        StoreOutage: The patches' store does not answer.
        MissingPackage: This Python lacks what every patch needs.
    """
    maker, rows = unit
    total = Moments.none(len(maker.bands))
    for row in rows:
        try:
            total = total.merge(maker.measure(row))
        except (StoreOutage, MissingPackage):
            raise
        except (CoverloomError, OSError, ValueError):
            continue
    return total.to_list()
