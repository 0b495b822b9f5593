# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how good a model is on one split of a dataset, by the path that maps take."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
from numpy.typing import NDArray

from .. import __version__
from ..contract.errors import CardMismatch, DamagedDataset, EmptySelection
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.evaluatemodel import EvaluateModel
from ..core.card import ModelCard
from ..core.files import Staging, write_json
from ..core.progress import ProgressMeter
from ..core.storage import Storage
from ..core.writable import check_writable
from ..datasets.reader import Dataset, open_dataset
from ..datasets.shard_sums import verify_shard
from ..evaluation.pixels import PixelTally
from ..evaluation.scenes import SceneTally
from ..inference.network import OnnxNetwork
from ..layers.activation import activation_of, probabilities_of
from ..layers.entropy import Entropy
from ..model_file import ModelFile, read_model
from ..reports.evaluation_page import evaluation_page
from ..reports.evaluation_values import values_page
from .model_windows import IGNORE, Batch, ModelWindows
from .value_evaluation import HEADLINES as VALUE_HEADLINES
from .value_evaluation import measure_values

HEADLINES = {
    "pixel": {"ACCURACY": "accuracy", "MIOU": "miou", "KAPPA": "kappa", "MACRO_F1": "macro_f1"},
    "patch": {"AP_MACRO": "ap_macro", "AP_MICRO": "ap_micro", "LRAP": "lrap"},
    "regression": VALUE_HEADLINES,
}


def run(request: EvaluateModel, emit: Emit) -> Dict[str, Any]:
    """Write the report and the figures that were asked for; return the headline figures.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    check_writable(request.report, request.metrics)
    emit(Progress(0.0, None, "Opening the model and the dataset"))
    model = read_model(request.model)
    with open_dataset(request.dataset) as dataset:
        numbers = _split(dataset, request.split, model.card, emit)
        windows = ModelWindows(dataset, model.card, emit)
        network = OnnxNetwork(model.path, model.card, request.device, request.gpu_index)
        figures = _measure(windows, network, numbers, request.batch_size, emit)
        content = _content(request, model, dataset, network.device, figures)
    with Staging() as staging:
        if request.report:
            page = staging.path(request.report)
            page.write_text(_page(model.card, dataset, content), encoding="utf-8")
        if request.metrics:
            write_json(staging.path(request.metrics), content)
        staging.publish()
    answer = model.card.task if model.card.target is None else "regression"
    headlines = {k: figures[name] for k, name in HEADLINES[answer].items()}
    if answer == "pixel":
        headlines["ECE"] = figures["calibration"]["ece"]
    elif answer == "patch":
        headlines["F1_MACRO"], headlines["F1_MICRO"] = (
            figures[how]["f1"] for how in ("macro", "micro")
        )
    emit(Message(_sentence(headlines, request.split)))
    asked = {"REPORT": request.report, "METRICS": request.metrics}
    return {**{key: path for key, path in asked.items() if path}, **headlines}


def _split(dataset: Dataset, split: str, card: ModelCard, emit: Emit) -> List[int]:
    """The split's patches, once its shards have been seen to be what the card says."""
    numbers = dataset.split(split)
    if not numbers:
        raise EmptySelection(f"The split {split!r} is empty.", "Choose another SPLIT.")
    storage = Storage()
    files = [file for file in dataset.card.files if file.split == split]
    changed = [f.path for f in files if not verify_shard(dataset.folder, vars(f), storage)]
    if changed:
        raise DamagedDataset(
            f"{changed[0]} and {len(changed) - 1} other shards of {dataset.folder} are not what "
            "the dataset's card says." if len(changed) > 1
            else f"{changed[0]} of {dataset.folder} is not what the dataset's card says.",
            "Export the dataset again.",
        )  # fmt: skip
    if split == "train":
        emit(Message(
            "SPLIT is 'train': a model is good on what it was trained on, which says little.",
            "warning",
        ))  # fmt: skip
    return numbers


def _measure(
    windows: ModelWindows, network: OnnxNetwork, numbers: List[int], size: int, emit: Emit
) -> Dict[str, Any]:
    card = windows.card
    if card.target is not None:
        return measure_values(windows, network, numbers, size, emit)
    meter = ProgressMeter(emit, len(numbers), 0.0, 1.0, "Evaluating")
    pixels, scenes = PixelTally(len(card.classes)), SceneTally()
    ignored = 0
    for batch in windows.batches(numbers, size if card.dynamic_batch else 1):
        probabilities = _probabilities(network.scores(batch.windows), card)
        if card.task == "patch":
            scenes.add(probabilities, batch.truth)
        else:
            ignored += _count(pixels, probabilities, batch)
        meter.advance(len(batch.windows))
    if card.task == "patch":
        return scenes.figures()
    figures = pixels.figures()
    if not figures["pixels"]:
        raise EmptySelection(
            f"No pixel of the {len(numbers)} patches has both a label and all bands.",
            "Choose another SPLIT, or a dataset with labels.",
        )
    return {"patches": len(numbers), "ignored": ignored, **figures}


def _probabilities(scores: NDArray[np.float32], card: ModelCard) -> NDArray[np.float32]:
    """(N, K, …) scores to probabilities of the same shape."""
    if not np.isfinite(scores).all():
        raise CardMismatch(
            f"The model gave no number (NaN) for {int((~np.isfinite(scores)).sum())} scores.",
            "Check the model, and that the scaling of its card fits the dataset.",
        )
    by_class = np.moveaxis(scores, 1, 0)
    activation = activation_of(card.output, card.activation)
    return np.moveaxis(probabilities_of(by_class, activation), 0, 1)


def _count(tally: PixelTally, probabilities: NDArray[np.float32], batch: Batch) -> int:
    """Count a batch's labelled pixels; return how many are left out."""
    height, width = batch.truth.shape[1:]
    by_class = np.moveaxis(probabilities[:, :, :height, :width], 1, 0)
    counted = batch.truth != IGNORE
    chosen = by_class[:, counted]
    if chosen.size:
        tally.add(chosen, Entropy()(chosen[:, None])[0], batch.truth[counted])
    return int((~counted).sum())


def _content(
    request: EvaluateModel,
    model: ModelFile,
    dataset: Dataset,
    device: str,
    figures: Dict[str, Any],
) -> Dict[str, Any]:
    for item in figures.get("classes", ()):
        item["name"] = model.card.classes.names[item["id"]]
    return {
        "schema": 1,
        "software": f"Coverloom {__version__}",
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "model": {
            "name": model.card.name,
            "file": Path(request.model).name,
            "sha256": model.sha256,
            "task": model.card.task,
        },
        "dataset": {
            "name": dataset.card.name,
            "digest": dataset.digest,
            "split": request.split,
            "patches": dataset.card.splits[request.split],
        },
        "device": device,
        **figures,
    }


def _page(card: ModelCard, dataset: Dataset, content: Dict[str, Any]) -> str:
    target = dataset.card.target
    if card.target is not None and target is not None:
        return values_page(card, target, content)
    return evaluation_page(card, content)


def _sentence(headlines: Dict[str, Any], split: str) -> str:
    shown = (f"{k} {v:.3f}" for k, v in headlines.items() if v is not None)
    return f"On {split}: {', '.join(shown)}."
