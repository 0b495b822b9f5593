# SPDX-License-Identifier: GPL-3.0-or-later
"""Architectures: one file and one line each; Keras is imported only when one is built."""

from __future__ import annotations

from ..engine.contract.registry import Entry, Registry

ARCHITECTURES = Registry(
    __name__,
    {
        "unet": Entry("U-Net", "unet:UNET"),
        "unet_baseline": Entry("Plain encoder-decoder", "unet_baseline:UNET_BASELINE"),
        "kbranch": Entry("K-Branch CNN", "kbranch:KBRANCH"),
        "vgg16": Entry("VGG16", "vgg16:VGG16"),
        "vgg19": Entry("VGG19", "vgg19:VGG19"),
        "resnet50": Entry("ResNet50", "resnet50:RESNET50"),
        "resnet101": Entry("ResNet101", "resnet101:RESNET101"),
        "resnet152": Entry("ResNet152", "resnet152:RESNET152"),
    },
)
