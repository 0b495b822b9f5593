# SPDX-License-Identifier: GPL-3.0-or-later
"""What all mapping requests share: the settings, and the files of one map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from ..errors import InvalidRequest
from .base import Job, limited

# Output fields of a request, in the order in which their layers stand in the legend.
MAPS = ("class_map", "maxprob", "entropy", "gap", "probs")
FILES = ("classmap", "preview", "report")


@dataclass(frozen=True)
class MapSettings(Job):
    """How a scene is mapped.

    Args:
        band_map: ``"B02=1,B03=2"``: model band to input band, counted from 1 over all
            inputs, or to a band description; empty to bind by name, then by the card's order.
        extent: (xmin, ymin, xmax, ymax) in ``extent_crs``; None for the whole raster.
        extent_crs: CRS of the extent, as an authority code or WKT; empty for the raster's.
        mask: Raster (0 and nodata are left out) or GeoJSON polygons; empty for none.
        device: Where to run the model.
        gpu_index: Which GPU.
        chunk_size: Side of a chunk's core in px; 0 to choose by the memory limit.
        overlap: Halo around the core in px; -1 for what the model's receptive field asks.
        batch_size: Windows in one inference; 0 to choose.
        max_memory_mb: Memory that the worker may use, in MB; 0 for 800.
        layer_type: ``float32``, or ``byte`` for continuous layers scaled to 0..254.
    """

    band_map: str = ""
    extent: Optional[Tuple[float, float, float, float]] = None
    extent_crs: str = ""
    mask: str = ""
    device: str = limited("auto", choices=("auto", "cpu", "cuda"))
    gpu_index: int = limited(0, minimum=0)
    chunk_size: int = limited(0, minimum=0)
    overlap: int = limited(-1, minimum=-1)
    batch_size: int = limited(0, minimum=0)
    max_memory_mb: int = limited(0, minimum=0)
    layer_type: str = limited("float32", choices=("float32", "byte"))

    def validate(self) -> None:
        """Check the fields, and that the extent has an area."""
        super().validate()
        if self.extent and not (
            self.extent[0] < self.extent[2] and self.extent[1] < self.extent[3]
        ):
            raise InvalidRequest(
                f"EXTENT is {self.extent}, which has no area.", "Give xmin < xmax and ymin < ymax."
            )


@dataclass(frozen=True)
class _Required(Job):
    """Fields without a default, which a dataclass must list first."""

    input: Tuple[str, ...]
    model: str
    class_map: str


@dataclass(frozen=True)
class MapRequest(MapSettings, _Required):
    """One scene, one model, one set of maps.

    Args:
        input: Paths of the scene.
        model: The model file.
        class_map: Path of the class raster (API key CLASS).
        maxprob, entropy, gap, probs: Paths of the other rasters; empty to leave one out.
        classmap, preview, report: Paths of the JSON legend, PNG picture and JSON report.
    """

    maxprob: str = ""
    entropy: str = ""
    gap: str = ""
    probs: str = ""
    classmap: str = ""
    preview: str = ""
    report: str = ""

    def inputs(self) -> Tuple[str, ...]:
        """Every path that is read, for the check that no output replaces one."""
        return (*self.input, self.model, self.mask)

    def outputs(self) -> Dict[str, str]:
        """Field name to path of every output asked for."""
        return {name: getattr(self, name) for name in (*MAPS, *FILES) if getattr(self, name)}

    def validate(self) -> None:
        """Check the fields, and that no two outputs are one file."""
        super().validate()
        paths = list(self.outputs().values())
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise InvalidRequest(
                f"{twice[0]} is asked for twice.", "Give each output its own path."
            )
