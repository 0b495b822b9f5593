# SPDX-License-Identifier: GPL-3.0-or-later
"""Each condition alone, on footprints of which some fail it: a real granule has none for some."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.gedi.filters import FootprintFilter
from coverloom.engine.gedi.footprints import Footprints


def footprints(**columns):
    """Three good footprints, shots 0 to 2, with these columns instead."""
    good = {
        "agbd": [100, 50, 20], "agbd_se": [10, 5, 2], "lon_lowestmode": [51.1, 51.2, 51.3],
        "lat_lowestmode": [36, 36, 36], "l4_quality_flag": [1, 1, 1], "degrade_flag": [0, 0, 0],
        "sensitivity": [0.9, 0.95, 0.99], "solar_elevation": [-20, -1, -50],
    }  # fmt: skip
    table = {name: np.array(values, np.float64) for name, values in {**good, **columns}.items()}
    beams = np.array(["BEAM0101", "BEAM0000", "BEAM1011"], object)
    return Footprints({**table, "shot_number": np.arange(3, dtype="u8"), "beam": beams})


def kept(table, **conditions):
    rest, counts = FootprintFilter(**conditions).apply(table)
    assert counts["all"] == 3
    assert list(counts.values())[-1] == len(rest)
    return rest["shot_number"].tolist()


@pytest.mark.parametrize(
    ("conditions", "columns", "expected"),
    [
        ({}, {}, [0, 1, 2]),
        ({}, {"agbd_se": [49.9, 25, 10.1]}, [0]),  # below 50 %, not at it
        ({"max_relative_error": 10.5}, {"agbd_se": [10, 5.5, 2]}, [0, 2]),
        ({}, {"agbd": [-9999, 0, np.nan], "agbd_se": [-9999, 0, 1]}, []),
        ({}, {"agbd_se": [-1, np.nan, 2]}, [2]),
        ({}, {"lat_lowestmode": [-9999, 90, 36], "lon_lowestmode": [51, 51, np.nan]}, [1]),
        ({"flags": ("l4_quality_flag",)}, {"l4_quality_flag": [1, 0, 1]}, [0, 2]),
        ({}, {"l4_quality_flag": [1, 0, 1], "degrade_flag": [0, 30, 0]}, [0, 1, 2]),
        ({"not_degraded": True}, {"degrade_flag": [0, 30, 0]}, [0, 2]),
        ({"min_sensitivity": 0.95}, {}, [1, 2]),
        ({"night_only": True}, {"solar_elevation": [10, 0, -1]}, [2]),
        ({"power_beams_only": True}, {}, [0, 2]),
        ({"min_agbd": 50}, {}, [0, 1]),
        ({"max_agbd": 50}, {}, [1, 2]),
        ({"min_agbd": 30, "max_agbd": 60}, {}, [1]),
    ],
)
def test_one_condition(conditions, columns, expected):
    assert kept(footprints(**columns), **conditions) == expected


def test_only_the_fields_that_are_asked_for_are_needed():
    assert FootprintFilter().fields == ()
    assert FootprintFilter(not_degraded=True).fields == ("degrade_flag",)
    assert FootprintFilter(min_sensitivity=0.9, night_only=True).fields == (
        "sensitivity", "solar_elevation",
    )  # fmt: skip
