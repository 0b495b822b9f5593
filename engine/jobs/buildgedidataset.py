# SPDX-License-Identifier: GPL-3.0-or-later
"""From GEDI granules to a biomass dataset in one, or from any table on."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np

from ..contract.errors import EmptySelection, UnwritablePath
from ..contract.events import Emit, Message
from ..contract.jobs.buildgedidataset import BuildGediDataset
from ..core.files import discard, on_disk
from ..gedi.folder import LEFTOVER
from ..gedi.footprints import Footprints
from ..gedi.subset import by_place
from ..gedi.tables import read_table, write_table
from .gedi_dataset import fuse, write_card
from .gedi_extraction import Extracted, extract
from .gedi_tables import combine, conditions_of, draw, of_years, subset

# Share of the whole job at which each split's extraction begins and ends.
_SHARES = {"train": (0.05, 0.6), "validation": (0.6, 0.65), "test": (0.65, 0.95)}
_KNOWN = {"tables", "batches", "dataset.json", *(f"{split}.h5" for split in _SHARES)}


def run(request: BuildGediDataset, emit: Emit) -> Dict[str, Any]:
    """Write the dataset; returns its folder and its files.

    Raises:
        EmptySelection: No footprint for training could be extracted.
    """
    output = on_disk(request.output)
    _refuse_foreign(output)
    tables = _tables(request, emit)
    done: Dict[str, Extracted] = {}
    for split, table in tables.items():
        folder = str(output / "batches" / split)
        done[split] = extract(request, table, folder, emit, _SHARES[split])
    files: Dict[str, str] = {}
    for split, extracted in done.items():
        if not extracted.files:
            emit(Message(f"No footprint of {split} could be extracted.", "warning"))
            continue
        files[split] = str(output / f"{split}.h5")
        fuse(extracted.files, files[split], request.on_mismatch, emit)
        write_card(files[split], split, emit)
    if "train" not in files:
        reasons = "; ".join(f"{n} {why}" for e in done.values() for why, n in e.reasons.items())
        raise EmptySelection(
            f"No footprint for training could be extracted: {reasons}.",
            "Give a catalogue of the footprints' places and times, more DAYS, or more MAX_CLOUD.",
        )
    return {
        "OUTPUT": request.output,
        "TRAIN": files.get("train"),
        "TEST": files.get("test"),
        "EXTRACTED": sum(extracted.extracted for extracted in done.values()),
        "REJECTED": sum(extracted.rejected for extracted in done.values()),
    }


def _refuse_foreign(output: Path) -> None:
    """Check that a folder is this job's to fill, and take away what a killed run left in it."""
    names = {path.name for path in output.iterdir()} if output.is_dir() else set()
    foreign = sorted(name for name in names - _KNOWN if not name.startswith("."))
    if foreign or output.is_file():
        raise UnwritablePath(
            f"{output} holds {', '.join(foreign[:3]) or 'a file'}, which is of no such dataset.",
            "Give a new or an empty folder.",
        )
    for path in output.glob(".*.part*"):  # what a killed run left
        if LEFTOVER.fullmatch(path.name):
            discard(path)


def _tables(request: BuildGediDataset, emit: Emit) -> Dict[str, str]:
    """Split to the table to extract; made from what is given, in the folder ``tables``."""
    folder = Path(request.output, "tables")
    plots = str(folder) if request.plots else ""
    rngs = np.random.default_rng(request.seed).spawn(5)
    given = {
        "train": (request.train_combined, request.train_subset, request.train_size),
        "test": (request.test_combined, request.test_subset, request.test_size),
    }
    combined = _combined(request, given, rngs[:2], folder, plots, emit)
    found: Dict[str, str] = {}
    for (split, (_, ready, size)), rng in zip(given.items(), rngs[2:4]):
        if ready:
            found[split] = ready
        elif split in combined:
            found[split] = combined[split]
            table = read_table(combined[split])
            if size and len(table) > size:
                chosen = subset(table, size, rng, emit)
                found[split] = str(folder / f"{split}_subset.csv")
                write_table(found[split], chosen)
                draw(plots, f"{split}_distribution_subset", f"{split}, subset", chosen, table)
    if "train" not in found:
        raise EmptySelection("There is nothing to train on.", "Give INPUT or TRAIN_COMBINED.")
    return _with_validation(found, request.validation_share, rngs[4], folder)


def _with_validation(
    found: Dict[str, str], share: float, rng: np.random.Generator, folder: Path
) -> Dict[str, str]:
    """Part of the training table becomes a table of its own."""
    table = read_table(found["train"])
    if not share or not len(table):
        return found
    chosen = by_place(table["lon_lowestmode"], table["lat_lowestmode"], share, rng)
    parts = {"train": table.select(~chosen), "validation": table.select(chosen)}
    parts = {split: part for split, part in parts.items() if len(part)}
    for split, part in parts.items():
        write_table(str(folder / f"{split}.csv"), part)
    made = {split: str(folder / f"{split}.csv") for split in parts}
    return {**made, **{split: path for split, path in found.items() if split != "train"}}


def _combined(
    request: BuildGediDataset,
    given: Dict[str, Tuple[str, str, int]],
    rngs: List[np.random.Generator],
    folder: Path,
    plots: str,
    emit: Emit,
) -> Dict[str, str]:
    """Split to its table of all footprints worth keeping; only of splits that need one."""
    found = {split: tables[0] for split, tables in given.items() if tables[0]}
    needed = [s for s, tables in given.items() if not tables[0] and not tables[1]]
    if not request.input or not needed:
        return found
    everything = combine(
        request.input, conditions_of(request), emit, request.workers, request.scheduler
    )
    years = {"train": request.train_years, "test": request.test_years}
    for split, rng in zip(given, rngs):
        if split not in needed or not years[split]:
            continue
        table = of_years(everything, years[split], rng, split == "train", emit)
        if not len(table):
            continue
        found[split] = str(folder / f"{split}_combined.csv")
        write_table(found[split], table)
        before: Footprints = everything.everything.select(
            np.isin(everything.everything.years, years[split])
        )
        draw(plots, f"{split}_distribution", split, table, before)
    return found
