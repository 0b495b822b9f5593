# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the tests inside QGIS map: run by the worker's Python, for QGIS's lacks the packages.

``python -I make_map_inputs.py FOLDER`` makes ``scene.tif`` (B02, B03, B04, a nodata border),
``other.tif`` (B08 alone, at half the resolution), ``mask.tif``, ``model.onnx`` with four classes,
and ``number.onnx``, which gives a number.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def main(folder: Path) -> None:
    import make_models
    import make_rasters
    from coverloom.engine.model_file import measured_card, save_model

    pixels = make_rasters.numbers((3, 150, 200), low=1, high=3000)
    pixels[:, :, :12] = 0
    make_rasters.write_raster(
        folder / "scene.tif", pixels, names=["B02", "B03", "B04"], nodata=0, tiled=True,
        blockxsize=64, blockysize=64,
    )  # fmt: skip
    mask = np.zeros((1, 150, 200), "uint8")
    mask[:, 20:60, 50:100] = 1
    make_rasters.write_raster(folder / "mask.tif", mask)
    proto = make_models.unet(depth=1)
    save_model(proto, make_models.card_for(), folder / "plain.onnx")
    card = measured_card(folder / "plain.onnx", make_models.card_for())
    save_model(proto, card, folder / "model.onnx")
    # One that gives a number: 80 + 20 (B03 - B02) / 500, in Mg/ha.
    number = make_models.linear_net([[-20, 20, 0]], [80.0])
    save_model(number, measured_card(number, make_models.value_card_for()), folder / "number.onnx")
    # The same network as others publish theirs: without a card.
    del proto.metadata_props[:]
    (folder / "foreign.onnx").write_bytes(proto.SerializeToString())


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    runpy.run_path(str(HERE.parents[1] / "engine" / "__main__.py"))["register_package"]()
    main(Path(sys.argv[1]))
