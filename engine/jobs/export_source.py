# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an export comes from: a network in float32, and the card that says what it takes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Optional

import numpy as np
import onnx

from ..contract.errors import CoverloomError, MissingCard, MissingInput
from ..core.card import ModelCard
from ..model_file import read_card, read_model
from ..model_file.onnx_file import load_whole
from ..model_file.trial import Trial
from ..training.keras_file import card_inside, read_keras
from ..training.onnx_graph import to_onnx

if TYPE_CHECKING:
    import keras

_SIDE = 64  # px of a window of a network that takes any


@dataclass(frozen=True)
class ExportSource:
    """A network in float32, and what is known of it.

    Args:
        proto: The network, NCHW if it comes from Keras.
        card: What it takes and gives.
        path: The file it was read from.
        keras_difference: Largest difference of its scores from the Keras network's own on a
            random window, divided by the largest score; None if it does not come from Keras.
    """

    proto: onnx.ModelProto
    card: ModelCard
    path: Path
    keras_difference: Optional[float] = None


def open_source(path: Path, card_path: str, seed: int) -> ExportSource:
    """Read what is to be exported.

    Args:
        path: A ``.keras`` file, a run's folder, or a ``.onnx``.
        card_path: A JSON card or a ``.onnx`` with one; empty for the one inside or beside.
        seed: Of the random window.

    Raises:
        CoverloomError: The child of it that names what is wrong.
    """
    if path.suffix.lower() == ".onnx":
        card = _given_card(card_path) or read_model(path).card
        return ExportSource(load_whole(path), card, path)
    keras_file = _keras_of_run(path) if path.is_dir() else path
    model = read_keras(keras_file)
    card = _card_of(keras_file, card_path)
    # The graph is NCHW, whatever the network's own order.
    card = dataclasses.replace(card, layout="NCHW")
    proto = to_onnx(model)
    difference = _keras_difference(model, proto, card, np.random.default_rng(seed))
    return ExportSource(proto, card, keras_file, difference)


def _keras_difference(
    model: keras.Model, proto: onnx.ModelProto, card: ModelCard, rng: np.random.Generator
) -> float:
    """Largest difference of scores on a random window, in shares of the largest score."""
    bands, (height, width) = model.input_shape[-1], model.input_shape[1:3]
    fallback = card.patch or (_SIDE, _SIDE)
    size = (1, height or fallback[0], width or fallback[1], bands)
    window = rng.standard_normal(size).astype(np.float32)
    by_keras = np.asarray(model(window, training=False), np.float32)
    by_onnx = Trial(proto, card).run(np.moveaxis(window, -1, 1))
    difference = np.abs(np.moveaxis(by_keras, -1, 1) - by_onnx).max()
    return float(difference / max(1.0, float(np.abs(by_keras).max())))


def _keras_of_run(folder: Path) -> Path:
    """The best network of a run: the one with a model file of the same name, or the only one."""
    found = sorted(folder.glob("*.keras"))
    if not found:
        raise MissingInput(
            f"{folder} holds no .keras file.", "Give a run's folder, or the file itself."
        )
    paired = [path for path in found if path.with_suffix(".onnx").is_file()]
    chosen = paired or found
    if len(chosen) > 1:
        raise MissingInput(
            f"{folder} holds several networks: {', '.join(path.name for path in chosen)}.",
            "Give one of these files as INPUT.",
        )
    return chosen[0]


def _card_of(keras_file: Path, given: str) -> ModelCard:
    """The card that was given, else the one inside the file, else that of the model beside it."""
    found = _given_card(given) or card_inside(keras_file)
    if found is not None:
        return found
    beside = [keras_file.with_suffix(".onnx"), *sorted(keras_file.parent.glob("*.onnx"))]
    for path in beside:
        try:
            return read_card(path)
        except CoverloomError:
            continue
    raise MissingCard(
        f"{keras_file} carries no card, and no model file beside it does: its bands and classes "
        "are not known.",
        "Give CARD: a JSON card, or a .onnx that has one.",
    )


def _given_card(path: str) -> Optional[ModelCard]:
    if not path:
        return None
    if path.lower().endswith(".onnx"):
        return read_card(path)
    try:
        return ModelCard.from_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MissingInput(f"The card {path} cannot be read: {error}.", "Give its path.") from error
