# SPDX-License-Identifier: GPL-3.0-or-later
"""Footprints: against the tiles' known corners, real files, PROJ, and a WKB reader."""

from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pytest
import rasterio
from coverloom.engine.contract.errors import UnknownName
from coverloom.engine.patches.countries import countries
from coverloom.engine.patches.footprints import lonlat, places, polygons, tile_origin
from coverloom.engine.patches.names import parse, split_names
from hypothesis import given
from hypothesis import strategies as st
from rasterio.warp import transform


@pytest.mark.parametrize(
    ("tile", "origin"),
    [
        ("33UUP", (32633, 300000, 5400000)),
        ("29UPU", (32629, 600000, 5900040)),
        ("29SND", (32629, 499980, 4400040)),
        ("35VPK", (32635, 600000, 7000020)),
        ("22HBD", (32722, 199980, 5900020)),  # south of the equator: 60 m steps from there
    ],
)
def test_known_tiles(tile, origin):
    assert tile_origin(tile) == origin


def test_the_tile_of_a_real_product(real_data):
    path = next((real_data / "sentinel2_safe_60m").rglob("*_B01_60m.jp2"))
    with rasterio.open(path) as source:
        assert tile_origin("29UNU") == (
            source.crs.to_epsg(),
            source.transform.c,
            source.transform.f,
        )


@pytest.mark.parametrize("tile", ["", "33", "00UUP", "61UUP", "33IUP", "33UAP", "33UUX"])
def test_no_such_tile(tile):
    with pytest.raises(UnknownName, match="no Sentinel-2 tile"):
        tile_origin(tile)


def test_every_real_file_lies_where_its_name_says(real_data, v1_real):
    files = [*(real_data / "bigearthnet_v2").rglob("*.tif"), *v1_real.rglob("*_V?.tif")]
    assert len(files) == 27
    for path in files:
        name = parse(path.parent.name)
        epsg, ulx, uly = (v[0] for v in places(pa.array([name.tile]), *_hv(name)))
        with rasterio.open(path) as source:
            found = (source.crs.to_epsg(), source.transform.c, source.transform.f)
        assert found == (epsg, ulx, uly)


def _hv(name):
    return np.array([name.h]), np.array([name.v])


@given(
    st.sampled_from([32629, 32633, 32636, 32722]),
    st.lists(
        st.tuples(st.floats(150_000, 850_000), st.floats(100_000, 9_000_000)),
        min_size=1,
        max_size=8,
    ),
)
def test_degrees_are_those_of_proj(epsg, points):
    x, y = np.array(points).T
    lon, lat = lonlat(np.full(len(x), epsg), x, y)
    expected = transform(f"EPSG:{epsg}", "EPSG:4326", x, y)
    np.testing.assert_allclose((lon, lat), expected, rtol=0, atol=1e-8)  # 1 mm


def test_another_crs_goes_through_proj():
    lon, lat = lonlat(np.array([3035]), np.array([4_321_000.0]), np.array([3_210_000.0]))
    np.testing.assert_allclose((lon[0], lat[0]), (10, 52), atol=1e-9)


def test_polygons_are_closed_rings_around_the_patch():
    epsg, ulx, uly = (
        np.array([32633, 0]),
        np.array([331200.0, np.nan]),
        np.array([5331600.0, np.nan]),
    )
    wkb, bounds = polygons(epsg, ulx, uly)
    assert wkb[1].as_py() is None
    body = wkb[0].as_py()
    assert struct.unpack_from("<BIII", body) == (1, 3, 1, 5)
    ring = np.frombuffer(body, "<f8", 10, 13).reshape(5, 2)
    assert (ring[0] == ring[4]).all()
    x, y = transform("EPSG:4326", "EPSG:32633", *ring.T)
    np.testing.assert_allclose(x, [331200, 332400, 332400, 331200, 331200], atol=1e-3)
    np.testing.assert_allclose(y, [5330400, 5330400, 5331600, 5331600, 5330400], atol=1e-3)
    west, south, east, north = bounds
    assert (west, south) == tuple(ring.min(axis=0))
    assert (east, north) == tuple(ring.max(axis=0))


def test_a_place_known_by_half_has_no_polygon():
    """A CRS without a corner, and a corner without a CRS: neither is put somewhere."""
    epsg, corner = np.array([32633, 0, 32633]), np.array([np.nan, 300000.0, 300000.0])
    wkb, bounds = polygons(epsg, corner, np.array([5e6, 5e6, np.nan]))
    assert wkb.null_count == 3
    assert not np.isfinite(bounds).any()


def test_countries_of_all_official_patches(official):
    names = split_names(official.column("patch_id").combine_chunks(), "s2v2")
    found = countries(names["tile"], names["h"], names["v"])
    assert (found == official.column("country").to_numpy(zero_copy_only=False)).all()
    assert countries(pa.array(["22HBD", None]), *np.zeros((2, 2), int)).tolist() == ["", ""]
