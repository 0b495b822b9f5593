# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch files to one file and its card: what 'fusehdf5' and 'buildgedidataset' share."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import h5py
import numpy as np

from ..contract.errors import (
    CoverloomError,
    DamagedDataset,
    EmptySelection,
    GridMismatch,
    InvalidCard,
    MissingInput,
    OutputIsInput,
)
from ..contract.events import Emit, Message
from ..core.dataset_card import NAME, DatasetBand, DatasetCard, DatasetFile, DatasetTarget
from ..core.faults import fault
from ..core.files import Staging, on_disk
from ..datasets.statistics import Moments
from ..gedi.batch import checksum
from ..gedi.footprints import FILL
from ..gedi.hdf5 import copy_rows, differences, signature, versions
from ..gedi.layout import GROUP, S2_BANDS
from ..gedi.window import PIXEL_M, SIDE_PX

# The arrays of the card: name in the file, bands, their units.
ARRAYS: Tuple[Tuple[str, Tuple[str, ...], Tuple[str, ...]], ...] = (
    ("Sentinel-2 L2A", S2_BANDS, ("DN",) * len(S2_BANDS)),
    ("CopDEM", ("altitude", "slope"), ("m", "")),
    ("WorldCover", ("worldcover",), ("class",)),
)
_ROWS = 256


def find_files(inputs: Sequence[str], output: str) -> List[str]:
    """HDF5 files given, and those in folders given, by name; without the output itself.

    Raises:
        MissingInput: A path is not there, or there are no files.
        OutputIsInput: The output is one of the files given.
        UnwritablePath: The output is no path of this machine.
    """
    found: List[Path] = []
    final = on_disk(output)
    for text in inputs:
        path = Path(text).absolute()
        if path.is_dir():
            files = sorted(p for p in path.iterdir() if p.suffix.lower() in (".h5", ".hdf5"))
            found += [p for p in files if p != final and not p.name.startswith(".")]
        elif path.is_file():
            if path == final:
                raise OutputIsInput(f"{output} is an input too.", "Give another OUTPUT.")
            found.append(path)
        else:
            raise MissingInput(f"There is no {text}.", "Give HDF5 files, or folders of them.")
    if not found:
        raise MissingInput(f"{', '.join(inputs)} holds no HDF5 files.", "Extract some first.")
    return [str(path) for path in dict.fromkeys(found)]


def fuse(paths: Sequence[str], output: str, on_mismatch: str, emit: Emit) -> int:
    """Write one file of many, whole or not at all; returns its footprints.

    Raises:
        GridMismatch: A file does not fit, and ``on_mismatch`` is ``stop``.
        DamagedDataset: A file is damaged, likewise.
        EmptySelection: None fits.
    """
    fitting: List[str] = []
    first: Dict[str, Any] = {}
    for path in paths:
        try:
            found = signature(path)
            unlike = differences(first, found) if first else []
            if unlike:
                raise GridMismatch(
                    f"{path} does not fit {fitting[0]}: {'; '.join(unlike[:4])}.",
                    "Extract both with the same settings, or set ON_MISMATCH to skip.",
                )
        except CoverloomError as error:
            if on_mismatch == "stop":
                raise
            emit(Message(f"Left out: {error.what}", "warning"))
            continue
        first = first or found
        fitting.append(path)
    if not fitting:
        raise EmptySelection(f"None of {len(paths)} files can be used.", "Extract them again.")
    with Staging() as staging:
        count = copy_rows(fitting, staging.path(output))
        fault("before:fuse")
        staging.publish()
    twice = count - _distinct_shots(output)
    if twice:
        emit(Message(f"{twice} footprints are in more than one file.", "warning"))
    return count


