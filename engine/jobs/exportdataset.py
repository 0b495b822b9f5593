# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the patches of an index as a training dataset."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any, Dict, Sequence, Tuple

import numpy as np

from ..contract.errors import UnusablePatch
from ..contract.events import Emit, Message
from ..contract.jobs.exportdataset import ExportDataset
from ..core.bigearthnet import STATISTICS as OFFICIAL_STATISTICS
from ..core.dataset_card import DatasetBand, DatasetCard
from ..core.storage import Storage, join
from ..datasets.encoding import band_codes
from ..datasets.folder import LOG, SHOWN, DatasetFolder, summary
from ..datasets.format import compression_of
from ..datasets.making import Hands, complete_card, write_shards
from ..datasets.patch import Layout, array_of
from ..datasets.shards import ShardPlan, ShardTask, plan_shards
from ..datasets.statistics import Moments, pairs
from ..patches.index import PatchIndex, read_index
from ..patches.leakage import leakage_sentence
from ..patches.nomenclature import nomenclature
from ..patches.selection import Criteria, Selection, select_patches
from .export_checks import check_archive, check_deletion, check_statistics, check_written
from .patch_export import PIXEL_M, PX, PatchMaker, SourceDeleter
from .patch_statistics import measure_training

_LICENCE = "https://cdla.dev/permissive-1-0/"
_PAPERS = {
    1: "Sumbul et al., BigEarthNet-MM (2021), doi:10.1109/MGRS.2021.3089174",
    2: "Clasen et al., reBEN: Refined BigEarthNet Dataset (2024)",
}
# What may differ between a run and the one it goes on with.
_FREE = ("output", "workers", "scheduler", "resume", "min_free_gb", "dry_run", "delete_sources")
STATISTICS = "statistics.json"


def run(request: ExportDataset, emit: Emit) -> Dict[str, Any]:
    """Write the dataset; returns its folder, its log and how many patches it has."""
    compression_of(request.format, request.compression)  # before anything is read
    index = read_index(request.index)
    check_deletion(request, index)
    chosen = select_patches(index, _criteria(request))
    for reason, count in chosen.left_out.items():
        emit(Message(f"{count} patches left out: {reason}."))
    if chosen.leakage:
        emit(Message(leakage_sentence(chosen.leakage)))
    order = np.random.default_rng(request.seed).spawn(3)[2]
    plans = plan_shards(chosen.split.tolist(), request.shard_size, order)
    check_statistics(request, index, plans)  # before the folder holds to these settings
    deleting = request.delete_sources and not request.dry_run
    folder = DatasetFolder(request.output, _settings(request), request.resume, deleting)
    read = tuple(index.card["roots"].values())
    hands = Hands(request.workers, request.scheduler, request.min_free_gb, paths=read)
    card = _card(request, _statistics(request, index, plans, folder, hands, emit))
    maker = _maker(request, card)
    after = SourceDeleter(maker, request.dry_run) if request.delete_sources else None
    layout = Layout.of_card(card)

    def task_of(plan: ShardPlan) -> ShardTask:
        check_archive(request, index)  # for a disk may come loose at any time
        items = tuple((row.patch_id, (row, plan.split)) for row in index.rows(plan.rows))
        classes = len(card.classes) if card.classes else 0
        return ShardTask(
            plan, folder.path, request.format, layout, items, maker, after, classes, deleting
        )

    records = write_shards(folder, plans, task_of, hands, emit)
    check_written(records, folder.path)
    measured = request.statistics == "train" and request.scaling != "zscore"
    folder.finish(complete_card(card, records, _provenance(request, index, chosen), measured))
    return {"OUTPUT": request.output, "LOG": join(request.output, LOG), **_report(records, emit)}


def _report(records: Sequence[Dict[str, Any]], emit: Emit) -> Dict[str, int]:
    counts = summary(records)
    faults = [fault for record in records for fault in record["faults"]]
    for name, reason in faults[:SHOWN]:
        emit(Message(f"{name}: {reason}", "warning"))
    more = counts["failed"] - SHOWN
    if more > 0:
        emit(Message(f"{more} more patches failed; the log names them.", "warning"))
    _tell_deletion(records, emit)
    return {"WRITTEN": counts["written"], "FAILED": counts["failed"]}


