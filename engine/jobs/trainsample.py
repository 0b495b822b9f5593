# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the default network on a sample archive and write a model file."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pyarrow.parquet as pq

from ...models import ARCHITECTURES
from ..contract.errors import MissingInput
from ..contract.events import Emit, Message
from ..contract.jobs.trainsample import TrainSample
from ..core.band import Band
from ..core.bigearthnet import STATISTICS
from ..core.card import ModelCard
from ..core.progress import ProgressMeter
from ..model_file import measured_card, save_model
from ..patches.nomenclature import Nomenclature, nomenclature
from ..patches.pixels import read_patch
from ..patches.resample import resample
from ..patches.row import PX, PatchRow
from ..training.fit import Fitted, Settings, fit
from ..training.onnx_graph import to_onnx
from ..training.samples import Samples

ARCHITECTURE = "unet"
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
RESAMPLING = "nearest"
_METADATA = "metadata.parquet"
_MAP = "reference_map"
_PX = PX["B02"]


def run(request: TrainSample, emit: Emit) -> Dict[str, Any]:
    """Train, and return the model file's path with the scores on the validation split."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    classes = nomenclature("ben19")
    train, validation = read_splits(Path(request.archive), classes, emit)
    bands = demo_bands()
    keras.utils.set_random_seed(request.seed)
    architecture = ARCHITECTURES.load(ARCHITECTURE)
    network = architecture.build(len(bands), len(classes.scheme))
    settings = Settings(epochs=request.epochs, seed=request.seed)
    fitted = fit(network, train, validation, bands, settings, emit)
    graph = to_onnx(network)
    card = ModelCard(
        name=f"Coverloom demo: {ARCHITECTURES[ARCHITECTURE].title} on generated data",
        bands=bands,
        classes=classes.scheme,
        task=architecture.task,
        resolution=10.0,
        stride=architecture.stride,
        patch=(_PX, _PX),
        resampling=RESAMPLING,
        provenance=_provenance(request, settings, fitted, len(train), len(validation)),
    )
    emit(Message("Measuring how far the network looks."))
    save_model(graph, measured_card(graph, card), request.model)
    last = fitted.history[-1]
    return {"MODEL": request.model, "ACCURACY": last["accuracy"], "MIOU": last["miou"]}


def demo_bands() -> Tuple[Band, ...]:
    """The demo's input channels with the official statistics."""
    return tuple(
        Band(name, unit="DN", mean=STATISTICS[name][0], std=STATISTICS[name][1], nodata=0)
        for name in BANDS
    )


def read_splits(archive: Path, classes: Nomenclature, emit: Emit) -> Tuple[Samples, Samples]:
    """Read the clean patches of an archive's train and validation splits.

    Raises:
        MissingInput: There is no metadata table in the archive.
    """
    if not (archive / _METADATA).is_file():
        raise MissingInput(
            f"{archive} has no {_METADATA}.", "Give the bigearthnet_v2 folder of the sample data."
        )
    table = pq.read_table(archive / _METADATA, columns=["patch_id", "split"])
    rows = table.to_pylist()
    meter = ProgressMeter(emit, len(rows), text="Reading patches")
    return (
        _read_split(archive, rows, "train", classes, meter),
        _read_split(archive, rows, "validation", classes, meter),
    )


def _read_split(
    archive: Path,
    rows: List[Dict[str, str]],
    split: str,
    classes: Nomenclature,
    meter: ProgressMeter,
) -> Samples:
    names = [row["patch_id"] for row in rows if row["split"] == split]
    pixels = np.empty((len(names), _PX, _PX, len(BANDS)), np.uint16)
    labels = np.empty((len(names), _PX, _PX), np.uint8)
    for i, name in enumerate(names):
        pixels[i], labels[i] = _read_one(archive, name, classes)
        meter.advance()
    return Samples(pixels, labels)


def _read_one(archive: Path, name: str, classes: Nomenclature) -> Tuple[Any, Any]:
    """((120, 120, C) uint16, (120, 120) uint8) of a patch."""
    product = name.rsplit("_", 2)[0]
    row = PatchRow(
        name,
        s2_path=str(archive / "BigEarthNet-S2" / product / name),
        map_path=str(archive / "Reference_Maps" / product / name),
    )
    parts = read_patch(row, (*BANDS, _MAP))
    stack = np.stack([resample(parts[b], _PX, RESAMPLING, nodata=0) for b in BANDS], axis=-1)
    labels = np.where((stack == 0).any(axis=-1), 255, classes.classes_of(parts[_MAP]))
    return stack, labels


def _provenance(
    request: TrainSample, settings: Settings, fitted: Fitted, train: int, validation: int
) -> Dict[str, Any]:
    """Where the model comes from, for its card."""
    metadata = (Path(request.archive) / _METADATA).read_bytes()
    packages = ("keras", "tensorflow-cpu", "tensorflow", "numpy", "onnx")
    return {
        "data": "generated sample archive; says nothing about real places",
        "dataset_hash": "sha256:" + hashlib.sha256(metadata).hexdigest(),
        "architecture": ARCHITECTURE,
        "settings": {**dataclasses.asdict(settings), "patches": train},
        "metrics": {"split": "validation", "patches": validation, **fitted.history[-1]},
        "versions": {"python": platform.python_version(), **_installed(packages)},
        "licence": "CC0-1.0",
    }


def _installed(packages: Tuple[str, ...]) -> Dict[str, str]:
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