def write_card(output: str, split: str, emit: Emit) -> str:
    """Write ``dataset.json`` beside a fused file, or put the file into the one that is there.

    Returns:
        The card's path.
    """
    path = Path(output).absolute()
    place = path.parent / NAME
    files = _others(place, path.name, emit)
    size, crc = checksum(path)
    with h5py.File(path, "r") as file:
        count = len(file[GROUP]["AGBD Values"])
    files.append(DatasetFile(path.name, split, count, size, crc))
    order = {"train": 0, "validation": 1, "test": 2}
    files.sort(key=lambda item: (order.get(item.split, 3), item.path))
    splits: Dict[str, int] = {}
    for item in files:
        splits[item.split] = splits.get(item.split, 0) + item.count
    learnt = [item.path for item in files if item.split == "train"] or [f.path for f in files]
    bands, target = _measured([path.parent / name for name in learnt])
    card = DatasetCard(
        name="GEDI biomass",
        format="gedi",
        bands=bands,
        patch=(SIDE_PX, SIDE_PX),
        compression="gzip",
        resolution=PIXEL_M,
        splits=splits,
        files=tuple(files),
        target=target,
        provenance={
            "source": "GEDI L4A, Sentinel-2 L2A, Copernicus DEM GLO-30, ESA WorldCover",
            "citation": "Dubayah et al., GEDI L4A Footprint Level Aboveground Biomass Density",
            "versions": versions(),
        },
    )
    with Staging() as staging:
        staging.path(place).write_text(card.to_json(), encoding="utf-8")
        staging.publish()
    return str(place)


def _others(place: Path, name: str, emit: Emit) -> List[DatasetFile]:
    """The other files of the card that is there already, those that are still the same."""
    try:
        card = DatasetCard.from_json(place.read_text(encoding="utf-8"))
    except OSError:
        return []
    except InvalidCard:
        emit(Message(f"{place} was no dataset card and is replaced.", "warning"))
        return []
    if card.format != "gedi":
        raise InvalidCard(
            f"{place} is the card of another dataset.", "Give OUTPUT in a folder of its own."
        )
    kept = []
    for item in card.files:
        path = place.parent / item.path
        if item.path != name and path.is_file() and path.stat().st_size == item.size:
            kept.append(item)
    return kept


def _measured(paths: Sequence[Path]) -> Tuple[Tuple[DatasetBand, ...], DatasetTarget]:
    """Bands and target with their statistics over files."""
    total = [Moments.none(len(bands)) for _, bands, _ in ARRAYS]
    biomass = Moments.none(1)
    slope_unit = ""
    for path in paths:
        try:
            with h5py.File(path, "r") as file:
                group = file[GROUP]
                slope_unit = str(group["CopDEM"].attrs["units"][1])
                for row in range(0, len(group["AGBD Values"]), _ROWS):
                    part = np.s_[row : row + _ROWS]
                    for i, (name, bands, _) in enumerate(ARRAYS):
                        there = [str(band) for band in group[name].attrs["bands"]]
                        planar = group[name][part][:, [there.index(band) for band in bands]]
                        total[i] = total[i].merge(_moments(planar))
                    raster = group["AGBD Raster"][part].astype(np.float32)
                    biomass = biomass.merge(_moments(np.where(raster == FILL, np.nan, raster)))
        except OSError as error:
            raise DamagedDataset(f"{path} is altered: {error}.", "Fuse it again.") from error
    found: List[DatasetBand] = []
    for (array, bands, units), moments in zip(ARRAYS, total):
        for i, name in enumerate(bands):
            unit = slope_unit if name == "slope" else units[i]
            band = DatasetBand(name, array, unit)
            found.append(dataclasses.replace(band, **_statistics(moments, i)))
    target = DatasetTarget("AGBD", "Mg/ha", FILL, **_statistics(biomass, 0))
    return tuple(found), target


def _moments(planar: Any) -> Moments:
    """Of ``(N, C, H, W)``."""
    flat = planar.astype(np.float32).transpose(1, 0, 2, 3)
    return Moments.of(flat.reshape(flat.shape[0], 1, -1))


def _statistics(moments: Moments, i: int) -> Dict[str, Any]:
    if not moments.count[i]:
        return {}
    return {
        "mean": float(moments.mean[i]),
        "std": float(moments.std[i]) or 1.0,
        "minimum": float(moments.minimum[i]),
        "maximum": float(moments.maximum[i]),
    }


def _distinct_shots(path: str) -> int:
    with h5py.File(path, "r") as file:
        return len(np.unique(file[GROUP]["GEDI Shot Number"][:]))
