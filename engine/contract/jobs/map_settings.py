# SPDX-License-Identifier: GPL-3.0-or-later
"""What all mapping requests share: the settings, and the files of one map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from ..errors import InvalidRequest
from .base import Job, limited

# Output fields of a request, in the order in which their layers stand in the legend.
MAPS = ("class_map", "maxprob", "entropy", "gap", "probs", "value")
FILES = ("classmap", "preview", "report")
# The output folder for the layers that are no parameter of their own.
FOLDER = "extra"


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
        precision: ``exact``; or ``fast``, in half precision where the device has it.
        augment: Average over the eight turned and mirrored views of every window.
        patch_resolution: For models that classify patches: a map value for every ``pixel``, or
            one for every ``stride``, the step between patches.
        layers: Names of further built-in layers, to be written into ``extra``.
        expressions: ``name = expression``, one a line: layers of the user's own.
        layers_file: Python file with functions that compute layers; it is run by the worker.
        resume: Keep a journal, and go on with it if an earlier run did not finish.
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
    precision: str = limited("exact", choices=("exact", "fast"))
    augment: bool = False
    patch_resolution: str = limited("pixel", choices=("pixel", "stride"))
    layers: Tuple[str, ...] = ()
    expressions: str = ""
    layers_file: str = ""
    resume: bool = False

    @property
    def has_extra(self) -> bool:
        """Whether layers are asked for that go into the folder ``extra``."""
        return bool(self.layers or self.expressions.strip() or self.layers_file)

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


@dataclass(frozen=True)
class MapRequest(MapSettings, _Required):
    """One scene, one model, one set of maps.

    Args:
        input: Paths of the scene.
        model: The model file.
        class_map: Path of the class raster (API key CLASS), which a model of classes needs.
        maxprob, entropy, gap, probs: Paths of the other rasters; empty to leave one out.
        value: Path of the map of a model that gives a number.
        classmap, preview, report: Paths of the JSON legend, PNG picture and JSON report.
        extra: Folder for ``layers``, ``expressions`` and what ``layers_file`` computes.
    """

    class_map: str = ""
    maxprob: str = ""
    entropy: str = ""
    gap: str = ""
    probs: str = ""
    value: str = ""
    classmap: str = ""
    preview: str = ""
    report: str = ""
    extra: str = ""

    @property
    def main(self) -> str:
        """Path of the map beside which the journal and the STAC item lie."""
        return self.class_map or self.value

    def inputs(self) -> Tuple[str, ...]:
        """Every path that is read, for the check that no output replaces one."""
        return (*self.input, self.model, self.mask, self.layers_file)

    def outputs(self) -> Dict[str, str]:
        """Field name to path of every output asked for."""
        names = (*MAPS, *FILES, FOLDER)
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def validate(self) -> None:
        """Check the fields, and that no two outputs are one file."""
        super().validate()
        paths = list(self.outputs().values())
        twice = sorted({path for path in paths if paths.count(path) > 1})
        if twice:
            raise InvalidRequest(
                f"{twice[0]} is asked for twice.", "Give each output its own path."
            )
        if not self.main:
            raise InvalidRequest(
                "Neither CLASS nor VALUE has a path.",
                "Give CLASS for a model of classes, VALUE for one that gives a number.",
            )
        if self.has_extra != bool(self.extra):
            raise InvalidRequest(
                "LAYERS, EXPRESSIONS or LAYERS_FILE are given, but EXTRA is not."
                if self.has_extra
                else f"EXTRA is {self.extra}, but no layer is asked for that would go there.",
                "Give both the layers and the folder EXTRA, or neither.",
            )
