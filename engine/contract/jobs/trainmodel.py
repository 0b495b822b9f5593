# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to train a model on a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Tuple

from ..errors import InvalidRequest
from .base import Job, limited

ARCHITECTURES = (
    "unet",
    "unet_baseline",
    "kbranch",
    "vgg16",
    "vgg19",
    "resnet50",
    "resnet101",
    "resnet152",
)
LOSSES = ("auto", "cross_entropy", "focal", "dice", "binary", "mse", "huber")


@dataclass(frozen=True)
class TrainModel(Job):
    """Train a network on a dataset's train split, watch its validation split, keep the best.

    Args:
        dataset: Folder of the dataset, with its card.
        run: Folder of the run; new, empty, or an unfinished run to go on with.
        model: The best model as ``.onnx``; empty for the run's own folder.
        keras: The same for Keras, ``.keras``; empty likewise.
        report: Page about the training; empty likewise.
        architecture: A name of the registry in ``models``.
        bands: Which bands, in this order; empty for all in the dataset's order.
        epochs: Passes over the train split.
        batch_size: Windows a step.
        learning_rate: The highest of the schedule.
        patience: Stop after this many validations without a better one; 0 to never stop early.
        class_weights: ``none``, ``balanced`` (each class counts alike) or ``median`` (median
            frequency over a class's frequency).
        augment: Flip and turn windows at random.
        device: Where to train.
        resume: Go on with an earlier run with the same settings.
        seed: Of weights, order, places and orientations.
        loss: ``auto`` is cross-entropy per pixel and binary cross-entropy per patch; ``dice`` is
            half cross-entropy, half Dice. Of a regression it is ``mse``, or ``huber``.
        schedule: ``cosine`` with a warm-up over the first tenth of the steps, ``plateau`` (halved
            after two validations without a better one), or ``constant``.
        mixed_precision: Compute in bfloat16 and keep weights and logits in float32.
        width: Factor on all channel widths.
        crop_size: Side in px of the windows cut from patches labelled per pixel; 0 for 48 px or
            the patch, whichever is smaller.
        validate_every: Epochs from one validation to the next; the last one is always validated.
        gpus: GPUs of this machine to train on at once; 0 for all.
        licence: What may be done with the model, as the card says it.
    """

    name: ClassVar[str] = "trainmodel"
    dataset: str
    run: str
    model: str = ""
    keras: str = ""
    report: str = ""
    architecture: str = limited("unet", choices=ARCHITECTURES)
    bands: Tuple[str, ...] = ()
    epochs: int = limited(10, minimum=1)
    batch_size: int = limited(32, minimum=1)
    learning_rate: float = limited(0.001, minimum=0.0, maximum=10.0)
    patience: int = limited(0, minimum=0)
    class_weights: str = limited("none", choices=("none", "balanced", "median"))
    augment: bool = True
    device: str = limited("auto", choices=("auto", "cpu", "cuda"))
    resume: bool = True
    seed: int = limited(42, minimum=0, maximum=2**32 - 1)
    loss: str = limited("auto", choices=LOSSES)
    schedule: str = limited("cosine", choices=("cosine", "plateau", "constant"))
    mixed_precision: bool = False
    width: float = limited(1.0, minimum=0.05, maximum=8.0)
    crop_size: int = limited(0, minimum=0)
    validate_every: int = limited(1, minimum=1)
    gpus: int = limited(1, minimum=0)
    licence: str = ""

    def validate(self) -> None:
        """Check the fields and what depends on each other."""
        super().validate()
        if self.learning_rate <= 0:
            raise InvalidRequest(
                f"LEARNING_RATE is {self.learning_rate}.", "Give a number above 0, such as 0.001."
            )
        if len(set(self.bands)) < len(self.bands):
            raise InvalidRequest(f"BANDS is {', '.join(self.bands)}.", "Name each band once.")
        for key, suffix in (("model", ".onnx"), ("keras", ".keras")):
            path = getattr(self, key)
            if path and not path.lower().endswith(suffix):
                raise InvalidRequest(
                    f"{key.upper()} is {path!r}.", f"Give a path that ends in {suffix}."
                )
