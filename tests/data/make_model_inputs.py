# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the tests of models inside QGIS take: run by the worker's Python.

``python -I make_model_inputs.py FOLDER`` makes ``model.onnx`` (three bands, four classes), the
dataset ``data`` whose labels are that model's own answers but for every fifth row, and
``resnet18-s2-v0.2.0``, a published model's folder with random weights.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
WEIGHTS = np.array([[1, -1, 0], [0, 1, -1], [-1, 0, 1], [0.5, 0.5, 0.5]])


def main(folder: Path) -> None:
    from coverloom.engine.model_file import measured_card, save_model
    from coverloom.tests.data.make_datasets import make_dataset
    from coverloom.tests.data.make_models import card_for, linear_net
    from coverloom.tests.data.make_published import CONFIG, PREFIX, resnet_state, write_safetensors

    proto = linear_net(WEIGHTS)
    save_model(proto, measured_card(proto, card_for()), folder / "model.onnx")
    pixels = np.random.default_rng(0).uniform(300, 2200, (4, 3, 20, 20))
    labels = np.einsum("kc,nchw->nkhw", WEIGHTS, (pixels - 1000) / 500).argmax(axis=1)
    wrong = (labels + 1) % 4
    labels[:, ::5] = wrong[:, ::5]
    make_dataset(
        folder / "data", {"train": pixels, "test": pixels}, {"train": labels, "test": labels}
    )
    published = folder / "resnet18-s2-v0.2.0"
    published.mkdir()
    (published / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    state = {PREFIX + name: values for name, values in resnet_state().items()}
    write_safetensors(published / "model.safetensors", state)


if __name__ == "__main__":
    runpy.run_path(str(HERE.parents[1] / "engine" / "__main__.py"))["register_package"]()
    main(Path(sys.argv[1]))
