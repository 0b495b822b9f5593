# SPDX-License-Identifier: GPL-3.0-or-later
"""Fits a network to a dataset, epoch by epoch, so that it can stop and go on between any two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List

from ..contract.events import Emit, Message
from ..core.faults import fault
from .checkpoint import State, load_state, load_variables, save_checkpoint
from .device import Placement, is_out_of_memory
from .feed import Ahead, Feed
from .losses import Loss, mean_error, right_share
from .reporter import make_reporter
from .source import SplitSource
from .validation import BEST_BY, Evaluation, evaluate, is_better

if TYPE_CHECKING:
    import keras

_WARM_UP = 10  # the rate rises over one step in so many
_PLATEAU = 2  # validations without a better one, after which the rate is halved
Keep = Callable[[Evaluation, State], None]


@dataclass(frozen=True)
class Settings:
    """How to train.

    Args:
        epochs: Passes over the train split.
        batch: Windows a step.
        learning_rate: The highest.
        schedule: ``cosine``, ``plateau`` or ``constant``.
        patience: Validations without a better one, after which to stop; 0 for never.
        validate_every: Epochs from one validation to the next.
    """

    epochs: int
    batch: int
    learning_rate: float
    schedule: str = "cosine"
    patience: int = 0
    validate_every: int = 1


class Training:
    """One training of one network.

    Args:
        model: The network, built in the placement's scope; trained in place.
        loss: Of labels and logits.
        feed: The train split.
        validation: The split that says which network is the best.
        settings: How to train.
        placement: Where.
        checkpoint: File to go on from, if it is there; replaced after every epoch.
        keep: Called whenever a network is the best so far.
        log: Called after every epoch.
        emit: Where events go.
    """

    def __init__(
        self,
        model: keras.Model,
        loss: Loss,
        feed: Feed,
        validation: SplitSource,
        settings: Settings,
        placement: Placement,
        checkpoint: Path,
        keep: Keep,
        log: Callable[[State], None],
        emit: Emit,
    ) -> None:
        self._model, self._loss, self._feed = model, loss, feed
        self._validation, self._settings, self._placement = validation, settings, placement
        self._checkpoint, self._keep, self._log, self._emit = checkpoint, keep, log, emit
        self._best_by = BEST_BY[validation.answer]
        numbers = validation.target is not None
        self._metric = mean_error if numbers else right_share(validation.task)

    def run(self) -> State:
        """Train to the end, from the checkpoint if there is one.

        Raises:
            TrainingDiverged: The loss is no number any more.
            DamagedRun: The checkpoint cannot be read.
        """
        state = load_state(self._checkpoint)
        if state is None:
            batch = min(self._settings.batch, self._feed.windows)
            state = State(batch=self._placement.divisible(batch))
            self._placement.wait("begun")  # before the first process writes what others look for
            self._compile(state)
            self._save(state)
        else:
            self._emit(Message(f"Going on after epoch {state.epoch}."))
            self._restore(state)
        while state.epoch < self._settings.epochs and not state.stopped:
            if self._epoch_fits(state):
                self._after_epoch(state)
                self._save(state)
                fault("after:checkpoint")
        return state

    def _save(self, state: State) -> None:
        """Write where the training is, in one process."""
        if self._placement.leads:
            save_checkpoint(self._checkpoint, self._model, self._optimizer, state)
            if state.epoch:
                self._log(state)

    def _compile(self, state: State) -> None:
        import keras

        with self._placement.scope():
            # Another model of the same layers is compiled: the one that is saved stays plain.
            self._trainer = keras.Model(self._model.inputs, self._model.outputs[0])
            self._optimizer = keras.optimizers.Adam(self._rate(state))
            self._trainer.compile(
                self._optimizer,
                loss=self._placement.whole(self._loss, summed=True),
                metrics=[self._placement.whole(self._metric)],
                jit_compile=self._placement.compile,
            )
            self._optimizer.build(self._model.trainable_variables)

    def _rate(self, state: State) -> Any:
        """The learning rate, or its schedule over all steps."""
        import keras

        if self._settings.schedule != "cosine":
            return self._settings.learning_rate * state.rate
        steps = self._settings.epochs * self._steps(state)
        warm_up = math.ceil(steps / _WARM_UP)
        return keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=self._settings.learning_rate / 10,
            decay_steps=max(1, steps - warm_up),
            warmup_target=self._settings.learning_rate,
            warmup_steps=warm_up,
        )

    def _steps(self, state: State) -> int:
        return max(1, self._feed.windows // state.batch)

    def _restore(self, state: State) -> None:
        self._compile(state)
        load_variables(self._checkpoint, self._model, self._optimizer)

    def _epoch_fits(self, state: State) -> bool:
        """Run an epoch; False if it was given up to be tried with half the batch."""
        try:
            state.history.append(self._epoch(state))
        except Exception as error:
            smaller = self._placement.divisible(state.batch // 2)
            if state.halved or smaller >= state.batch or not is_out_of_memory(error):
                raise
            state.batch, state.halved = smaller, True
            self._emit(
                Message(f"Memory ran out: going on with batches of {state.batch}.", "warning")
            )
            self._restore(state)
            return False
        return True

    def _epoch(self, state: State) -> Dict[str, float]:
        batches = Ahead(self._feed.epoch(state.epoch, state.batch))
        steps = self._steps(state)
        reporter = make_reporter(
            self._emit, state.epoch, self._settings.epochs, steps, state.batch,
            self._metric.__name__,
        )  # fmt: skip
        try:
            self._learn(batches, steps, reporter)
        except Exception as error:
            if batches.error is not None:  # a backend wraps it in an error of its own
                raise batches.error from error
            raise
        finally:
            batches.close()
        return dict(reporter.scores)

    def _learn(self, batches: Ahead, steps: int, reporter: Any) -> None:
        """Step through an epoch.

        Not by ``fit``: under TensorFlow each call of it holds on to its first two batches for as
        long as the process lives.
        """
        place, trainer = self._placement, self._trainer
        with place.joined(self._model):
            for step, (pixels, labels) in enumerate(batches):
                mine = place.share(pixels), place.share(labels)
                if place.strategy is None:
                    logs = trainer.train_on_batch(*mine, return_dict=True)
                else:
                    logs = self._shared_step(pixels, labels, mine)
                reporter.on_train_batch_end(step, logs)

    def _shared_step(self, pixels: Any, labels: Any, parts: Any) -> Any:
        """A step of TensorFlow's strategy: train_on_batch would give every device all."""
        trainer = self._trainer
        if trainer.train_function is None:
            trainer.test_on_batch(pixels, labels)  # makes variables, which a step may not
            trainer.make_train_function()
        trainer.reset_metrics()
        return trainer.train_function(iter([parts]))

    def _after_epoch(self, state: State) -> None:
        """Validate, keep the best, and decide how to go on."""
        state.epoch += 1
        last = state.epoch == self._settings.epochs
        if last or state.epoch % self._settings.validate_every == 0:
            predict = self._placement.predictor(self._trainer)
            evaluation = evaluate(predict, self._validation)
            state.history[-1].update(evaluation.scores)
            self._judge(evaluation, state)
        self._emit(Message(_sentence(state, self._settings.epochs)))

    def _judge(self, evaluation: Evaluation, state: State) -> None:
        score = evaluation.scores[self._best_by]
        if is_better(self._best_by, score, state.best):
            state.best, state.since_best, state.since_drop = score, 0, 0
            if self._placement.leads:
                self._keep(evaluation, state)
            return
        state.since_best += 1
        state.since_drop += 1
        if self._settings.schedule == "plateau" and state.since_drop >= _PLATEAU:
            state.rate, state.since_drop = state.rate / 2, 0
            self._optimizer.learning_rate = self._settings.learning_rate * state.rate
        if 0 < self._settings.patience <= state.since_best:
            state.stopped = True
            self._emit(
                Message(f"No better validation for {state.since_best} times: stopping early.")
            )


def _sentence(state: State, epochs: int) -> str:
    scores = state.history[-1]
    text = f"Epoch {state.epoch} of {epochs}: loss {scores['loss']:.3f}"
    shown: List[str] = [
        f"{title} {scores[key]:.3f}"
        for key, title in (
            ("accuracy", "accuracy"),
            ("miou", "mIoU"),
            ("ap_macro", "AP macro"),
            ("ap_micro", "AP micro"),
            ("rmse", "RMSE"),
            ("mae", "MAE"),
            ("r2", "R2"),
        )
        if scores.get(key) is not None
    ]
    return text + (f", validation {', '.join(shown)}" if shown else "") + "."
