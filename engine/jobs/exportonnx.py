# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a Keras file, a run or a model file as a model file of some precision."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple, Union

import numpy as np
import onnx
from numpy.typing import NDArray

from ..contract.errors import MissingInput, OutputIsInput
from ..contract.events import Emit, Message, Progress
from ..contract.jobs.exportonnx import ExportOnnx
from ..core.card import ModelCard
from ..core.files import Staging, write_json
from ..datasets.reader import Dataset, open_dataset
from ..layers.activation import activation_of, probabilities_of
from ..model_file import measured_card, save_model
from ..model_file.graph import read_graph
from ..model_file.trial import Trial
from ..precision.agreement import Agreement, ValueAgreement
from ..precision.convert import to_float16, to_int8, with_opset
from ..reports.model_item import model_item
from .export_source import ExportSource, open_source
from .model_windows import ModelWindows

_BATCH = 8
_RANDOM_WINDOWS = 8
_SIDE = 64  # px of a random window
# The split to calibrate on, and then the one to measure on: the first that there is.
_CALIBRATED_ON = ("train", "validation", "test")
_MEASURED_ON = ("test", "validation", "train")


def run(request: ExportOnnx, emit: Emit) -> Dict[str, Any]:
    """Write the model and its STAC item; return its path and the agreement with float32.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    target = Path(request.model)
    emit(Progress(0.0, None, "Reading the network"))
    source = open_source(Path(request.input), request.card, request.seed)
    if target.exists() and source.path.exists() and target.samefile(source.path):
        raise OutputIsInput(f"{target} is the input.", "Give MODEL another path.")
    plain = with_opset(source.proto, request.opset)
    emit(Progress(0.2, None, "Running the network to measure it"))
    card = measured_card(plain, source.card)
    emit(Progress(0.4, None, f"Writing {request.precision}"))
    if request.dataset:
        proto, agreement = _by_dataset(request, source, plain, card, emit)
    else:
        proto = _in_precision(request, plain)
        seen = _random_windows(source.proto, card, request.seed)
        agreement = _agreement(source.proto, proto, card, seen, "random windows")
    card = _with_provenance(card, request, source, proto, agreement)
    _save(proto, card, target)
    emit(Message(
        f"{card.name}: {request.precision}, opset {read_graph(proto).opset}, "
        f"{target.stat().st_size / 1e6:.1f} MB; {_agreed(card, agreement)}."
    ))  # fmt: skip
    return {"MODEL": str(target), "AGREEMENT": agreement["same_answer"]}


def _agreed(card: ModelCard, agreement: Dict[str, Any]) -> str:
    """How far it agrees with float32, in words."""
    if card.target is None:
        return f"{100 * agreement['same_answer']:.2f} % of the answers as in float32"
    mean, most = agreement["mean_difference"], agreement["largest_difference"]
    unit = card.target.unit
    return f"{mean:.3g} {unit} from float32 on average, {most:.3g} {unit} at most"


def _in_precision(request: ExportOnnx, plain: onnx.ModelProto) -> onnx.ModelProto:
    """The graph in a precision that needs no calibration."""
    return to_float16(plain) if request.precision == "float16" else plain


def _by_dataset(
    request: ExportOnnx,
    source: ExportSource,
    plain: onnx.ModelProto,
    card: ModelCard,
    emit: Emit,
) -> Tuple[onnx.ModelProto, Dict[str, Any]]:
    """The graph in the precision asked for, and how far it agrees with float32 on a dataset."""
    with open_dataset(request.dataset) as dataset:
        windows = ModelWindows(dataset, card, emit, labels=False)
        learn, measure, split = _chosen(dataset, request.patches, request.seed)
        size = _BATCH if card.dynamic_batch else 1
        if request.precision == "int8":
            emit(Message(f"Calibrating on {len(learn)} patches."))
            batches = (batch.windows for batch in windows.batches(learn, size))
            proto = to_int8(plain, batches, card.layout)
        else:
            proto = _in_precision(request, plain)
        emit(Progress(0.8, None, "Comparing with float32"))
        seen = (batch.windows for batch in windows.batches(measure, size))
        where = f"{len(measure)} patches of {split} of {dataset.card.name}"
        return proto, _agreement(source.proto, proto, card, seen, where)


def _with_provenance(
    card: ModelCard,
    request: ExportOnnx,
    source: ExportSource,
    proto: onnx.ModelProto,
    agreement: Dict[str, Any],
) -> ModelCard:
    done: Dict[str, Any] = {
        "precision": request.precision,
        "opset": read_graph(proto).opset,
        "from": source.path.name,
        "agreement_with_float32": agreement,
    }
    if source.keras_difference is not None:
        done["difference_from_keras"] = source.keras_difference
    return dataclasses.replace(card, provenance={**card.provenance, "export": done})


def _chosen(dataset: Dataset, count: int, seed: int) -> Tuple[List[int], List[int], str]:
    """Patches to calibrate on, others to measure on, and the split of these."""
    rng = np.random.default_rng(seed)
    filled = {
        name: dataset.split(name) for name in dataset.card.splits if dataset.card.splits[name]
    }
    if not filled:
        raise MissingInput(f"{dataset.folder} holds no patches.", "Give another DATASET.")
    first = next(n for n in (*_CALIBRATED_ON, *filled) if n in filled)
    second = next(n for n in (*_MEASURED_ON, *filled) if n in filled)
    learn = rng.permutation(filled[first])[:count].tolist()
    rest = sorted(set(filled[second]) - set(learn)) or learn
    measure = rng.permutation(rest)[:count].tolist()
    return sorted(learn), sorted(measure), second


def _random_windows(
    proto: onnx.ModelProto, card: ModelCard, seed: int
) -> Iterator[NDArray[np.float32]]:
    trial, rng = Trial(proto, card), np.random.default_rng(seed)
    side = -(-_SIDE // card.stride) * card.stride
    height, width = card.patch if card.patch and not card.dynamic_space else (side, side)
    for _ in range(_RANDOM_WINDOWS):
        yield trial.random_windows(height, width, rng)


def _agreement(
    before: onnx.ModelProto,
    after: onnx.ModelProto,
    card: ModelCard,
    windows: Iterator[NDArray[np.float32]],
    where: str,
) -> Dict[str, Any]:
    one, two = Trial(before, card), Trial(after, card)
    counted: Union[Agreement, ValueAgreement] = Agreement(card.activation == "sigmoid")
    if card.target is not None:
        counted = ValueAgreement(card.target.std)
    activation = activation_of(card.output, card.activation)
    for batch in windows:
        both = (np.moveaxis(t.run(batch).astype(np.float32), 1, 0) for t in (one, two))
        p, q = (np.moveaxis(probabilities_of(scores, activation), 0, 1) for scores in both)
        counted.add(p, q)
    return {"measured_on": where, **counted.figures()}


def _save(proto: onnx.ModelProto, card: ModelCard, target: Path) -> None:
    """Write the model, then the item that describes it."""
    save_model(proto, card, target)
    facts = {
        "opset": read_graph(proto).opset,
        "parameters": sum(int(np.prod(tensor.dims)) for tensor in proto.graph.initializer),
        "size": target.stat().st_size,
    }
    with Staging() as staging:
        item = model_item(card, target, datetime.now(timezone.utc), facts)
        write_json(staging.path(target.with_suffix(".stac.json")), item)
        staging.publish()
