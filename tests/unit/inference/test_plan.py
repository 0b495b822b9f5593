"""Chunks cover the area once, do not depend on it, and see what they need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coverloom.engine.core.window import Window
from coverloom.engine.inference.plan import ChunkPlan, round_up
from hypothesis import given
from hypothesis import strategies as st


@st.composite
def plans(draw):
    stride = draw(st.sampled_from([1, 2, 4, 8]))
    width, height = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    core = stride * draw(st.integers(1, 12))
    halo = stride * draw(st.integers(0, 6))
    col, row = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    area = Window(col, row, draw(st.integers(1, width - col)), draw(st.integers(1, height - row)))
    fixed = None
    if draw(st.booleans()):
        fixed = (core + 2 * halo + stride * draw(st.integers(0, 2)), core + 2 * halo)
    band = draw(st.sampled_from([1, 2, 1 << 30]))
    return ChunkPlan(width, height, area, core, halo, stride, fixed, band)


@given(plans())
def test_cores_cover_the_area_once(plan):
    covered = np.zeros((plan.height, plan.width), int)
    chunks = list(plan)
    for chunk in chunks:
        covered[chunk.core.slices] += 1
    expected = np.zeros_like(covered)
    expected[plan.area.slices] = 1
    np.testing.assert_array_equal(covered, expected)
    assert len(chunks) == len(plan)


@given(plans())
def test_windows_hold_core_and_halo_or_end_at_the_raster(plan):
    whole = Window(0, 0, plan.width, plan.height)
    for chunk in plan:
        read = chunk.read
        assert read.intersect(whole) == read and not read.empty
        assert read.intersect(chunk.core) == chunk.core
        seen = chunk.core.grow(plan.halo).intersect(whole)
        assert read.intersect(seen) == seen, "part of the halo is missing"
        assert read.col % plan.stride == 0 and read.row % plan.stride == 0
        assert chunk.shape[0] >= read.height and chunk.shape[1] >= read.width


@given(plans())
def test_inputs_have_a_size_the_model_takes(plan):
    for chunk in plan:
        if plan.fixed:
            assert chunk.shape == plan.fixed
            # Moved inwards, not padded, where the raster ends.
            assert plan.fixed[0] - chunk.read.height < plan.stride or plan.height < plan.fixed[0]
            assert plan.fixed[1] - chunk.read.width < plan.stride or plan.width < plan.fixed[1]
        else:
            assert all(side % plan.stride == 0 for side in chunk.shape)
            # Padding only where the raster ends, and less than one stride of it.
            assert chunk.shape[0] - chunk.read.height < plan.stride
            assert chunk.shape[0] == chunk.read.height or chunk.read.bottom == plan.height


@given(plans(), st.data())
def test_a_window_does_not_depend_on_the_area(plan, data):
    """The same pixel comes from the same window whatever part of the raster is asked for."""
    whole = ChunkPlan(
        plan.width, plan.height, Window(0, 0, plan.width, plan.height),
        plan.core, plan.halo, plan.stride, plan.fixed,
    )  # fmt: skip
    windows = {(c.core.col // plan.core, c.core.row // plan.core): c.read for c in whole}
    for chunk in plan:
        key = chunk.core.col // plan.core, chunk.core.row // plan.core
        assert windows[key] == chunk.read


@pytest.mark.parametrize("value, step, expected", [(0, 8, 0), (1, 8, 8), (8, 8, 8), (9, 1, 9)])
def test_round_up(value, step, expected):
    assert round_up(value, step) == expected


@given(plans())
def test_what_is_scored_holds_the_core_and_does_not_depend_on_the_area(plan):
    everywhere = {c.cell: c.scored for c in replace(plan, area=plan.whole)}
    for chunk in plan:
        scored, (height, width) = chunk.scored, chunk.shape
        assert scored == everywhere[chunk.cell]
        core = chunk.core.relative_to(chunk.read)
        assert scored.intersect(core) == core
        assert scored.intersect(Window(0, 0, width, height)) == scored
        assert scored.height >= min(64, height) and scored.width >= min(64, width)
