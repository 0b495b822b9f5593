# SPDX-License-Identifier: GPL-3.0-or-later
"""What VGG16 and VGG19 share: blocks of 3 x 3 convolutions, a convolutional classifier.

Simonyan and Zisserman 2014 (arXiv:1409.1556), as the first BigEarthNet models had it: the first
fully connected layer is a 7 x 7 convolution with padding, and the mean over space comes behind the
second, so that patches of any size go in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .architecture import scaled
from .heads import logits

if TYPE_CHECKING:
    import keras

_WIDTHS = (64, 128, 256, 512, 512)
_CLASSIFIER = 4096
SMALLEST = 32
OPTIONS = ("width",)


def build_vgg(
    bands: int, classes: int, depths: Sequence[int], width: float, name: str
) -> keras.Model:
    """Build the network, with fresh weights from Keras's global seed.

    Args:
        bands: Input channels.
        classes: Output channels.
        depths: Convolutions in each block.
        width: Factor on all channel widths.
        name: Of the model.

    Returns:
        (N, H, W, bands) float32, sides of 32 px and more, to (N, classes) float32 logits.
    """
    import keras

    inputs = keras.Input((None, None, bands), name="input")
    x = inputs
    for block, (channels, depth) in enumerate(zip(_WIDTHS, depths), start=1):
        for part in range(1, depth + 1):
            x = _convolution(x, scaled(channels, width), 3, f"block{block}_conv{part}")
        x = keras.layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    x = _convolution(x, scaled(_CLASSIFIER, width), 7, "fc6")
    x = keras.layers.Dropout(0.5, name="fc6_drop")(x)
    x = _convolution(x, scaled(_CLASSIFIER, width), 1, "fc7")
    x = keras.layers.Dropout(0.5, name="fc7_drop")(x)
    return keras.Model(inputs, logits(x, classes, "patch"), name=name)


def _convolution(x: Any, channels: int, side: int, name: str) -> Any:
    import keras

    x = keras.layers.Conv2D(
        channels, side, padding="same", kernel_initializer="he_normal", name=name
    )(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)
