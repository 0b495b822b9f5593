# SPDX-License-Identifier: GPL-3.0-or-later
"""The last layers of a network: logits per pixel or per patch.

Logits stay float32 under mixed precision: their small differences are the uncertainty.
"""

from __future__ import annotations

from typing import Any


def pixel_logits(features: Any, classes: int) -> Any:
    """(N, H, W, C) features to (N, H, W, classes) logits."""
    import keras

    return keras.layers.Conv2D(classes, 1, dtype="float32", name="logits")(features)


def patch_logits(features: Any, classes: int) -> Any:
    """(N, C) features to (N, classes) logits."""
    import keras

    return keras.layers.Dense(classes, dtype="float32", name="logits")(features)


def logits(features: Any, classes: int, task: str) -> Any:
    """(N, H, W, C) features to logits for ``task``; per patch, of their mean over space."""
    import keras

    if task == "pixel":
        return pixel_logits(features, classes)
    return patch_logits(keras.layers.GlobalAveragePooling2D(name="mean")(features), classes)
