# SPDX-License-Identifier: GPL-3.0-or-later
"""U-Net with skip connections and batch normalisation, light enough to map with on a CPU.

Ronneberger et al. 2015 (doi:10.1007/978-3-319-24574-4_28), with three poolings and, on the way up,
nearest-neighbour upsampling: transposed convolutions leave a checkerboard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Tuple

from .architecture import Architecture, scaled
from .heads import logits

if TYPE_CHECKING:
    import keras

# Channels from full resolution to an eighth. Convolution engines block channels by 16, so every
# width is a multiple of that; few channels at full resolution, where each costs 64 times what it
# costs at the bottom, leave the parameters to the levels that see context.
WIDTHS = (16, 48, 96, 176)


def build(bands: int, classes: int, width: float = 1.0, task: str = "pixel") -> keras.Model:
    """Build the network, with fresh weights from Keras's global seed.

    At 14 bands and 19 classes it has 931,907 parameters and takes 64,804 multiply-adds a pixel;
    an output depends on inputs at most 51 px away.

    Args:
        bands: Input channels.
        classes: Output channels.
        width: Factor on all channel widths, rounded to multiples of 16.
        task: ``pixel`` or ``patch``.

    Returns:
        (N, H, W, bands) float32, H and W multiples of 8, to float32 logits: (N, H, W, classes),
        or (N, classes) per patch.
    """
    import keras

    widths = scaled_widths(width)
    inputs = keras.Input((None, None, bands), name="input")
    x, skips = inputs, []
    for level, channels in enumerate(widths):
        if level:
            x = keras.layers.MaxPooling2D(2, name=f"pool{level}")(x)
        x = _two_convolutions(x, channels, f"down{level}")
        skips.append(x)
    for level in range(len(widths) - 2, -1, -1):
        # Narrowed before it is enlarged: the same result at a quarter of the memory and work.
        x = keras.layers.Conv2D(widths[level], 1, name=f"narrow{level}")(x)
        x = keras.layers.UpSampling2D(2, interpolation="nearest", name=f"enlarge{level}")(x)
        x = keras.layers.Concatenate(name=f"join{level}")([skips[level], x])
        x = _two_convolutions(x, widths[level], f"up{level}")
    return keras.Model(inputs, logits(x, classes, task), name="unet")


def scaled_widths(width: float) -> Tuple[int, ...]:
    """Channel widths at each level, multiples of 16."""
    return tuple(scaled(channels, width) for channels in WIDTHS)


def _two_convolutions(x: Any, channels: int, name: str) -> Any:
    import keras

    for part in ("a", "b"):
        x = keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
            name=f"{name}{part}",
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9, name=f"{name}{part}_norm")(x)
        x = keras.layers.ReLU(name=f"{name}{part}_relu")(x)
    return x


UNET = Architecture(
    build=build,
    task="pixel",
    stride=8,
    dynamic_space=True,
    options=("task", "width"),
    tasks=("pixel", "patch"),
    smallest=8,
)
