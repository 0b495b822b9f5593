# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a network on a dataset and keep the best as a model file."""

from __future__ import annotations

import dataclasses
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Tuple

from ...models import ARCHITECTURES
from ...models.heads import in_units
from ..contract.events import Emit, Message
from ..contract.jobs.trainmodel import TrainModel
from ..core.card import NO_CLASSES, RESAMPLINGS, ModelCard
from ..core.files import Staging
from ..training import run_folder as names
from ..training.run_folder import RunFolder
from ..training.source import model_band
from ..training.validation import BEST_BY
from .training_inputs import Inputs, read_inputs

if TYPE_CHECKING:
    from ..training.device import Placement

# What may differ between a run and the one it goes on with.
_FREE = ("dataset", "run", "model", "keras", "report", "resume", "device", "gpus", "licence")
_PACKAGES = ("keras", "tensorflow-cpu", "tensorflow", "jax", "numpy", "onnx")


def run(request: TrainModel, emit: Emit) -> Dict[str, Any]:
    """Train; returns the run's folder, the best model, the page and the best score."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    inputs = read_inputs(request, ARCHITECTURES.load(request.architecture), emit)
    import keras  # takes seconds: what is wrong with the inputs is said before

    from ..training.device import place

    placement = place(request.device, request.gpus)
    folder = RunFolder(
        request.run, _settings(request, inputs), request.resume, writes=placement.leads
    )
    before = keras.config.dtype_policy()
    if request.mixed_precision:
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        state = _train(request, inputs, folder, placement, emit)
    finally:
        keras.config.set_dtype_policy(before)
        placement.leave()
    outputs = {"RUN": str(folder.path)}
    if placement.leads:
        outputs = _outputs(request, folder, inputs, emit)
    placement.wait("described")  # a process that ends takes the others with it
    return {**outputs, "BEST_METRIC": state.best}


def _train(
    request: TrainModel, inputs: Inputs, folder: RunFolder, placement: Placement, emit: Emit
) -> Any:
    import keras

    from ..model_file import save_model
    from ..training.checkpoint import State
    from ..training.feed import Feed
    from ..training.fit import Settings, Training
    from ..training.keras_saving import save_network
    from ..training.onnx_graph import to_onnx
    from ..training.validation import Evaluation

    emit(Message(f"Training on {placement.name}."))
    keras.utils.set_random_seed(request.seed)
    window = (inputs.crop, inputs.crop) if inputs.crop else inputs.card.patch
    with placement.scope():
        network = _network(request, inputs, window)
    card = _measured(network, _card(request, inputs), emit)

    def keep(evaluation: Evaluation, state: State) -> None:
        metrics = {"split": "validation", "epoch": state.epoch, **evaluation.scores}
        provenance = {**card.provenance, "metrics": metrics}
        best = dataclasses.replace(card, provenance=provenance)
        save_network(network, best, folder.file(names.BEST_KERAS))
        save_model(to_onnx(network), best, folder.file(names.BEST_ONNX))

    settings = Settings(
        request.epochs,
        request.batch_size,
        request.learning_rate,
        request.schedule,
        request.patience,
        request.validate_every,
    )
    training = Training(
        network,
        inputs.loss_function(request.class_weights),
        Feed(inputs.train, inputs.crop, request.augment, request.seed),
        inputs.validation,
        settings,
        placement,
        folder.file(names.CHECKPOINT),
        keep,
        folder.log,
        emit,
    )
    return training.run()


def _network(request: TrainModel, inputs: Inputs, window: Tuple[int, int]) -> Any:
    """A fresh network: logits of the classes, or one number in the target's unit."""
    target = inputs.card.target
    network = ARCHITECTURES.load(request.architecture).make(
        inputs.bands, inputs.classes or 1, inputs.task, window, request.width
    )
    return network if target is None else in_units(network, target.mean, target.std)


def _measured(network: Any, card: ModelCard, emit: Emit) -> ModelCard:
    """The card with what only running the graph tells; the same for any weights."""
    from ..model_file import measured_card
    from ..training.onnx_graph import to_onnx

    emit(Message("Measuring how far the network looks."))
    return measured_card(to_onnx(network), card)


def _card(request: TrainModel, inputs: Inputs) -> ModelCard:
    data = inputs.card
    architecture = ARCHITECTURES.load(request.architecture)
    asked = data.provenance.get("request", {})
    resampling = asked.get("resampling", "bilinear") if isinstance(asked, dict) else "bilinear"
    return ModelCard(
        name=f"{ARCHITECTURES[request.architecture].title} on {data.name}",
        bands=tuple(model_band(data.band(name)) for name in inputs.bands),
        classes=data.classes or NO_CLASSES,
        task=inputs.task,
        activation=inputs.activation,
        output="logits" if data.target is None else "values",
        resolution=data.resolution,
        stride=architecture.stride,
        patch=data.patch,
        resampling=resampling if resampling in RESAMPLINGS else "bilinear",
        provenance=_provenance(request, inputs),
        target=data.target,
    )


def _provenance(request: TrainModel, inputs: Inputs) -> Dict[str, Any]:
    """Where the model comes from, for its card."""
    data = inputs.card
    return {
        "data": data.name,
        "source": data.provenance.get("source", "not stated"),
        "dataset_hash": f"sha256:{inputs.digest}",
        "architecture": request.architecture,
        "settings": _settings(request, inputs)["request"],
        "patches": {"train": len(inputs.train), "validation": len(inputs.validation)},
        "versions": {"python": platform.python_version(), **_installed()},
        "licence": request.licence or "not stated",
    }


def _settings(request: TrainModel, inputs: Inputs) -> Dict[str, Any]:
    """All that decides what comes of the training."""
    import keras

    fields = dataclasses.asdict(request)
    kept = {name: value for name, value in fields.items() if name not in _FREE}
    kept.update(bands=list(inputs.bands), crop_size=inputs.crop, loss=inputs.loss)
    backend = keras.backend.backend()
    return {"request": kept, "dataset": f"sha256:{inputs.digest}", "backend": backend}


def _installed() -> Dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _outputs(request: TrainModel, folder: RunFolder, inputs: Inputs, emit: Emit) -> Dict[str, Any]:
    """Describe the best network, and put copies where they were asked for."""
    from .training_report import write_report

    report = request.report or str(folder.file(names.REPORT))
    emit(Message("Describing the best network."))
    write_report(folder, inputs, BEST_BY[inputs.train.answer], report)
    found = {"RUN": str(folder.path), "REPORT": report}
    wanted = (
        ("MODEL", request.model, names.BEST_ONNX),
        ("KERAS", request.keras, names.BEST_KERAS),
    )
    for key, path, best in wanted:
        found[key] = path or str(folder.file(best))
        if path:
            _copy(folder.file(best), Path(path))
    return found


def _copy(source: Path, target: Path) -> None:
    with Staging() as staging:
        shutil.copyfile(source, staging.path(target))
        staging.publish()
