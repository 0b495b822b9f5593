# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a tiny dataset whose classes differ in brightness: ``make_blocks.py FOLDER``."""

from __future__ import annotations

import dataclasses
import runpy
import sys
from pathlib import Path

import crc32c
import numpy as np

if "coverloom" not in sys.modules:
    entry = Path(__file__).resolve().parents[2] / "engine" / "__main__.py"
    runpy.run_path(str(entry))["register_package"]()

from coverloom.engine.core.classes import ClassScheme
from coverloom.engine.core.dataset_card import DatasetBand, DatasetCard, DatasetFile
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.patch import DatasetPatch, Layout

NAMES = ("Water", "Forest", "Town")
COUNTS = {"train": 24, "validation": 3}


def blocks(rng, size):
    """(size, size) class ids in blocks of 8 px."""
    return np.kron(rng.integers(0, len(NAMES), (size // 8, size // 8)), np.ones((8, 8), int))


def make(folder, size=24, bands=("B02", "B03", "B8A"), form="tfrecord", labels="both",
         counts=COUNTS, spoil=None, dtype="float32", mean=1200.0, seed=0):  # fmt: skip
    rng = np.random.default_rng(seed)
    scheme = ClassScheme.of_names(list(NAMES), "test")
    card = DatasetCard(
        name="Blocks", format=form, patch=(size, size), dtype=dtype, labels=labels,
        bands=tuple(DatasetBand(b, "s2_data", "DN", mean=mean, std=800.0) for b in bands),
        classes=scheme, resolution=10.0,
    )  # fmt: skip
    layout, histogram, files = Layout.of_card(card), {}, []
    folder.mkdir(parents=True)
    for split, count in counts.items():
        counted = np.zeros(len(NAMES) + 1, int)
        if not count:
            histogram[split] = counted.tolist()
            continue
        path = folder / f"{split}-00000{FORMATS.load(form).suffix}"
        writer = FORMATS.load(form).writer(path, layout, count)
        for number in range(count):
            label = blocks(rng, size).astype(np.uint8)
            noise = rng.normal(0, 60, (size, size, len(bands)))
            pixels = (400 + 800.0 * label[..., None] + noise).astype(dtype)
            if spoil:
                spoil(split, number, pixels, label)
            scene = np.array([(label == k).any() for k in range(len(NAMES))], np.uint8)
            known = label[label < len(NAMES)]
            counted[:-1] += np.bincount(known, minlength=len(NAMES))[: len(NAMES)]
            writer.append(DatasetPatch(f"{split}_{number}", {"s2_data": pixels}, label, scene))
        writer.close()
        content = path.read_bytes()
        crc = f"{crc32c.crc32c(content):08x}"
        files.append(DatasetFile(path.name, split, count, len(content), crc))
        histogram[split] = counted.tolist()
    card = dataclasses.replace(card, files=tuple(files), splits=dict(counts), histogram=histogram)
    (folder / "dataset.json").write_text(card.to_json())
    return folder


if __name__ == "__main__":
    make(Path(sys.argv[1]))
