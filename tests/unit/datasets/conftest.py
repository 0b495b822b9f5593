# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches to write, made from a seed."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.datasets.patch import DatasetPatch, Layout

S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
NAMES = ("Arable land", "Pastures", "Mixed forest", "Marine waters")


def _random_patch(number: int, layout: Layout, rng: np.random.Generator) -> DatasetPatch:
    arrays = {}
    for name in layout.arrays:
        values = rng.uniform(0, 4000, layout.shape(name))
        arrays[name] = values.astype(layout.dtype)
    present = rng.integers(0, 2, len(layout.classes)).astype(np.uint8)
    return DatasetPatch(
        patch_id=f"S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_{number:02d}",
        arrays=arrays,
        label=rng.integers(0, 19, layout.size).astype(np.uint8) if layout.pixels else None,
        scene=present if layout.classes else None,
        epsg=32633,
        transform=(10.0, 0.0, 331200.0 + 1200 * number, 0.0, -10.0, 5331600.0),
        limits={name: (0.0, 4000.5) for name in arrays} if layout.limits else {},
        facts={"country": "Österreich", "date_s2": "20170613", "split": "train"},
    )


@pytest.fixture
def layout() -> Layout:
    arrays = {"s1_data": ("VV", "VH"), "s2_data": S2}
    return Layout(arrays, "float32", (120, 120), True, NAMES, "ben19_v1")


def _same(one: DatasetPatch, two: DatasetPatch) -> bool:
    """Equal to the last bit, NaN included."""
    arrays = one.arrays.keys() == two.arrays.keys() and all(
        one.arrays[n].dtype == two.arrays[n].dtype
        and np.array_equal(one.arrays[n], two.arrays[n], equal_nan=True)
        for n in one.arrays
    )
    labels = all(
        (a is None and b is None) or np.array_equal(a, b)
        for a, b in ((one.label, two.label), (one.scene, two.scene))
    )
    rest = ("patch_id", "epsg", "transform", "limits", "facts")
    return arrays and labels and all(getattr(one, k) == getattr(two, k) for k in rest)


@pytest.fixture(scope="session")
def random_patch():
    """``random_patch(number, layout, rng)``."""
    return _random_patch


@pytest.fixture(scope="session")
def same():
    """``same(one, two)``: equal to the last bit, NaN included."""
    return _same
