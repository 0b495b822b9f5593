# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusing, before anything is written, outputs that would fail later."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterable, Mapping, Sequence

from ..contract.errors import NotEnoughDisk, OutputIsInput

_OVERVIEWS = 4 / 3  # 1 + 1/4 + 1/16 + …


def check_space(bytes_of: Mapping[Path, float]) -> None:
    """Compare what the outputs may need with what their disks have free.

    Args:
        bytes_of: Uncompressed bytes of each file to be written, without overviews.

    Raises:
        NotEnoughDisk: One disk cannot hold its share.
    """
    needed: Dict[int, float] = defaultdict(float)
    place: Dict[int, Path] = {}
    for path, size in bytes_of.items():
        folder = existing_folder(path)
        device = folder.stat().st_dev
        needed[device] += size * _OVERVIEWS
        place[device] = folder
    for device, size in needed.items():
        free = shutil.disk_usage(place[device]).free
        if size > free:
            raise NotEnoughDisk(
                f"The outputs may need {size / 1e9:.2f} GB in {place[device]}, "
                f"where {free / 1e9:.2f} GB are free.",
                "Free some space, leave out layers such as PROBS, or use LAYER_TYPE byte.",
            )


def existing_folder(path: Path) -> Path:
    """The nearest folder above ``path`` that is there already."""
    folder = path.absolute().parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder


def check_not_inputs(outputs: Iterable[Path], inputs: Sequence[str]) -> None:
    """Refuse an output that is one of the inputs, by whatever name.

    Raises:
        OutputIsInput: It is.
    """
    sources = {Path(source).resolve() for source in inputs if Path(source).exists()}
    for output in outputs:
        if output.resolve() in sources:
            raise OutputIsInput(
                f"The output {output} is one of the inputs.", "Give it another path."
            )
