# SPDX-License-Identifier: GPL-3.0-or-later
"""Architectures: one file and one line each; Keras is imported only when one is built."""

from __future__ import annotations

from ..engine.contract.registry import Entry, Registry

ARCHITECTURES = Registry(
    __name__,
    {
        "unet": Entry("U-Net", "unet:UNET"),
    },
)
