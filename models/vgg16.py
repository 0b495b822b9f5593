# SPDX-License-Identifier: GPL-3.0-or-later
"""VGG16 for scenes; 134,342,419 parameters at 10 bands and 19 classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .architecture import Architecture
from .vgg import OPTIONS, SMALLEST, build_vgg

if TYPE_CHECKING:
    import keras

DEPTHS = (2, 2, 3, 3, 3)


def build(bands: int, classes: int, width: float = 1.0) -> keras.Model:
    """Build the network; see ``build_vgg``."""
    return build_vgg(bands, classes, DEPTHS, width, "vgg16")


VGG16 = Architecture(
    build=build, task="patch", stride=1, dynamic_space=True, options=OPTIONS, smallest=SMALLEST
)
