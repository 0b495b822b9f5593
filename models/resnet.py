# SPDX-License-Identifier: GPL-3.0-or-later
"""What ResNet50, 101 and 152 share: bottleneck units of version 1, for whole patches.

He et al. 2016 (doi:10.1109/CVPR.2016.90), table 1; where the resolution is halved, the first 1 x 1
convolution of a stage does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from .architecture import scaled
from .heads import logits

if TYPE_CHECKING:
    import keras

_WIDTHS = (64, 128, 256, 512)
_EXPANSION = 4
SMALLEST = 32
OPTIONS = ("width",)


def build_resnet(
    bands: int, classes: int, depths: Sequence[int], width: float, name: str
) -> keras.Model:
    """Build the network, with fresh weights from Keras's global seed.

    Args:
        bands: Input channels.
        classes: Output channels.
        depths: Units in each of the four stages.
        width: Factor on all channel widths.
        name: Of the model.

    Returns:
        (N, H, W, bands) float32, sides of 32 px and more, to (N, classes) float32 logits.
    """
    import keras

    inputs = keras.Input((None, None, bands), name="input")
    x = keras.layers.ZeroPadding2D(3, name="stem_pad")(inputs)
    x = _convolution(x, scaled(64, width), 7, 2, "stem", padding="valid")
    x = keras.layers.ReLU(name="stem_relu")(x)
    # Zeros beside what a ReLU gave never win the maximum.
    x = keras.layers.ZeroPadding2D(1, name="pool_pad")(x)
    x = keras.layers.MaxPooling2D(3, 2, name="pool")(x)
    for stage, (channels, depth) in enumerate(zip(_WIDTHS, depths), start=1):
        for number in range(depth):
            stride = 2 if stage > 1 and number == 0 else 1
            unit = f"stage{stage}_unit{number + 1}"
            x = _unit(x, scaled(channels, width), stride, number == 0, unit)
    return keras.Model(inputs, logits(x, classes, "patch"), name=name)


def _unit(x: Any, channels: int, stride: int, project: bool, name: str) -> Any:
    import keras

    wide = _EXPANSION * channels
    shortcut = _convolution(x, wide, 1, stride, f"{name}_shortcut") if project else x
    x = _convolution(x, channels, 1, stride, f"{name}_a")
    x = keras.layers.ReLU(name=f"{name}_a_relu")(x)
    x = _convolution(x, channels, 3, 1, f"{name}_b")
    x = keras.layers.ReLU(name=f"{name}_b_relu")(x)
    x = _convolution(x, wide, 1, 1, f"{name}_c")
    x = keras.layers.Add(name=f"{name}_add")([shortcut, x])
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _convolution(
    x: Any, channels: int, side: int, stride: int, name: str, padding: str = "same"
) -> Any:
    """A convolution without bias, and the normalisation that has one."""
    import keras

    x = keras.layers.Conv2D(
        channels,
        side,
        stride,
        padding=padding,
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=f"{name}_norm")(x)
