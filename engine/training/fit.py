# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits a per-pixel network to labelled patches."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Iterable, List, Sequence, Tuple

import numpy as np
from numpy.typing import NDArray

from ..contract.events import Emit, Message
from ..core.band import Band
from ..core.progress import ProgressMeter
from .samples import IGNORE, Samples, crops_in_pass, normalise, shuffled_batches
from .scores import Confusion, accuracy, confusion_matrix, mean_iou

if TYPE_CHECKING:
    import keras

_SCORED_AT_ONCE = 8  # patches


@dataclass(frozen=True)
class Settings:
    """How to train.

    Args:
        epochs: Passes over the training patches.
        batch_size: Crops a step.
        crop: Side of a crop in px, a multiple of the network's stride.
        learning_rate: The highest; it rises over the first tenth of the steps and then falls
            along a cosine.
        score_every: Epochs from one look at the validation split to the next; it costs time.
        seed: Of the order, the augmentation and, with ``keras.utils.set_random_seed`` before the
            network is built, of the weights.
    """

    epochs: int
    batch_size: int = 32
    crop: int = 48
    learning_rate: float = 6e-3
    score_every: int = 3
    seed: int = 42


@dataclass(frozen=True)
class Fitted:
    """What came of a training.

    Args:
        history: One dict an epoch: ``loss``, and ``accuracy`` and ``miou`` of the validation
            split after epochs that were scored; the last one is.
        confusion: (K, K) of the validation split after the last epoch; row = truth.
    """

    history: List[Dict[str, float]]
    confusion: Confusion


def fit(
    model: keras.Model,
    train: Samples,
    validation: Samples,
    bands: Sequence[Band],
    settings: Settings,
    emit: Emit,
) -> Fitted:
    """Train ``model`` in place and score it on the validation split now and then.

    Args:
        model: (N, H, W, C) float32 to (N, H, W, K) logits.
        train: Labelled patches to learn from.
        validation: Labelled patches to score on.
        bands: The C bands, with the statistics that normalise them.
        settings: How to train.
        emit: Where progress and one message an epoch go.

    Raises:
        InvalidRequest: A split is empty, or its labels do not fit the network.
    """
    classes = int(model.output_shape[-1])
    train.check("train", classes)
    validation.check("validation", classes)
    crops = crops_in_pass(train, settings.crop)
    batch_size = min(settings.batch_size, crops)
    steps = settings.epochs * (crops // batch_size)
    _compile(model, settings.learning_rate, steps)
    rng = np.random.default_rng(settings.seed)
    meter = ProgressMeter(emit, steps, text="Training")
    history: List[Dict[str, float]] = []
    confusion = np.zeros((classes, classes), np.int64)
    for epoch in range(settings.epochs):
        batches = shuffled_batches(train, batch_size, settings.crop, rng)
        scores = {"loss": _one_epoch(model, batches, bands, meter)}
        if (settings.epochs - epoch - 1) % settings.score_every == 0:
            confusion = score(model, validation, bands)
            scores.update(accuracy=accuracy(confusion), miou=mean_iou(confusion))
        history.append(scores)
        emit(Message(_sentence(epoch, settings.epochs, scores)))
    return Fitted(history, confusion)


def _compile(model: keras.Model, learning_rate: float, steps: int) -> None:
    import keras

    warm_up = math.ceil(steps / 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=learning_rate / 10,
        decay_steps=max(1, steps - warm_up),
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=IGNORE)
    # One step's overhead in Python is small beside the convolutions; XLA makes them slower here.
    model.compile(keras.optimizers.Adam(schedule), loss=loss, jit_compile=False)


def _one_epoch(
    model: keras.Model,
    batches: Iterable[Tuple[NDArray[np.generic], NDArray[np.uint8]]],
    bands: Sequence[Band],
    meter: ProgressMeter,
) -> float:
    losses = []
    for pixels, labels in batches:
        model.reset_metrics()
        losses.append(float(_scalar(model.train_on_batch(normalise(pixels, bands), labels))))
        meter.advance()
    return float(np.mean(losses))


def _scalar(value: Any) -> Any:
    return value[0] if isinstance(value, (list, tuple)) else value


def score(model: keras.Model, samples: Samples, bands: Sequence[Band]) -> Confusion:
    """Confusion matrix of a network on labelled patches; row = truth."""
    classes = int(model.output_shape[-1])
    total = np.zeros((classes, classes), np.int64)
    for begin in range(0, len(samples), _SCORED_AT_ONCE):
        part = slice(begin, begin + _SCORED_AT_ONCE)
        logits: NDArray[np.float32] = model.predict_on_batch(normalise(samples.pixels[part], bands))
        total += confusion_matrix(samples.labels[part], logits.argmax(axis=-1), classes)
    return total


def _sentence(epoch: int, epochs: int, scores: Dict[str, float]) -> str:
    text = f"Epoch {epoch + 1} of {epochs}: loss {scores['loss']:.3f}"
    if "miou" in scores:
        text += f", validation accuracy {scores['accuracy']:.3f}, mIoU {scores['miou']:.3f}"
    return text + "."
