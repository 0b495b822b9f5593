# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tiles for the tests inside QGIS: run by the worker's Python.

``python -I make_tiles.py FOLDER`` makes ``tiles`` (a SAFE folder with B02, B03, B04 and scene
classes, and a damaged raster) and ``model.onnx`` with four classes.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def main(folder: Path) -> None:
    import make_models
    import make_safe
    from coverloom.engine.model_file import measured_card, save_model

    scl = np.full((48, 48), 4)
    scl[:10] = 9
    make_safe.make_safe(folder / "tiles", size=96, scl=scl, name="S2A_MSIL2A_test.SAFE")
    (folder / "tiles" / "damaged.tif").write_bytes(b"no raster")
    proto = make_models.unet(depth=1)
    save_model(proto, measured_card(proto, make_models.card_for()), folder / "model.onnx")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    runpy.run_path(str(HERE.parents[1] / "engine" / "__main__.py"))["register_package"]()
    main(Path(sys.argv[1]))
