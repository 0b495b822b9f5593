# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes what the mapping benchmarks run on: a raster of ten bands and two model files."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")
_STRIP = 512


def make_raster(path: Path, side: int, **compression: object) -> None:
    """Write a tiled uint16 raster of ``side`` x ``side`` px with smooth noise in it."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(300, 3000, (len(BANDS), side // 16 + 1, side // 16 + 1)).astype(np.uint16)
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": len(BANDS), "dtype": "uint16",
        "crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 300000, 0, -10, 5400000),
        "tiled": True, "blockxsize": 512, "blockysize": 512, "nodata": 0, "interleave": "band",
        "BIGTIFF": "YES", **compression,
    }  # fmt: skip
    columns = np.arange(side) // 16
    with rasterio.open(path, "w", **profile) as dataset:
        for index, name in enumerate(BANDS, start=1):
            dataset.set_band_description(index, name)
        for row in range(0, side, _STRIP):
            rows = np.arange(row, min(side, row + _STRIP)) // 16
            values = coarse[:, rows][:, :, columns]
            values = values + rng.integers(0, 60, values.shape, dtype=np.uint16)
            dataset.write(values, window=Window(0, row, side, len(rows)))


def make_model(path: Path, classes: int) -> None:
    """Write the default U-Net, untrained, as a model file of ``classes`` classes."""
    import keras
    from coverloom.engine.core.band import Band
    from coverloom.engine.core.card import ModelCard
    from coverloom.engine.core.classes import ClassScheme
    from coverloom.engine.model_file import measured_card, save_model
    from coverloom.engine.training.onnx_graph import to_onnx
    from coverloom.models import ARCHITECTURES

    keras.utils.set_random_seed(0)
    proto = to_onnx(ARCHITECTURES.load("unet").build(len(BANDS), classes))
    card = ModelCard(
        name=f"U-Net, {classes} classes", resolution=10.0,
        bands=tuple(Band(name, mean=1600.0, std=800.0) for name in BANDS),
        classes=ClassScheme.of_names([f"Class {i}" for i in range(classes)]),
    )  # fmt: skip
    save_model(proto, measured_card(proto, card), path)
    print(f"{path}: {sum(int(np.prod(w.dims)) for w in proto.graph.initializer):,} parameters")


def main(folder: Path, sides: list[int]) -> None:
    """Make in ``folder`` what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for side in sides:
        if not (folder / f"raster_{side}.tif").exists():
            make_raster(folder / f"raster_{side}.tif", side)
    for side in sides[:1]:
        deflated = folder / f"raster_{side}_deflate.tif"
        if not deflated.exists():
            make_raster(deflated, side, compress="deflate", zlevel=1, predictor=2)
    for classes in (19, 256):
        if not (folder / f"unet_{classes}.onnx").exists():
            make_model(folder / f"unet_{classes}.onnx", classes)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    import conftest  # noqa: F401  (registers this checkout as coverloom)

    main(Path(sys.argv[1]), [int(side) for side in sys.argv[2:]])
