# SPDX-License-Identifier: GPL-3.0-or-later
"""What every architecture says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Architecture:
    """A network to train.

    Args:
        build: ``build(bands, classes, **options)`` makes a fresh ``keras.Model`` that takes
            (N, H, W, bands) float32, normalised, and gives float32 logits: (N, H, W, classes)
            for task ``pixel``, (N, classes) for ``patch``.
        task: ``pixel`` or ``patch``.
        stride: Sides of a window must be a multiple of this, px.
        dynamic_space: Whether windows of any such size go in.
    """

    build: Callable[..., keras.Model]
    task: str
    stride: int
    dynamic_space: bool
