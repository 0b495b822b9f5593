# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how well a class map agrees with a reference raster on the same grid.

    python compare_maps.py MAP REFERENCE MASK MODEL

MASK is 1 where the comparison is fair (no cloud, shadow, nodata); MODEL names the classes.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import rasterio

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: list[str]) -> int:
    """Print accuracy, mIoU and each class's IoU."""
    map_path, reference_path, mask_path, model_path = arguments
    _register()
    from coverloom.engine.model_file import read_card
    from coverloom.engine.training.scores import accuracy, confusion_matrix, mean_iou

    names = read_card(model_path).classes.names
    predicted, truth, clear = read(map_path), read(reference_path), read(mask_path) == 1
    mapped = predicted < len(names)
    fair = confusion_matrix(
        np.where(clear & mapped, truth, 255), np.where(mapped, predicted, 0), len(names)
    )
    whole = confusion_matrix(
        np.where(mapped, truth, 255), np.where(mapped, predicted, 0), len(names)
    )
    print(f"  clear sky: accuracy {accuracy(fair):.3f}, mIoU {mean_iou(fair):.3f}")
    print(f"  with clouds and shadows: accuracy {accuracy(whole):.3f}")
    print("  IoU by class, under a clear sky:")
    right, union = np.diag(fair), fair.sum(0) + fair.sum(1) - np.diag(fair)
    for i in np.argsort(-fair.sum(1)):
        if fair[i].sum():
            print(f"    {right[i] / union[i]:.2f}  {fair[i].sum() / fair.sum():6.1%}  {names[i]}")
    return 0


def read(path: str) -> np.ndarray:
    """The first band."""
    with rasterio.open(path) as file:
        band: np.ndarray = file.read(1)
    return band


def _register() -> None:
    spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{ROOT} is no Coverloom folder.")
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry.register_package()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
