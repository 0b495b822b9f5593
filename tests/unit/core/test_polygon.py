# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points lie in a polygon, against GDAL's rasterisation of it."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.core.polygon import box_polygon, inside, polygons_of
from hypothesis import given
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import from_origin

# Points lie on pixel centres; corners never do, so that no point is on an edge of a box.
X, Y = (g.ravel() for g in np.meshgrid(np.arange(30) + 0.5, 29.5 - np.arange(30)))


def burnt(geometry):
    """GDAL's answer for the centres of 30 x 30 px."""
    return rasterize([geometry], (30, 30), transform=from_origin(0, 30, 1, 1)).ravel() == 1


corners = st.tuples(
    st.floats(0, 30).map(lambda v: v + 0.1234), st.floats(0, 30).map(lambda v: v + 0.0987)
)


@given(st.lists(corners, min_size=3, max_size=3, unique=True), st.booleans())
def test_triangles_are_gdal_s(ring, closed):
    closed_ring = [*ring, ring[0]]
    (polygon,) = polygons_of({"type": "Polygon", "coordinates": [closed_ring if closed else ring]})
    expected = burnt({"type": "Polygon", "coordinates": [closed_ring]})
    found = inside(polygon, X, Y)
    assert (found != expected).sum() <= 1  # a centre that rounding puts on an edge


def test_holes_and_concave_outlines_are_gdal_s():
    outer = [[1.013, 1.007], [29.02, 2.03], [28.01, 28.02], [15.03, 9.01], [2.04, 27.03]]
    outer.append(outer[0])
    hole = [[10, 3], [20, 3], [20, 6], [10, 6], [10, 3]]
    geometry = {"type": "Polygon", "coordinates": [outer, hole]}
    (polygon,) = polygons_of(geometry)
    found = inside(polygon, X, Y)
    assert np.array_equal(found, burnt(geometry)) and 200 < found.sum() < 600
    assert np.array_equal(inside((polygon[0],), X, Y) & ~inside((polygon[1],), X, Y), found)


def test_a_box_is_the_points_between_its_sides():
    polygon = box_polygon((3.2, 5.1, 17.9, 21.4))
    assert np.array_equal(inside(polygon, X, Y), (X > 3.2) & (X < 17.9) & (Y > 5.1) & (Y < 21.4))
    assert polygon[0][0] == polygon[0][-1] and len(polygon[0]) == 5


def test_polygons_are_found_in_any_geometry():
    one, two = [[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6, 99.0], [5, 5]]]
    as_pair = [polygons_of({"type": "Polygon", "coordinates": part})[0] for part in (one, two)]
    assert as_pair[1] == (((5, 5), (6, 5), (6, 6), (5, 5)),)  # a height is left out
    both = {"type": "MultiPolygon", "coordinates": [one, two]}
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    assert polygons_of(both) == as_pair
    nested = {"type": "GeometryCollection", "geometries": [line, both]}
    assert polygons_of({"type": "GeometryCollection", "geometries": [nested, both]}) == as_pair * 2
    assert polygons_of(line) == []
    for broken in ({}, {"type": "Polygon"}, {"type": "Polygon", "coordinates": [[[0]]]}, None):
        with pytest.raises((KeyError, TypeError, ValueError, IndexError)):
            polygons_of(broken)
