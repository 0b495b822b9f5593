# SPDX-License-Identifier: GPL-3.0-or-later
"""Says how a training goes, every second or so, and stops one that has gone wrong."""

from __future__ import annotations

import math
import time
from typing import Any, Dict, Optional

from ..contract.errors import TrainingDiverged
from ..contract.events import Emit, Progress

_EVERY_S = 1.0


def make_reporter(emit: Emit, epoch: int, epochs: int, steps: int, batch: int, metric: str) -> Any:
    """A Keras callback for one epoch.

    Args:
        emit: Where events go.
        epoch: Which epoch, from 0.
        epochs: How many there are.
        steps: Steps in an epoch.
        batch: Windows a step.
        metric: Name of what is measured beside the loss: ``accuracy`` or ``mae``.

    Returns:
        The callback, given the figures of each step by itself; its ``scores`` are the epoch's
        mean ``loss`` and ``train_<metric>``, and ``images_s``.
    """
    import keras

    shown = {"loss": "loss", metric: f"train_{metric}"}

    class Reporter(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
        def __init__(self) -> None:
            super().__init__()
            self.scores: Dict[str, float] = {}
            self._sums = [0.0, 0.0]
            self._began = self._said = time.monotonic()

        def on_train_batch_end(self, step: int, logs: Any = None) -> None:
            loss = _checked(float(logs["loss"]), epoch, step)
            now, done = time.monotonic(), step + 1
            if step == 0:
                self._began = now  # the first step is compiled first
            self._sums = [self._sums[0] + loss, self._sums[1] + float(logs[metric])]
            means = [total / done for total in self._sums]
            self.scores = {"loss": means[0], f"train_{metric}": means[1]}
            if step:
                speed = batch * step / max(now - self._began, 1e-9)
                self.scores["images_s"] = round(speed, 2)
            if done == steps or (step and now - self._said >= _EVERY_S):
                self._said = now
                self._say(done, self.scores.get("images_s"))

        def _say(self, done: int, speed: Optional[float]) -> None:
            share = (epoch + done / steps) / epochs
            to_go = ((epochs - epoch) * steps - done) * batch
            figures = ", ".join(f"{name} {self.scores[key]:.3f}" for name, key in shown.items())
            text = f"Epoch {epoch + 1} of {epochs}, step {done} of {steps}: {figures}"
            emit(_progress(share, text, to_go, speed))

    return Reporter()


def _checked(loss: float, epoch: int, step: int) -> float:
    """The loss of a step, both counted from 0; a network that diverged does not come back."""
    if not math.isfinite(loss):
        raise TrainingDiverged(
            f"The loss became {loss} in epoch {epoch + 1}, step {step + 1}.",
            "Lower LEARNING_RATE, or look for values that are far out in the dataset.",
        )
    return loss


def _progress(share: float, text: str, images: int, speed: Optional[float]) -> Progress:
    """With the seconds left for so many images, once their number a second is known."""
    if not speed:
        return Progress(share, None, text)
    return Progress(share, round(images / speed, 1), f"{text}, {speed:.0f} images/s")
