# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to show the logs of trainings in TensorBoard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class TensorBoard(Job):
    """Serve TensorBoard on this machine alone until the job is ended.

    Args:
        run: Folder of a run, or of several.
        port: Port on 127.0.0.1; 0 for any that is free.
    """

    name: ClassVar[str] = "tensorboard"
    run: str
    port: int = limited(0, minimum=0, maximum=65535)
