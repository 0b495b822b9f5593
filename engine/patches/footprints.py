# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a patch lies: from its tile's name, H and V to its corner and its polygon.

Sentinel-2 tiles are MGRS squares of 100 km, widened to 109.8 km towards the south and east, with
their upper left corner moved outwards to a multiple of 60 m. A patch (H, V) begins 1200 H metres
east and 1200 V metres south of that corner.
"""

from __future__ import annotations

from functools import cache
from typing import Any, List, Tuple

import numpy as np
import pyarrow as pa

from ..contract.errors import UnknownName
from .row import SIDE_M

_COLUMNS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # pragma: allowlist secret - the letters of a grid
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_BANDS = "CDEFGHJKLMNPQRSTUVWX"
# Northing at which each latitude band begins, in km, floored to a square's edge.
_BAND_SOUTH_KM = (
    *(1100, 2000, 2800, 3700, 4600, 5500, 6400, 7300, 8200, 9100),
    *(0, 800, 1700, 2600, 3500, 4400, 5300, 6200, 7000, 7900),
)
_WKB_POLYGON = np.dtype(
    [("order", "u1"), ("type", "<u4"), ("rings", "<u4"), ("points", "<u4"), ("xy", "<f8", (5, 2))]
)


@cache
def tile_origin(tile: str) -> Tuple[int, float, float]:
    """(EPSG code, ulx, uly in metres) of a Sentinel-2 tile such as ``33UUP``.

    Raises:
        UnknownName: There is no such tile.
    """
    try:
        zone, band, column, row = int(tile[:-3]), *tile[-3:]
        in_set = _COLUMNS.index(column) - 8 * ((zone - 1) % 3)
        step = (_ROWS.index(row) - (5 if zone % 2 == 0 else 0)) % 20
        south_km = _BAND_SOUTH_KM[_BANDS.index(band)]
    except ValueError as error:
        raise _unknown_tile(tile) from error
    if not (1 <= zone <= 60 and 0 <= in_set < 8):
        raise _unknown_tile(tile)
    east, north = (in_set + 1) * 100_000, step * 100_000
    while north < south_km * 1000:
        north += 2_000_000  # row letters repeat every 2000 km
    south = band < "N"
    equator = 10_000_000 if south else 0  # its northing, from which multiples of 60 m count
    uly = equator - (equator - north - 100_000) // 60 * 60.0
    return (32700 if south else 32600) + zone, east // 60 * 60.0, uly


def places(tiles: pa.Array, h: np.ndarray, v: np.ndarray) -> Tuple[np.ndarray, ...]:
    """Corners of many patches.

    Args:
        tiles: ``(N,)`` tile names; null or empty where unknown.
        h: ``(N,)`` columns in the tile.
        v: ``(N,)`` rows in the tile.

    Returns:
        ``(epsg, ulx, uly)``: int32, float64, float64 in metres; 0 and NaN where unknown.
    """
    coded = tiles.fill_null("").dictionary_encode()
    unknown = (0, np.nan, np.nan)
    origins = [tile_origin(t) if t else unknown for t in coded.dictionary.to_pylist()]
    table = np.array(origins or [unknown])[coded.indices.to_numpy()]
    epsg = table[:, 0].astype(np.int32)
    return epsg, table[:, 1] + SIDE_M * h, table[:, 2] - SIDE_M * v


def polygons(epsg: np.ndarray, ulx: np.ndarray, uly: np.ndarray) -> Tuple[pa.Array, np.ndarray]:
    """Footprints in longitude and latitude.

    Args:
        epsg: ``(N,)`` CRS of each patch; 0 for unknown.
        ulx: ``(N,)`` left edges, metres.
        uly: ``(N,)`` upper edges, metres.

    Returns:
        ``(N,)`` WKB polygons (null where unknown), and their (west, south, east, north) in
        degrees, infinite if there is none.
    """
    known = (epsg > 0) & np.isfinite(ulx) & np.isfinite(uly)
    x = np.where(known, ulx, 500000.0)[:, None] + np.array([0, SIDE_M, SIDE_M, 0, 0])
    y = np.where(known, uly, 0.0)[:, None] - np.array([SIDE_M, SIDE_M, 0, 0, SIDE_M])
    codes = np.where(known, epsg, 32631)
    lon, lat = lonlat(np.repeat(codes[:, None], 5, 1), x, y)
    wkb = np.zeros(len(epsg), _WKB_POLYGON)
    wkb["order"], wkb["type"], wkb["rings"], wkb["points"] = 1, 3, 1, 5
    wkb["xy"][..., 0], wkb["xy"][..., 1] = lon, lat
    offsets = np.arange(len(wkb) + 1, dtype=np.int32) * _WKB_POLYGON.itemsize
    mask = pa.array(known)
    buffers: List[Any] = [mask.buffers()[1], pa.py_buffer(offsets), pa.py_buffer(wkb)]
    geometry = pa.Array.from_buffers(pa.binary(), len(wkb), buffers)
    if not known.any():
        return geometry, np.array([np.inf, np.inf, -np.inf, -np.inf])
    lon, lat = lon[known], lat[known]
    return geometry, np.array([lon.min(), lat.min(), lon.max(), lat.max()])


def lonlat(epsg: np.ndarray, x: np.ndarray, y: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Map coordinates to WGS 84 degrees; arrays of one shape.

    UTM on WGS 84 is computed here (a transform per point costs seconds a million in Python);
    any other CRS goes through PROJ.
    """
    lon, lat = np.empty(x.shape), np.empty(x.shape)
    zone, south = epsg % 100, (epsg // 100) == 327
    utm = ((epsg // 100 == 326) | south) & (zone >= 1) & (zone <= 60)
    lon[utm], lat[utm] = _inverse_utm(x[utm], y[utm], zone[utm], south[utm])
    for code in np.unique(epsg[~utm]):
        from rasterio.warp import transform

        which = epsg == code
        lon[which], lat[which] = transform(f"EPSG:{code}", "EPSG:4326", x[which], y[which])
    return lon, lat


def _inverse_utm(
    x: np.ndarray, y: np.ndarray, zone: np.ndarray, south: np.ndarray
) -> Tuple[np.ndarray, np.ndarray]:
    """Krüger's series to the fourth order in n (Karney 2011, eqs. 11, 15, 36), within 1 mm."""
    f = 1 / 298.257223563
    n = f / (2 - f)
    radius = 6378137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64) * 0.9996
    beta = (
        n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
        n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
        17 * n**3 / 480 - 37 * n**4 / 840,
        4397 * n**4 / 161280,
    )
    delta = (
        2 * n - 2 * n**2 / 3 - 2 * n**3 + 116 * n**4 / 45,
        7 * n**2 / 3 - 8 * n**3 / 5 - 227 * n**4 / 45,
        56 * n**3 / 15 - 136 * n**4 / 35,
        4279 * n**4 / 630,
    )
    xi, eta = (y - 1e7 * south) / radius, (x - 500000.0) / radius
    xi_, eta_ = xi.copy(), eta.copy()
    for j, b in enumerate(beta, 1):
        xi_ -= b * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        eta_ -= b * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    chi = np.arcsin(np.sin(xi_) / np.cosh(eta_))
    phi = chi + sum(d * np.sin(2 * j * chi) for j, d in enumerate(delta, 1))
    lam = np.arctan2(np.sinh(eta_), np.cos(xi_))
    return np.degrees(lam) + 6.0 * zone - 183.0, np.degrees(phi)


def _unknown_tile(tile: str) -> UnknownName:
    return UnknownName(f"There is no Sentinel-2 tile {tile!r}.", "Tiles look like 33UUP.")
