# SPDX-License-Identifier: GPL-3.0-or-later
"""The request to cut rasters and their labels into chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional, Tuple

from ..errors import InvalidRequest
from .base import Job, limited
from .exportdataset import COMPRESSIONS, FORMATS


@dataclass(frozen=True)
class ExportChips(Job):
    """Cut rasters into a training dataset, with labels from a raster or from polygons.

    Args:
        rasters: Raster paths; the first sets the grid, the others are brought onto it.
        labels: Raster of class values, or GeoJSON polygons.
        output: Folder of the dataset; new, empty, or an unfinished run to go on with.
        field: Field of the polygons that holds the class; not for a raster.
        bands: Names of the bands in the order of the rasters; empty to take the rasters' own.
        chip_size: Side of a chip in px.
        stride: Step between chips in px; 0 for ``chip_size``.
        extent: (xmin, ymin, xmax, ymax) in ``extent_crs``; None for the whole grid.
        extent_crs: CRS of the extent; empty for the first raster's.
        format: Form of the shards.
        splits: ``blocks`` deals chips out in square blocks, ``random`` one by one, ``none``
            puts all into train.
        min_labelled: Share of a chip's pixels that must have a class, in [0, 1].
        resampling: How other rasters come onto the grid.
        shard_size: Chips in a shard.
        compression: ``auto`` for what suits the format.
        resume: Go on with what an earlier run with the same settings finished.
        workers: Processes; 0 for all cores.
        scheduler: Address of a Dask scheduler; empty for this machine.
        seed: Seed of splits and order.
    """

    name: ClassVar[str] = "exportchips"
    rasters: Tuple[str, ...]
    labels: str
    output: str
    field: str = ""
    bands: Tuple[str, ...] = ()
    chip_size: int = limited(120, minimum=8, maximum=8192)
    stride: int = limited(0, minimum=0)
    extent: Optional[Tuple[float, float, float, float]] = None
    extent_crs: str = ""
    format: str = limited("tfrecord", choices=FORMATS)
    splits: str = limited("blocks", choices=("blocks", "random", "none"))
    min_labelled: float = limited(0.0, minimum=0.0, maximum=1.0)
    resampling: str = limited("bilinear", choices=("nearest", "bilinear", "cubic"))
    shard_size: int = limited(100, minimum=1)
    compression: str = limited("auto", choices=COMPRESSIONS)
    resume: bool = True
    workers: int = limited(0, minimum=0)
    scheduler: str = ""
    seed: int = limited(42, minimum=0)

    def validate(self) -> None:
        """Check the fields, and that the extent has an area."""
        super().validate()
        if self.extent and not (
            self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]
        ):
            raise InvalidRequest(
                f"EXTENT is {self.extent}, which has no area.", "Give xmin < xmax and ymin < ymax."
            )
