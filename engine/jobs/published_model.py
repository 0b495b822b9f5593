# SPDX-License-Identifier: GPL-3.0-or-later
"""Take in a published BigEarthNet model: its files become one model file with a card."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import onnx

from ..contract.errors import InvalidRequest
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.importmodel import ImportModel
from ..core.card import ModelCard
from ..model_file import measured_card, save_model
from ..patches.nomenclature import nomenclature
from ..published.bigearthnet import CLASSES, RESOLUTION_M, SIDE_PX, bands_of, version_of
from ..published.resnet import NAMES, resnet_graph
from ..published.snapshot import Snapshot, find_checkpoint, find_snapshot
from ..published.tensor_bundle import Checkpoint
from ..published.timm_graph import timm_graph
from ..published.version1 import network_of

_SAID_BY_THEM = ("card", "bands", "classes", "nomenclature", "scale", "offset", "mean", "std")
_NUMBERED = [str(i) for i in range(CLASSES)]  # what their tools write where nobody named classes


def import_published(request: ImportModel, emit: Emit) -> Dict[str, Any]:
    """Write the model and return ``{"MODEL": path}``.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    given = [key.upper() for key in _SAID_BY_THEM if getattr(request, key)]
    if given:
        raise InvalidRequest(
            f"{', '.join(given)} cannot be given for a published model, which says it itself.",
            "Leave these empty.",
        )
    checkpoint = find_checkpoint(request.input)
    if checkpoint is not None:
        return _import_version1(request, checkpoint, emit)
    if not Path(request.input).exists():  # refused before anything is downloaded
        version_of(request.input.partition("@")[0], request.version)
    emit(Progress(0.0, None, "Getting the model's files"))
    snapshot = find_snapshot(request.input)
    version = version_of(snapshot.name, request.version)
    config = snapshot.config()
    bands = bands_of(version, config["channels"], snapshot.name)
    _check_classes(config, snapshot)
    emit(Progress(0.4, None, "Writing the network as ONNX"))
    proto = _graph(config, snapshot)
    card = ModelCard(
        name=f"BigEarthNet v2: {Path(snapshot.name).name}",
        bands=bands,
        classes=nomenclature("ben19").scheme,
        task="patch",
        activation="sigmoid",
        patch=(SIDE_PX, SIDE_PX),
        resolution=RESOLUTION_M,
        dynamic_space=False,
        resampling="nearest",
        provenance=_provenance(snapshot, version, config),
    )
    emit(Progress(0.7, None, "Running the network"))
    save_model(proto, measured_card(proto, card), request.model)
    emit(Message(
        f"{card.name}: version {version}, bands {', '.join(card.band_names)}, "
        f"{len(card.classes)} classes in alphabetical order."
    ))  # fmt: skip
    return {"MODEL": request.model}


def _import_version1(request: ImportModel, index: Path, emit: Emit) -> Dict[str, Any]:
    """Write a model of a TensorFlow checkpoint of version 1."""
    if request.version.strip().lower().lstrip("v") not in ("", "1", "1.0"):
        raise InvalidRequest(
            f"VERSION is {request.version!r}, but {index.name} is a TensorFlow checkpoint, as the "
            "models of version 1 are.",
            "Leave VERSION empty.",
        )
    emit(Progress(0.0, None, "Reading the checkpoint"))
    network = network_of(Checkpoint(index))
    card = ModelCard(
        name=f"BigEarthNet v1: {network.name}",
        bands=network.bands,
        classes=nomenclature(network.nomenclature).scheme,
        task="patch",
        activation="sigmoid",
        patch=(SIDE_PX, SIDE_PX),
        resolution=RESOLUTION_M,
        dynamic_space=False,
        resampling="nearest",
        provenance={
            "imported_from": index.stem,
            "architecture": network.name,
            "data": "BigEarthNet v1",
            "statistics": "BigEarthNet v1",
        },
    )
    emit(Progress(0.7, None, "Running the network"))
    save_model(network.graph, measured_card(network.graph, card), request.model)
    emit(Message(
        f"{card.name}: bands {', '.join(card.band_names)}, {len(card.classes)} classes in the "
        f"order of {network.nomenclature}."
    ))  # fmt: skip
    return {"MODEL": request.model}


def _check_classes(config: Dict[str, Any], snapshot: Snapshot) -> None:
    """Names that the configuration gives must be the ones that the card will give."""
    names, ours = config.get("class_names"), nomenclature("ben19").scheme.names
    if names and list(map(str, names)) not in (ours, _NUMBERED):
        raise InvalidRequest(
            f"{snapshot.name} names its classes otherwise than BigEarthNet v2: {names[0]!r} comes "
            f"first, not {ours[0]!r}.",
            "Export it to ONNX yourself and import that file with CLASSES.",
        )


def _graph(config: Dict[str, Any], snapshot: Snapshot) -> onnx.ModelProto:
    backbone, channels = config["timm_model_name"], config["channels"]
    weights = snapshot.weights()
    if backbone in NAMES:
        return resnet_graph(weights, channels, SIDE_PX)
    return timm_graph(backbone, weights, channels, CLASSES, SIDE_PX)


def _provenance(snapshot: Snapshot, version: str, config: Dict[str, Any]) -> Dict[str, Any]:
    said = {
        "imported_from": snapshot.name,
        "revision": snapshot.revision,
        "version": version,
        "architecture": config["timm_model_name"],
        "weights_sha256": snapshot.sha256(),
        "data": "BigEarthNet v2, official train split",
        "statistics": "BigEarthNet v2, official train split, 120 px, nearest",
        "licence": snapshot.licence(),
    }
    return {key: value for key, value in said.items() if value}
