# SPDX-License-Identifier: GPL-3.0-or-later
"""Small datasets with known measurements and labels, in any format and scaling."""

from __future__ import annotations

from pathlib import Path

import crc32c
from coverloom.engine.core.classes import ClassScheme
from coverloom.engine.core.dataset_card import NAME, DatasetCard, DatasetFile
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.encoding import Encoder, band_codes
from coverloom.engine.datasets.npz import MANIFEST
from coverloom.engine.datasets.patch import DatasetPatch, Layout

STATISTICS = {"B02": (1000.0, 500.0), "B03": (1200.0, 600.0), "B04": (900.0, 400.0)}


def make_dataset(
    folder, images, labels=None, scenes=None, bands=("B02", "B03", "B04"),
    classes=("Water", "Forest", "Fields", "Town"), form="hdf5", scaling="none", dtype="float32",
    **fields,
):  # fmt: skip
    """Write a dataset.

    Args:
        folder: Where to.
        images: Split to (N, C, H, W) measurements.
        labels: Split to (N, H, W) class ids, or None.
        scenes: Split to (N, K) of 0 and 1, or None.
    """
    Path(folder).mkdir(parents=True)
    codes = band_codes(list(bands), scaling, dtype, STATISTICS)
    kind = {(1, 0): "pixels", (0, 1): "scene", (1, 1): "both", (0, 0): "none"}[
        bool(labels), bool(scenes)
    ]
    scheme = ClassScheme.of_names(list(classes)) if kind != "none" else None
    size = tuple(next(iter(images.values())).shape[2:])
    card = DatasetCard(
        "Test dataset", form, codes, size, dtype, FORMATS.load(form).compressions[-1], scaling,
        10.0, kind, scheme, **fields,
    )  # fmt: skip
    labels, scenes = labels or {}, scenes or {}
    files = [
        _shard(Path(folder), card, split, pixels, labels.get(split), scenes.get(split))
        for split, pixels in images.items()
    ]
    splits = {split: len(pixels) for split, pixels in images.items()}
    card = DatasetCard(**{**vars(card), "files": tuple(files), "splits": splits})
    (Path(folder) / NAME).write_text(card.to_json(), encoding="utf-8")
    return str(folder)


def _shard(folder, card, split, images, labels, scenes):
    form, layout = FORMATS.load(card.format), Layout.of_card(card)
    path = folder / f"{split}-00000-of-00001{form.suffix}"
    writer = form.writer(path, layout, max(1, len(images)))
    for i, image in enumerate(images):
        arrays, limits = {}, {}
        for name, names in layout.arrays.items():
            codes = tuple(card.band(band) for band in names)
            places = [[b.name for b in card.bands].index(band) for band in names]
            encoder = Encoder(codes, card.dtype, card.scaling)
            arrays[name], limits[name] = encoder.encode(image[places].astype("float32"))
        writer.append(
            DatasetPatch(
                f"{split}_{i}", arrays, None if labels is None else labels[i].astype("uint8"),
                None if scenes is None else scenes[i].astype("uint8"), 32633,
                (10.0, 0.0, 300000.0 + 640 * i, 0.0, -10.0, 5400000.0),
                limits if layout.limits else {}, {"split": split},
            )
        )  # fmt: skip
    writer.close()
    text = (path / MANIFEST if form.folder else path).read_bytes()
    return DatasetFile(path.name, split, len(images), len(text), f"{crc32c.crc32c(text):08x}")
