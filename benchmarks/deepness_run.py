# SPDX-License-Identifier: GPL-3.0-or-later
"""The Deepness plugin on a raster, in QGIS's Python and without a window.

``deepness_run.py PLUGIN [MODEL RASTER]``; without a model it only imports what it needs. Deepness
runs with what its dock offers: tiles of 512 px that share 15 %, batches of 1, threshold 0.5, size 9
of its filter. It makes one raster of classes in memory, and polygons of it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def load(plugin: str) -> None:
    """Make ``deepness`` importable, with the packages that it installs into its own folder."""
    folder = Path(plugin).resolve()
    own = folder / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    sys.path[:0] = [str(folder.parent), str(own)]
    import cv2  # noqa: F401
    import onnxruntime  # noqa: F401
    from deepness.processing.map_processor import map_processor_segmentation  # noqa: F401


def layer_of(raster: str) -> object:
    """The raster as a layer of the project."""
    from qgis.core import QgsProject, QgsRasterLayer

    layer = QgsRasterLayer(raster, "scene")
    if not layer.isValid():
        raise SystemExit(f"QGIS cannot open {raster}.")
    QgsProject.instance().addMapLayer(layer)
    return layer


def parameters(layer: object, model: object) -> object:
    """What Deepness's dock would hand to its processor."""
    from deepness.common.channels_mapping import ChannelsMapping, ImageChannelStandaloneBand
    from deepness.common.processing_overlap import ProcessingOverlap, ProcessingOverlapOptions
    from deepness.common.processing_parameters.map_processing_parameters import ProcessedAreaType
    from deepness.common.processing_parameters.segmentation_parameters import (
        SegmentationParameters,
    )

    bands = ChannelsMapping()
    bands.set_image_channels(
        [ImageChannelStandaloneBand(i + 1, str(i + 1)) for i in range(layer.bandCount())]
    )
    bands.set_number_of_model_inputs_same_as_image_channels()
    return SegmentationParameters(
        resolution_cm_per_px=layer.rasterUnitsPerPixelX() * 100, tile_size_px=512, batch_size=1,
        local_cache=False, processed_area_type=ProcessedAreaType.ENTIRE_LAYER, mask_layer_id=None,
        input_layer_id=layer.id(), input_channels_mapping=bands,
        postprocessing_dilate_erode_size=9, model=model,
        processing_overlap=ProcessingOverlap(
            ProcessingOverlapOptions.OVERLAP_IN_PERCENT, percentage=15
        ),
        pixel_classification__probability_threshold=0.5,
    )  # fmt: skip


def main(model: str, raster: str) -> None:
    """Map, and print the time that it took once QGIS stood."""
    import onnxruntime
    from deepness.processing.map_processor.map_processor_segmentation import (
        MapProcessorSegmentation,
    )
    from deepness.processing.models.segmentor import Segmentor

    polygons = {"seconds": 0.0, "cpu_s": 0.0}

    class Timed(MapProcessorSegmentation):
        """Counts what its polygons take: how many there are is up to the model."""

        def _create_vlayer_from_mask_for_base_extent(self, mask_img: object) -> object:
            began, before = time.perf_counter(), time.process_time()
            made = super()._create_vlayer_from_mask_for_base_extent(mask_img)
            polygons["seconds"] += time.perf_counter() - began
            polygons["cpu_s"] += time.process_time() - before
            return made

    layer = layer_of(raster)
    began, before = time.perf_counter(), time.process_time()
    made = parameters(layer, Segmentor(model))
    processor = Timed(rlayer=layer, vlayer_mask=None, map_canvas=None, params=made)
    processor.run()
    shape = processor.get_result_img().shape  # raises if the run failed
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - before
    said = {"seconds": seconds, "cpu_s": cpu_s, "shape": shape,
            "polygons": polygons, "onnxruntime": onnxruntime.__version__}  # fmt: skip
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    load(sys.argv[1])
    if len(sys.argv) > 2:
        from qgis.core import QgsApplication

        application = QgsApplication([], False)
        application.initQgis()
        main(*sys.argv[2:])
        os._exit(0)  # all has been said, and QGIS may crash on its way out with a layer alive
