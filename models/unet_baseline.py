# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain encoder-decoder that the first BigEarthNet pipeline called a U-Net; without skips.

At 14 bands and 256 classes it has 947,136 parameters and takes about 282,000 multiply-adds a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .architecture import Architecture, scaled
from .heads import logits

if TYPE_CHECKING:
    import keras


def build(bands: int, classes: int, task: str = "pixel", width: float = 1.0) -> keras.Model:
    """Build the network, with fresh weights from Keras's global seed.

    Args:
        bands: Input channels.
        classes: Output channels.
        task: ``pixel`` or ``patch``.
        width: Factor on all channel widths.

    Returns:
        (N, H, W, bands) float32, H and W multiples of 4, to float32 logits.
    """
    import keras

    inputs = keras.Input((None, None, bands), name="input")
    narrow, middle, wide = (scaled(channels, width) for channels in (64, 128, 256))
    x = _convolution(inputs, narrow, "down0a")
    x = _convolution(x, narrow, "down0b")
    x = keras.layers.MaxPooling2D(2, name="pool1")(x)
    x = _convolution(x, middle, "down1a")
    x = _convolution(x, middle, "down1b")
    x = keras.layers.MaxPooling2D(2, name="pool2")(x)
    x = _convolution(x, wide, "bottom")
    x = keras.layers.UpSampling2D(2, name="enlarge1")(x)
    x = _convolution(x, middle, "up1")
    x = keras.layers.UpSampling2D(2, name="enlarge0")(x)
    x = _convolution(x, narrow, "up0")
    return keras.Model(inputs, logits(x, classes, task), name="unet_baseline")


def _convolution(x: Any, channels: int, name: str) -> Any:
    import keras

    x = keras.layers.Conv2D(channels, 3, padding="same", name=name)(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


UNET_BASELINE = Architecture(
    build=build,
    task="pixel",
    stride=4,
    dynamic_space=True,
    options=("task", "width"),
    tasks=("pixel", "patch"),
    smallest=4,
)
