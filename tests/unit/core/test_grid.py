# SPDX-License-Identifier: GPL-3.0-or-later
"""Grids and windows, against rasterio's and pixels tried one by one."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import array_bounds
from rasterio.windows import Window as RasterioWindow
from rasterio.windows import transform as window_transform

NORTH_UP = Grid(30, 20, Affine(10, 0, 300_000, 0, -10, 5_400_000), "")
TURNED = Grid(30, 20, Affine.translation(500, 900) * Affine.rotation(30) * Affine.scale(2, -3), "")


@pytest.mark.parametrize("grid", [NORTH_UP, TURNED])
def test_bounds_and_parts_are_rasterios(grid):
    left, bottom, right, top = array_bounds(grid.height, grid.width, grid.transform)
    assert grid.bounds == pytest.approx((left, bottom, right, top))
    part = grid.crop(Window(7, 4, 11, 3))
    assert (part.width, part.height) == (11, 3)
    expected = window_transform(RasterioWindow(7, 4, 11, 3), grid.transform)
    assert part.transform.almost_equals(expected)


def test_resolution_of_a_turned_grid():
    assert TURNED.resolution == pytest.approx((2, 3))


corners = st.tuples(st.floats(-5, 40), st.floats(-5, 30))


@given(corners, corners)
def test_an_extent_takes_the_pixels_that_it_touches(one, two):
    """In pixels, whose edges count as met only from a thousandth of a pixel on."""
    points = [NORTH_UP.transform @ corner for corner in (one, two)]
    found = NORTH_UP.window_around(points)
    taken = np.zeros((NORTH_UP.height, NORTH_UP.width), bool)
    taken[found.slices] = not found.empty
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(one, two))
    for row, col in np.ndindex(taken.shape):
        inside = min(col + 1 - left, right - col, row + 1 - top, bottom - row)
        if abs(inside - 1e-3) > 1e-6:  # where rounding of metres does not decide
            assert taken[row, col] == (inside > 1e-3)


@pytest.mark.parametrize("grid", [NORTH_UP, TURNED])
@pytest.mark.parametrize("window", [Window(0, 0, 30, 20), Window(7, 4, 11, 3)])
def test_an_extent_taken_from_the_grid_adds_nothing(grid, window):
    part = grid.crop(window)
    steps = [(c, r) for c in (0, window.width) for r in (0, window.height)]
    assert grid.window_around([part.transform @ step for step in steps]) == window


def test_an_extent_beside_the_grid_or_without_an_area_takes_nothing():
    west = [(200_000, 5_399_900), (299_999, 5_399_800)]
    assert NORTH_UP.window_around(west).empty
    on_an_edge = [(300_050, 5_399_950)]
    assert NORTH_UP.window_around(on_an_edge).empty
    assert NORTH_UP.window_around([(300_055, 5_399_945)]) == Window(5, 5, 1, 1)


windows = st.builds(Window, *[st.integers(-9, 30)] * 2, *[st.integers(0, 30)] * 2)


@given(windows, windows)
def test_windows_are_sets_of_pixels(one, two):
    def pixels(window):
        cols, rows = range(window.col, window.right), range(window.row, window.bottom)
        return {(col, row) for col in cols for row in rows}

    common = one.intersect(two)
    assert pixels(common) == pixels(one) & pixels(two)
    assert common.width >= 0 and common.height >= 0
    assert common.empty == (not pixels(common))
    moved = one.relative_to(two)
    assert pixels(moved) == {(col - two.col, row - two.row) for col, row in pixels(one)}


def test_a_window_grows_on_all_sides():
    assert Window(5, 7, 2, 3).grow(4) == Window(1, 3, 10, 11)
