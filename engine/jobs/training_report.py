# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at the best network of a run once more and writes the page about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ..core.files import Staging
from ..core.png import png_url, stretched
from ..reports.scatter import scatter
from ..reports.training_page import Prediction, training_page
from ..training import run_folder as names
from ..training.checkpoint import load_state
from ..training.keras_file import card_inside, read_keras
from ..training.run_folder import RunFolder
from ..training.scores import class_scores
from ..training.validation import Evaluation, evaluate, predictions
from .training_inputs import Inputs

_SHOWN = 6
_RGB = ("B04", "B03", "B02")
_UNLABELLED = (235, 235, 235)


def write_report(folder: RunFolder, inputs: Inputs, best_by: str, path: str) -> None:
    """Write the page of a run that has a best network.

    Args:
        folder: The run.
        inputs: What it was trained on.
        best_by: The score that chose the best.
        path: The ``.html`` to write.
    """
    best = folder.file(names.BEST_KERAS)
    network, card = read_keras(best), card_inside(best)
    state = load_state(folder.file(names.CHECKPOINT))
    evaluation = evaluate(network.predict_on_batch, inputs.validation)
    confusion = evaluation.confusion
    table = {} if confusion is None else class_scores(confusion)
    if evaluation.average_precision:
        table = {"AP": np.array(evaluation.average_precision)}
    page = training_page(
        title=card.name if card else "Training",
        classes=inputs.card.classes.classes if inputs.card.classes else (),
        history=state.history if state else [],
        best_by=best_by,
        scores=evaluation.scores,
        table=table,
        confusion=confusion,
        shown=_shown(network, inputs),
        provenance=card.provenance if card else {},
        plot=_plot(evaluation, inputs),
    )
    with Staging() as staging:
        staging.path(Path(path)).write_text(page, encoding="utf-8")
        staging.publish()


def _plot(evaluation: Evaluation, inputs: Inputs) -> Optional[Dict[str, Any]]:
    """Predicted against observed, of a regression."""
    if evaluation.residuals is None or inputs.card.target is None:
        return None
    return scatter(evaluation.residuals.plot(), inputs.card.target)


def _shown(network: Any, inputs: Inputs) -> List[Prediction]:
    """Patches with what is there and what the network says."""
    found: List[Prediction] = []
    step = max(1, len(inputs.validation) // _SHOWN)
    place = 0
    for pixels, labels, logits in predictions(network.predict_on_batch, inputs.validation):
        for stored, label, scores in zip(pixels, labels, logits):
            if place % step == 0 and len(found) < _SHOWN:
                found.append(_prediction(stored, label, scores, inputs))
            place += 1
    return found


def _prediction(stored: Any, label: Any, scores: Any, inputs: Inputs) -> Prediction:
    wanted = [inputs.bands.index(b) for b in _RGB if b in inputs.bands]
    channels = wanted if len(wanted) == len(_RGB) else [0, 0, 0]
    picture = png_url(stretched(stored[..., channels].astype(np.float32)))
    target = inputs.card.target
    if target is not None:
        known = np.isfinite(label)
        both = (label[known], scores.reshape(label.shape)[known])
        texts = [f"{v.mean():.1f} {target.unit}" if v.size else "none" for v in both]
        return Prediction(picture, "", "", *texts)
    classes = inputs.card.classes.classes if inputs.card.classes else ()
    if inputs.task == "pixel":
        colours = np.full((256, 3), _UNLABELLED, np.uint8)
        colours[: len(classes)] = [c.colour for c in classes]
        predicted = colours[scores.argmax(axis=-1).astype(np.uint8)]
        return Prediction(picture, png_url(colours[label]), png_url(predicted), "", "")
    said = scores >= 0 if inputs.activation == "sigmoid" else scores >= scores.max()
    return Prediction(picture, "", "", _names(classes, label > 0), _names(classes, said))


def _names(classes: Tuple[Any, ...], present: Any) -> str:
    return ", ".join(c.name for c, there in zip(classes, present) if there) or "none"
