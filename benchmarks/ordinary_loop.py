# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that an ordinary user writes: 120 px windows, batches of 32, NumPy, LZW, no halo.

``ordinary_loop.py MODEL RASTER FOLDER``
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import rasterio
from rasterio.windows import Window

SIDE, BATCH, MEAN, STD = 120, 32, 1600.0, 800.0


def maps_of(logits: np.ndarray) -> list[np.ndarray]:
    """Class, highest probability, entropy and gap of (N, K, h, w) logits, as one writes it."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    top = np.sort(p, axis=1)[:, -2:]
    entropy = -(p * np.log(p + 1e-12)).sum(axis=1) / np.log(p.shape[1])
    classes = p.argmax(axis=1).astype(np.uint8)
    return [classes, top[:, 1], entropy.astype(np.float32), top[:, 1] - top[:, 0]]


def main(model: str, raster: str, folder: str) -> None:
    """Write the four maps."""
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    with rasterio.open(raster) as src:
        profile = {**src.profile, "count": 1, "compress": "lzw", "nodata": None}
        profile.pop("predictor", None)
        profile.pop("zlevel", None)
        outs = [
            rasterio.open(Path(folder) / f"loop_{i}.tif", "w", **{**profile, "dtype": dtype})
            for i, dtype in enumerate(("uint8", "float32", "float32", "float32"))
        ]
        windows = [
            Window(c, r, min(SIDE, src.width - c), min(SIDE, src.height - r))
            for r in range(0, src.height, SIDE)
            for c in range(0, src.width, SIDE)
        ]
        for start in range(0, len(windows), BATCH):
            batch = windows[start : start + BATCH]
            patches = np.zeros((len(batch), src.count, SIDE, SIDE), np.float32)
            for patch, window in zip(patches, batch):
                values = src.read(window=window).astype(np.float32)
                patch[:, : values.shape[1], : values.shape[2]] = (values - MEAN) / STD
            maps = maps_of(session.run(None, {name: patches})[0])
            for out, values in zip(outs, maps):
                for value, window in zip(values, batch):
                    out.write(value[: int(window.height), : int(window.width)], 1, window=window)
        for out in outs:
            out.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
