# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:evaluatemodel."""

from __future__ import annotations

from typing import List

from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter
from ...translation import tr
from . import GROUP


class EvaluateModel(CoverloomAlgorithm):
    """Measures how good a model is on a dataset."""

    NAME, GROUP = "evaluatemodel", GROUP

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Evaluate a model")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Models")

    def takes(self) -> List[Parameter]:
        """The model and the labels to compare with."""
        job = self.request_class
        return [
            parameters.file("MODEL", tr("Model file"), tr("Model file (*.onnx)")),
            parameters.folder("DATASET", tr("Dataset")),
            parameters.text("SPLIT", tr("Split"), "test"),
            parameters.advanced(parameters.choice("DEVICE", tr("Device"), job)),
            parameters.advanced(parameters.whole_number("GPU_INDEX", tr("Which GPU"), job)),
            parameters.advanced(
                parameters.whole_number("BATCH_SIZE", tr("Patches at once"), job)
            ),
        ]  # fmt: skip

    def gives(self) -> List[Outcome]:
        """The report, the figures as JSON, and the headline figures."""
        return [
            outputs.file("REPORT", tr("Report of the evaluation"), tr("HTML file (*.html)")),
            outputs.file("METRICS", tr("Figures as JSON"), tr("JSON file (*.json)")),
            outputs.number("ACCURACY", tr("Accuracy (pixels)")),
            outputs.number("MIOU", tr("Mean IoU (pixels)")),
            outputs.number("KAPPA", tr("Cohen's kappa (pixels)")),
            outputs.number("MACRO_F1", tr("Mean F1 (pixels)")),
            outputs.number("ECE", tr("Expected calibration error (pixels)")),
            outputs.number("AP_MACRO", tr("Average precision, macro (patches)")),
            outputs.number("AP_MICRO", tr("Average precision, micro (patches)")),
            outputs.number("LRAP", tr("Label ranking average precision (patches)")),
            outputs.number("F1_MACRO", tr("F1, macro (patches)")),
            outputs.number("F1_MICRO", tr("F1, micro (patches)")),
            outputs.number("RMSE", tr("Root mean squared error (numbers)")),
            outputs.number("MAE", tr("Mean absolute error (numbers)")),
            outputs.number("R2", tr("R2 (numbers)")),
            outputs.number("BIAS", tr("Bias, predicted less observed (numbers)")),
        ]
