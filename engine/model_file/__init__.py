# SPDX-License-Identifier: GPL-3.0-or-later
"""Model files: ONNX with its card inside, read without trusting it and written whole."""

from __future__ import annotations

from .measure import measured_card, receptive_field
from .model import ModelFile, read_card, read_model
from .save import save_model, write_card

__all__ = [
    "ModelFile",
    "measured_card",
    "read_card",
    "read_model",
    "receptive_field",
    "save_model",
    "write_card",
]