def _tell_deletion(records: Sequence[Dict[str, Any]], emit: Emit) -> None:
    for key, words in (("deleted_mb", "were deleted"), ("would_delete_mb", "would be deleted")):
        having = [record[key] for record in records if key in record]
        if having:
            files, size = map(sum, zip(*having))
            emit(Message(f"{files} source files, {size:.1f} MB, {words}; the log names them."))
    kept = sum(record["kept"] for record in records)
    if kept:
        emit(Message(f"The sources of {kept} patches were kept; the log says why.", "warning"))


def _criteria(request: ExportDataset) -> Criteria:
    arrays = {array_of(name) for name in request.band_names()}
    return Criteria(
        s2="s2_data" in arrays,
        s1="s1_data" in arrays,
        maps=request.labels in ("pixels", "both"),
        splits=request.splits,
        split_files=request.split_files,
        countries=request.countries,
        fraction=request.fraction,
        exclude_snow=request.exclude_snow,
        exclude_cloud=request.exclude_cloud,
        seed=request.seed,
    )


def _settings(request: ExportDataset) -> Dict[str, Any]:
    """All that decides what is written, with the index by its content."""
    fields = dataclasses.asdict(request)
    kept = {name: value for name, value in fields.items() if name not in _FREE}
    digest = hashlib.sha256(Storage().read_bytes(request.index)).hexdigest()
    return {"job": request.name, **kept, "index": digest, "bands": request.band_names()}


def _card(request: ExportDataset, statistics: Dict[str, Tuple[float, float]]) -> DatasetCard:
    labelled = request.labels != "none"
    return DatasetCard(
        name="BigEarthNet",
        format=request.format,
        bands=_bands(request, statistics),
        patch=(PX, PX),
        dtype=request.dtype,
        compression=compression_of(request.format, request.compression),
        scaling=request.scaling,
        resolution=PIXEL_M,
        labels=request.labels,
        classes=nomenclature(request.nomenclature).scheme if labelled else None,
        statistics=request.statistics,
    )


def _bands(
    request: ExportDataset, statistics: Dict[str, Tuple[float, float]]
) -> Tuple[DatasetBand, ...]:
    """The card's bands: one array after the other, in the order asked for within each."""
    names = request.band_names()
    arrays = list(dict.fromkeys(map(array_of, names)))
    ordered = sorted(names, key=lambda name: arrays.index(array_of(name)))
    return band_codes(ordered, request.scaling, request.dtype, statistics)


def _maker(request: ExportDataset, card: DatasetCard) -> PatchMaker:
    return PatchMaker(
        card.bands,
        card.dtype,
        card.scaling,
        request.resampling,
        request.labels,
        request.nomenclature,
    )


def _statistics(
    request: ExportDataset,
    index: PatchIndex,
    plans: Sequence[ShardPlan],
    folder: DatasetFolder,
    hands: Hands,
    emit: Emit,
) -> Dict[str, Tuple[float, float]]:
    """Band to (mean, std) where they must be known before the first patch is written."""
    if request.statistics == "official":
        return OFFICIAL_STATISTICS[int(index.column("version")[0])]
    if request.scaling != "zscore":
        return {}
    names = [band.name for band in _bands(request, {})]
    found = folder.note(STATISTICS)
    if found is None:
        check_archive(request, index)
        bands = _bands(request, {})
        maker = PatchMaker(bands, "float32", "none", request.resampling, "none", "ben19")
        moments = measure_training(maker, index, plans, hands, emit)
        if not moments.count.all():
            raise UnusablePatch(
                "Of the training patches none can be read, so that z-scores have no statistics.",
                "'Validate patches' says what is wrong with them; or set STATISTICS to official.",
            )
        found = moments.to_list()
        folder.put(STATISTICS, json.dumps(found))
    return pairs(names, Moments.from_list(found))


def _provenance(request: ExportDataset, index: PatchIndex, chosen: Selection) -> Dict[str, Any]:
    return {
        "request": {k: v for k, v in dataclasses.asdict(request).items() if k not in _FREE},
        "source": "BigEarthNet",
        "licence": _LICENCE,
        "citation": "; ".join(_PAPERS[v] for v in sorted(set(index.column("version").tolist()))),
        "index": index.card["counts"],
        "left_out": chosen.left_out,
        "leakage": chosen.leakage,
    }
