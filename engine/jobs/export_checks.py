# SPDX-License-Identifier: GPL-3.0-or-later
"""What would make an export pointless or dangerous, seen before it does harm."""

from __future__ import annotations

from typing import Any, Dict, Sequence

from ..contract.errors import InvalidRequest, UnusablePatch
from ..contract.jobs.exportdataset import ExportDataset
from ..core.storage import is_remote, join
from ..datasets.folder import LOG, summary
from ..datasets.patch import array_of
from ..datasets.shards import ShardPlan
from ..patches.archive import check_there
from ..patches.index import PatchIndex


def check_deletion(request: ExportDataset, index: PatchIndex) -> None:
    """Sources are deleted of true pairs alone, and on this machine alone.

    Raises:
        InvalidRequest: DELETE_SOURCES is set where that is not so.
    """
    if not request.delete_sources:
        return
    if index.card["made"].get("by") != "metadata":
        raise InvalidRequest(
            "DELETE_SOURCES is set, but the index was made without the official metadata.",
            "Index the archive with METADATA: only its pairs are true beyond doubt.",
        )
    if is_remote(request.output) or any(is_remote(r) for r in index.card["roots"].values() if r):
        raise InvalidRequest(
            "DELETE_SOURCES is set, but the archive or the output is remote.",
            "Delete remote files by the store's own means.",
        )


def check_statistics(request: ExportDataset, index: PatchIndex, plans: Sequence[ShardPlan]) -> None:
    """See that z-scores have statistics, before a folder holds to the request.

    Raises:
        InvalidRequest: They have none.
    """
    if request.statistics == "official" and len(set(index.column("version").tolist())) > 1:
        raise InvalidRequest(
            "The index mixes BigEarthNet versions 1 and 2, whose official statistics differ.",
            "Set STATISTICS to train.",
        )
    learnt = request.scaling == "zscore" and request.statistics == "train"
    if learnt and not any(plan.split == "train" for plan in plans):
        raise InvalidRequest(
            "There is no training patch to take z-scores' statistics from.",
            "Set STATISTICS to official, or choose another SPLITS.",
        )


def check_archive(request: ExportDataset, index: PatchIndex) -> None:
    """See that what is read lies where it did; a cluster's workers see by themselves.

    Raises:
        MissingInput: A folder of the archive is not there.
    """
    arrays, roots = {array_of(name) for name in request.band_names()}, index.card["roots"]
    maps = request.labels in ("pixels", "both")
    used = {"s2": "s2_data" in arrays, "s1": "s1_data" in arrays, "maps": maps}
    if not request.scheduler:
        check_there(roots.get(part, "") for part, wanted in used.items() if wanted)


def check_written(records: Sequence[Dict[str, Any]], folder: str) -> None:
    """See that there is a patch: a dataset of none would look like success.

    Args:
        records: Of all shards, condensed.
        folder: The dataset's.

    Raises:
        UnusablePatch: There is none.
    """
    counts = summary(records)
    if counts["failed"] and not counts["written"]:
        name, reason = next(fault for record in records for fault in record["faults"])
        raise UnusablePatch(
            f"None of the {counts['failed']} patches could be written. The first is {name}: "
            f"{reason}",
            f"{join(folder, LOG)} says why of each; 'Validate patches' looks at all files.",
        )
