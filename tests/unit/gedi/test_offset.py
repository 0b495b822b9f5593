# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2's offset: what was measured stays apart from what was not."""

from __future__ import annotations

import numpy as np
from coverloom.engine.gedi.offset import with_offset


def test_no_data_stays_and_nothing_else_becomes_it():
    pixels = np.array([[0, 1, 999, 1000, 1001, 11000, 65535]], np.uint16)
    moved = with_offset(pixels, -1000)
    assert moved.dtype == np.uint16
    assert moved.tolist() == [[0, 1, 1, 1, 1, 10000, 64535]]
    assert (with_offset(pixels, 0) == pixels).all()


def test_each_band_has_its_own():
    pixels = np.full((2, 3, 3), 1500, np.uint16)
    moved = with_offset(pixels, np.array([-1000, 0])[:, None, None])
    assert moved[0].max() == moved[0].min() == 500 and (moved[1] == 1500).all()
