# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:trainmodel."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter, advanced
from ...translation import tr
from . import GROUP


class TrainModel(CoverloomAlgorithm):
    """Trains a network on a dataset."""

    NAME, GROUP = "trainmodel", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Train a model")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The dataset, the network, and how to train it."""
        job = self.request_class
        return [
            parameters.folder("DATASET", tr("Dataset")),
            parameters.choice("ARCHITECTURE", tr("Architecture"), job),
            parameters.names("BANDS", tr("Bands (empty: all)")),
            parameters.whole_number("EPOCHS", tr("Epochs"), job),
            parameters.whole_number("BATCH_SIZE", tr("Batch size"), job),
            parameters.real_number("LEARNING_RATE", tr("Learning rate"), job),
            parameters.whole_number("PATIENCE", tr("Patience (0: never stop early)"), job),
            parameters.choice("CLASS_WEIGHTS", tr("Class weights"), job),
            parameters.yes_no("AUGMENT", tr("Flip and turn at random"), job),
            parameters.choice("DEVICE", tr("Device"), job),
            parameters.yes_no("RESUME", tr("Go on with an unfinished run"), job),
            advanced(parameters.choice("LOSS", tr("Loss"), job)),
            advanced(parameters.choice("SCHEDULE", tr("Learning-rate schedule"), job)),
            advanced(parameters.yes_no("MIXED_PRECISION", tr("Mixed precision (bfloat16)"), job)),
            advanced(parameters.real_number("WIDTH", tr("Width of the network"), job)),
            advanced(parameters.whole_number("CROP_SIZE", tr("Crops in px (0: automatic)"), job)),
            advanced(
                parameters.whole_number("VALIDATE_EVERY", tr("Epochs between validations"), job)
            ),
            advanced(parameters.whole_number("GPUS", tr("GPUs at once (0: all)"), job)),
            advanced(parameters.text("LICENCE", tr("Licence of the model"))),
            advanced(parameters.whole_number("SEED", tr("Seed"), job)),
        ]

    def gives(self) -> List[Outcome]:
        """The run, and what came of it."""
        page = tr("HTML file (*.html)")
        keras = tr("Keras file (*.keras)")
        model = tr("Model file (*.onnx)")
        return [
            outputs.folder("RUN", tr("Folder of the run")),
            outputs.file("MODEL", tr("Best model"), model, by_default=False),
            outputs.file("KERAS", tr("Best model for Keras"), keras, by_default=False),
            outputs.file("REPORT", tr("Report of the training"), page),
            outputs.number("BEST_METRIC", tr("Best score on the validation split")),
        ]
