# SPDX-License-Identifier: GPL-3.0-or-later
"""What every architecture says of itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence, Tuple

from ..engine.contract.errors import InvalidRequest

if TYPE_CHECKING:
    import keras

_BLOCK = 16


@dataclass(frozen=True)
class Architecture:
    """A network to train.

    Args:
        build: ``build(bands, classes, **options)`` makes a fresh ``keras.Model`` that takes
            (N, H, W, bands) float32, normalised, and gives float32 logits: (N, H, W, classes)
            for task ``pixel``, (N, classes) for ``patch``.
        task: ``pixel`` or ``patch``: what it is made for.
        stride: Sides of a window must be a multiple of this, px.
        dynamic_space: Whether windows of any such size go in.
        options: What ``build`` takes of ``task``, ``width``, ``patch`` ((height, width) px) and
            ``band_names``.
        tasks: All tasks it can do; empty for ``task`` alone.
        smallest: Smallest side of a window, px.
        check_bands: Raises ``InvalidRequest`` for band names it cannot take; None if it takes any.
    """

    build: Callable[..., keras.Model]
    task: str
    stride: int
    dynamic_space: bool
    options: Tuple[str, ...] = ("width",)
    tasks: Tuple[str, ...] = ()
    smallest: int = 1
    check_bands: Optional[Callable[[Sequence[str]], None]] = None

    def can(self, task: str) -> bool:
        """Whether it can be built for ``task``."""
        return task in (self.tasks or (self.task,))

    def check(self, task: str, patch: Tuple[int, int], band_names: Sequence[str]) -> None:
        """See that it can take such windows, before anything starts.

        Args:
            task: ``pixel`` or ``patch``.
            patch: (height, width) of the windows, px.
            band_names: The input channels, in order.

        Raises:
            InvalidRequest: It cannot.
        """
        if not self.can(task):
            raise InvalidRequest(
                f"The architecture answers per {self.task}, not per {task}.",
                "Choose another ARCHITECTURE, or a dataset with other labels.",
            )
        if min(patch) < self.smallest or any(side % self.stride for side in patch):
            raise InvalidRequest(
                f"The architecture cannot take windows of {patch[0]} x {patch[1]} px.",
                f"Their sides must be multiples of {self.stride}, at least {self.smallest} px.",
            )
        if self.check_bands is not None:
            self.check_bands(band_names)

    def make(
        self,
        band_names: Sequence[str],
        classes: int,
        task: str,
        patch: Tuple[int, int],
        width: float = 1.0,
    ) -> keras.Model:
        """Check and build.

        Args:
            band_names: The input channels, in order.
            classes: Output channels.
            task: ``pixel`` or ``patch``.
            patch: (height, width) of the windows, px.
            width: Factor on all channel widths.

        Raises:
            InvalidRequest: It cannot take such windows.
        """
        self.check(task, patch, band_names)
        every: Dict[str, Any] = {
            "task": task,
            "width": width,
            "patch": patch,
            "band_names": tuple(band_names),
        }
        return self.build(len(band_names), classes, **{name: every[name] for name in self.options})


def scaled(channels: int, width: float) -> int:
    """A channel width times ``width``, rounded to a multiple of 16 unless ``width`` is 1.

    Convolution engines block channels by 16.
    """
    if width == 1.0:
        return channels
    return max(_BLOCK, math.floor(channels * width / _BLOCK + 0.5) * _BLOCK)
