# SPDX-License-Identifier: GPL-3.0-or-later
"""A small product, the card of a model for it, and its numbers as the archive has them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from coverloom.engine.core.band import Band
from coverloom.engine.scenes.safe import SafeReader
from coverloom.engine.scenes.scene import open_scene
from coverloom.engine.scenes.sentinel2 import open_product
from coverloom.tests.data.make_models import card_for
from coverloom.tests.data.make_safe import make_safe

BANDS = ("B02", "B03", "B04")


def card(names=BANDS, resolution=10.0, **band):
    bands = tuple(Band(name, **band) for name in names)
    return dataclasses.replace(card_for(), bands=bands, resolution=resolution)


def read(path, wanted, options=None, window=None):
    """Pixels, mask, messages of a scene."""
    said = []
    if options is None:
        scene = open_scene([str(path)], wanted, "", said.append)
    else:
        scene = open_product(SafeReader().product(str(path)), wanted, options, said.append)
    with scene:
        pixels, mask = scene.read(window or scene.grid.window)
        facts = (scene.grid, scene.dtype, scene.nodata, scene.has_mask)
    return pixels, mask, [event.text for event in said], facts


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    return make_safe(tmp_path_factory.mktemp("safe"), ("B02", "B03", "B04", "B8A", "B09"))


def harmonised(stored, offset=-1000):
    """BigEarthNet's numbers: 0 is nodata, what the offset would bring to 0 or below is 1."""
    moved = np.maximum(stored.astype(int) + offset, 1)
    return np.where(stored == 0, 0, moved)
