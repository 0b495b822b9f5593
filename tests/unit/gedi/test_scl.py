# SPDX-License-Identifier: GPL-3.0-or-later
"""Which windows the scene classification leaves out, and its statistics on a real scene."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.gedi.scl import LIMITS, fault_of, statistics


@pytest.mark.parametrize(("name", "classes", "most"), LIMITS)
def test_scl_limits_hold_on_the_spot(name, classes, most):
    scl = np.full((32, 32), 4, np.uint8)
    allowed = int(most * 1024)
    outside = [(r, c) for r in range(32) for c in range(32) if not (14 <= r < 18 and 14 <= c < 18)]
    for r, c in outside[:allowed]:
        scl[r, c] = classes[-1]
    assert fault_of(scl) is None
    scl[outside[allowed]] = classes[0]
    reason, numbers = fault_of(scl)
    assert reason == f"scl {name}" and numbers["limit"] == most


def test_scl_centre_must_be_ground():
    scl = np.full((32, 32), 5, np.uint8)
    assert fault_of(scl) is None
    scl[14, 17] = 6
    assert fault_of(scl) == ("scl centre", {"ground_px": 15, "of_px": 16})


def test_scl_statistics_of_a_real_scene(real_data):
    path = next((real_data / "sentinel2_safe_60m").rglob("*_SCL_60m.jp2"))
    with rasterio.open(path) as source:
        scl = source.read(1)
    counts = {0: 1353830, 3: 205725, 4: 522171, 5: 18125, 6: 40705, 7: 16224, 8: 757674,
              9: 210178, 10: 224258, 11: 10}  # fmt: skip
    shares = [round(float(text) * scl.size) for _, text in statistics(scl)]
    assert shares == [counts.get(i, 0) for i in range(12)]
