# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to show what a dataset holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .base import Job, limited


@dataclass(frozen=True)
class DescribeDataset(Job):
    """Write a page, the footprints and the statistics of a dataset.

    Args:
        input: Folder of the dataset.
        output: Path of the HTML page; empty for none.
        footprints: Path of a ``.gpkg`` or ``.geojson``; empty for none.
        statistics: Path of the JSON statistics; empty for none.
        pixels: Whether to read every patch: histograms of measurements, and damage.
        samples: Patches shown as pictures.
        seed: Seed of which are shown.
    """

    name: ClassVar[str] = "describedataset"
    input: str
    output: str = ""
    footprints: str = ""
    statistics: str = ""
    pixels: bool = True
    samples: int = limited(12, minimum=0, maximum=100)
    seed: int = limited(42, minimum=0)
