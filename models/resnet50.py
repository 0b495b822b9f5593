# SPDX-License-Identifier: GPL-3.0-or-later
"""ResNet50 for scenes; 23,568,915 trainable parameters at 10 bands and 19 classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .architecture import Architecture
from .resnet import OPTIONS, SMALLEST, build_resnet

if TYPE_CHECKING:
    import keras

DEPTHS = (3, 4, 6, 3)


def build(bands: int, classes: int, width: float = 1.0) -> keras.Model:
    """Build the network; see ``build_resnet``."""
    return build_resnet(bands, classes, DEPTHS, width, "resnet50")


RESNET50 = Architecture(
    build=build, task="patch", stride=1, dynamic_space=True, options=OPTIONS, smallest=SMALLEST
)
