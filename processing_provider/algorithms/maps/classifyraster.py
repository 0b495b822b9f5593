# SPDX-License-Identifier: GPL-3.0-or-later
"""coverloom:classifyraster."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Dict, List, Tuple

from ....engine.contract.jobs.base import Job
from ... import outputs, parameters
from ...base import CoverloomAlgorithm, Outcome
from ...parameters import Parameter, advanced
from ...translation import tr
from . import GROUP


class ClassifyRaster(CoverloomAlgorithm):
    """Maps land cover and its uncertainty.

    Attributes:
        RESUMED_BY: The outputs by whose place an unfinished run is found again; one will do.
    """

    NAME, GROUP = "classifyraster", GROUP
    RESUMED_BY: ClassVar[Tuple[str, ...]] = ("CLASS", "VALUE")

    def displayName(self) -> str:
        """What the Toolbox shows."""
        return tr("Classify a raster")

    def group(self) -> str:
        """What the Toolbox shows of the group."""
        return tr("Maps")

    def takes(self) -> List[Parameter]:
        """Rasters, model, where, and how."""
        job = self.request_class
        return [
            parameters.rasters_or_addresses("INPUT", tr("Rasters with the model's bands")),
            parameters.file("MODEL", tr("Model file"), tr("Model file (*.onnx)")),
            parameters.text("BAND_MAP", tr("Which band is which, as in B02=1,B03=2")),
            parameters.extent("EXTENT", tr("Extent")),
            parameters.mask("MASK", tr("Mask (raster or polygons)")),
            parameters.choice("DEVICE", tr("Device"), job),
            advanced(parameters.whole_number("GPU_INDEX", tr("Which GPU"), job)),
            advanced(parameters.whole_number("CHUNK_SIZE", tr("Chunk size in px (0: auto)"), job)),
            advanced(parameters.whole_number("OVERLAP", tr("Overlap in px (-1: auto)"), job)),
            advanced(parameters.whole_number("BATCH_SIZE", tr("Batch size (0: auto)"), job)),
            advanced(
                parameters.whole_number("MAX_MEMORY_MB", tr("Memory limit in MB (0: auto)"), job)
            ),
            advanced(parameters.choice("LAYER_TYPE", tr("Type of continuous layers"), job)),
            parameters.choice("PRECISION", tr("Precision"), job),
            advanced(parameters.yes_no("AUGMENT", tr("Average over eight views"), job)),
            advanced(parameters.choice("PATCH_RESOLUTION", tr("Pixel of patch models"), job)),
            advanced(parameters.yes_no("RESUME", tr("Go on with an unfinished run"), job)),
            *map(advanced, own_layers()),
        ]

    def gives(self) -> List[Outcome]:
        """Maps, the uppermost in the legend first, and files beside them."""
        json, png = tr("JSON file (*.json)"), tr("PNG picture (*.png)")
        return [
            outputs.map_layer("CLASS", tr("Class"), field="class_map"),
            outputs.map_layer("MAXPROB", tr("Maximum probability"), style="maxprob"),
            outputs.map_layer("ENTROPY", tr("Entropy"), style="entropy"),
            outputs.map_layer("GAP", tr("Gap between the first two"), style="gap"),
            outputs.map_layer("VALUE", tr("Number that the model gives"), style="value"),
            outputs.map_layer("PROBS", tr("Probabilities of all classes"), by_default=False),
            outputs.file("CLASSMAP", tr("Class legend"), json, by_default=False),
            outputs.file("PREVIEW", tr("Preview"), png, by_default=False),
            outputs.file("REPORT", tr("Report"), json, by_default=False),
            outputs.folder("EXTRA", tr("Folder for further layers"), optional=True),
        ]

    def cautions(self, parameters: Dict[str, Any]) -> List[str]:
        """Where RESUME cannot help."""
        lasting = any(self._destinations[key].chosen(parameters) for key in self.RESUMED_BY)
        if lasting or not self._fields["resume"]:
            return []
        text = tr(
            "RESUME cannot go on with maps in temporary files, whose names the next run "
            "does not know. Give {} a path."
        )
        return [text.format(self.RESUMED_BY[0])]

    def layer_group(self, request: Job) -> str:
        """The model and what it was applied to."""
        names = [Path(path.split("|")[0]).stem for path in request.input[:1]]
        return " · ".join([Path(request.model).stem, *names])


def own_layers() -> List[Parameter]:
    """Layers that are no output of their own."""
    return [
        parameters.names("LAYERS", tr("Further layers, as in second_class,margin_of_doubt")),
        parameters.lines("EXPRESSIONS", tr("Expressions, one 'name = expression' a line")),
        parameters.file(
            "LAYERS_FILE", tr("Python file with layers"), tr("Python file (*.py)"), optional=True
        ),
    ]
