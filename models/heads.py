# SPDX-License-Identifier: GPL-3.0-or-later
"""The last layers of a network: logits per pixel or per patch, or a number in its unit.

Logits stay float32 under mixed precision: their small differences are the uncertainty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


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


def in_units(model: keras.Model, mean: float, std: float) -> keras.Model:
    """A network of one linear output that gives its target's unit.

    Inside, the last linear layer gives the target less ``mean``, over ``std``, which is what
    learns well; the layer behind it undoes both, so that every copy of the network, ONNX or
    Keras, answers in the unit.

    Args:
        model: (N, …, 1) out.
        mean: Of the target over the train split, in its unit.
        std: Standard deviation likewise.
    """
    import keras

    scaled = keras.layers.Rescaling(std, offset=mean, dtype="float32", name="values")
    return keras.Model(model.inputs, scaled(model.outputs[0]), name=model.name)
