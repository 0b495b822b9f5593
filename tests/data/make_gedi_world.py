# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters generated around the real footprints of a GEDI granule, with a static catalogue.

    python tests/data/make_gedi_world.py FOLDER

Real are the footprints' places and times only. Around each of the granule's two places on land lie
scenes of different clouds, one of a baseline with an offset, one too cloudy and one too late; DEM
tiles meet between the footprints of the first place, WorldCover tiles too; at the second place a
scene ends amid the footprints. The third place is at sea, without tiles.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
from coverloom.engine.sample.gedi import write_area, write_catalogue
from coverloom.engine.sample.gedi_land import Area, ScenePlan

DAY = dt.date(2020, 2, 5)


def _days(n: int) -> dt.date:
    return DAY + dt.timedelta(days=n)


FIRST = (
    ScenePlan(_days(-4), 3.0, blobs=24, baseline="05.00"),
    ScenePlan(_days(3), 6.0, blobs=26),
    ScenePlan(_days(-9), 14.0, blobs=22, baseline="04.00"),
    ScenePlan(_days(1), 60.0, window=(0.3, 0.6)),
    ScenePlan(_days(30), 0.5, window=(0.3, 0.6)),
)
SECOND = (
    ScenePlan(_days(2), 2.0, blobs=2, window=(0.0, 0.6)),
    ScenePlan(_days(-2), 9.0, blobs=16),
)
AREAS = (
    # The places of BEAM0000, 0001, 0101, 1000, and of BEAM0110, 1011.
    Area(32639, "39SWV", 534960.0, 3996000.0, 960, 540, FIRST, 36.078, 51.4401, relief=230.0),
    Area(32640, "40SBC", 236100.0, 3764400.0, 960, 600, SECOND, relief=60.0),
)


def make_world(folder: Path, seed: int = 0) -> Path:
    """Write the rasters; returns the catalogue's root."""
    items = []
    for area, rng in zip(AREAS, np.random.default_rng(seed).spawn(len(AREAS))):
        items += write_area(rng, folder, area)[1]
    return write_catalogue(folder, items)


if __name__ == "__main__":
    print(make_world(Path(sys.argv[1])))
