# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a model on made-up windows, to see what reading its file cannot tell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, Optional, Sequence, Tuple, Union

import numpy as np
import onnx
import onnxruntime

from ..contract.errors import CardMismatch, UnreadableModel
from ..core.card import ModelCard
from .graph import axes

Array = np.ndarray[Any, np.dtype[Any]]
Source = Union[str, Path, onnx.ModelProto]
_QUIET = 4  # of ONNX Runtime's levels: fatal only, for what goes wrong is raised
_SUM_NEAR_ONE = 1e-2  # half-precision softmax over hundreds of classes still sums this well


class Trial:
    """A model loaded for a few runs on the CPU.

    Args:
        source: The model, or the path of its file.
        card: Its card: layout, task, bands.

    Raises:
        UnreadableModel: ONNX Runtime cannot load it.
    """

    def __init__(self, source: Source, card: ModelCard) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = _QUIET
        # Many short runs: threads that spin between them only take the processor from others.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = source.SerializeToString() if isinstance(source, onnx.ModelProto) else str(source)
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's errors share no other class
            raise UnreadableModel(*_why_not(error)) from error
        self.card = card
        self._input = self._session.get_inputs()[0]
        self._output = self._session.get_outputs()[0]
        self.dtype = np.dtype(_NUMPY.get(self._input.type, "float32"))

    def run(self, windows: Array) -> Array:
        """Scores of ``(N, C, h, w)`` float windows: ``(N, K, h, w)``, or ``(N, K)`` per patch.

        Raises:
            UnreadableModel: The model fails on windows of that size.
            CardMismatch: The scores have another shape than the card's task says.
        """
        try:
            scores: Array = self._session.run([self._output.name], self._fed(windows))[0]
        except Exception as error:
            raise UnreadableModel(*_why_not(error)) from error
        return self._checked(scores, windows.shape)

    def values(self, windows: Array, names: Sequence[str]) -> Dict[str, Array]:
        """What a model gives under other names than its scores', in a run as ``run``'s."""
        return dict(zip(names, self._session.run(list(names), self._fed(windows))))

    def _fed(self, windows: Array) -> Dict[str, Array]:
        fed = windows if self.card.layout == "NCHW" else np.moveaxis(windows, 1, 3)
        return {self._input.name: np.ascontiguousarray(fed, dtype=self.dtype)}

    def _checked(self, scores: Array, fed: Tuple[int, ...]) -> Array:
        space = fed[2:] if self.card.task == "pixel" else ()
        channel, _ = axes(self.card.layout, 2 + len(space))
        if scores.ndim != 2 + len(space):
            raise CardMismatch(
                f"The card's task is {self.card.task!r}; the model gives {scores.ndim} axes.",
                "Correct the task.",
            )
        scores = np.moveaxis(scores, channel, 1)
        if scores.shape[1] != self.card.channels:
            what = "classes" if self.card.target is None else "targets"
            raise CardMismatch(
                f"The card names {self.card.channels} {what}, but the model gives "
                f"{scores.shape[1]} channels.",
                "Correct the classes or the layout, and import the model again.",
            )
        if scores.shape[2:] != space:
            raise CardMismatch(
                f"Windows of {space} px give scores of {scores.shape[2:]} px.",
                "Coverloom maps models whose output is as large as their input.",
            )
        return scores

    def random_windows(self, height: int, width: int, rng: np.random.Generator) -> Array:
        """One ``(1, C, height, width)`` window of what normalised bands look like."""
        noise = rng.standard_normal((1, len(self.card.bands), height, width))
        if self.dtype.kind in "iu":
            limit = min(10_000, np.iinfo(self.dtype).max)
            noise = np.clip(np.abs(noise) / 4, 0, 1) * limit
        return noise.astype("float32")


def activation_of(scores: Array) -> Tuple[str, str]:
    """Tell what scores are: (activation, ``logits`` or ``probabilities``).

    Args:
        scores: ``(N, K, …)`` float, of random windows.
    """
    values = scores.astype("float64")
    within = bool(values.min() >= 0 and values.max() <= 1 + 1e-3)
    sums = values.sum(axis=1)
    if within and scores.shape[1] > 1 and np.abs(sums - 1).max() < _SUM_NEAR_ONE:
        return "softmax", "probabilities"
    if within:
        return "sigmoid", "probabilities"
    # Of one class there is none to share the probability with: it is, or it is not.
    return ("softmax" if scores.shape[1] > 1 else "sigmoid"), "logits"


def check_scores(scores: Array, card: ModelCard) -> None:
    """Compare scores with the activation that the card states.

    Args:
        scores: ``(N, K, …)`` float, of random windows.
        card: The card.

    Raises:
        CardMismatch: Probabilities that are none, logits that are probabilities already, or NaN.
    """
    if not np.isfinite(scores).all():
        raise CardMismatch(
            "The model gives NaN or infinity for ordinary numbers.", "Check how it was exported."
        )
    if card.target is not None:
        return
    activation, output = activation_of(scores)
    span = f"{scores.min():.3g} to {scores.max():.3g}"
    sums = scores.astype("float64").sum(axis=1)
    if card.output == "probabilities" and (
        output == "logits" or (card.activation, activation) == ("softmax", "sigmoid")
    ):
        raise CardMismatch(
            f"The card says {card.activation} probabilities, but the model gives values from "
            f"{span} with sums from {sums.min():.3g} to {sums.max():.3g}.",
            "Set the card's output to 'logits', or its activation to what the model applies.",
        )
    if card.output == "logits" and output == "probabilities":
        raise CardMismatch(
            f"The card says logits, but the model gives {activation} probabilities ({span}).",
            "Set the card's output to 'probabilities'.",
        )


_NUMPY = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(uint8)": "uint8",
    "tensor(int8)": "int8",
    "tensor(uint16)": "uint16",
    "tensor(int16)": "int16",
    "tensor(uint32)": "uint32",
    "tensor(int32)": "int32",
    "tensor(uint64)": "uint64",
    "tensor(int64)": "int64",
}


def _why_not(error: Exception) -> Tuple[str, str]:
    """ONNX Runtime's error as a sentence and a remedy."""
    text, version = str(error), onnxruntime.__version__
    newest: Optional[re.Match[str]] = re.search(
        r"Opset (\d+) is under development.*?till opset (\d+)", text, re.DOTALL
    )
    if newest:
        return (
            f"The model is of ONNX opset {newest[1]}; ONNX Runtime {version} "
            f"takes up to {newest[2]}.",
            "Export it with an older opset, or update the runtime.",
        )
    form = re.search(r"IR version: (\d+), max supported IR version: (\d+)", text)
    if form:
        return (
            f"The model is of ONNX IR version {form[1]}; ONNX Runtime {version} "
            f"takes up to {form[2]}.",
            "Save it with an older onnx package, or update the runtime.",
        )
    reason = " ".join(text.split())[-300:]
    return (
        f"ONNX Runtime {version} cannot run the model: {reason}",
        "Export it again, with operators of ONNX itself and for any window size.",
    )
