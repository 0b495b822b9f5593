# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens rasters as the scene of a model of three bands, and gathers what is said."""

from __future__ import annotations

from coverloom.engine.scenes.scene import open_scene
from coverloom.tests.data.make_models import card_for

BANDS = ("B02", "B03", "B04")


def opened(paths, bands=BANDS, band_map="", said=None, **fields):
    said = [] if said is None else said
    paths = [paths] if isinstance(paths, str) else paths
    return open_scene(paths, card_for(bands, **fields), band_map, said.append)


def texts(events):
    return " ".join(event.text for event in events)
