# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows cut out of kept blocks, and bands stacked without a warp, held to rasterio and GDAL."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.core.grid import Grid
from coverloom.engine.gedi import raster as raster_module
from coverloom.engine.gedi.kept import close_files, sources_of
from coverloom.engine.gedi.raster import Raster
from coverloom.engine.gedi.sources import Sources
from coverloom.engine.gedi.window import biomass_rasters
from rasterio.enums import Resampling
from rasterio.features import rasterize
from rasterio.vrt import WarpedVRT

LEFT, UPPER = 399960.0, 5400000.0


def write(path, pixels, metres=10, nodata=None, **options):
    """A GeoTIFF of one band in UTM; returns its path."""
    height, width = pixels.shape
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=1, dtype=pixels.dtype,
        crs="EPSG:32633", transform=Affine(metres, 0, LEFT, 0, -metres, UPPER), nodata=nodata,
        **options,
    ) as file:  # fmt: skip
        file.write(pixels, 1)
    return str(path)


def opened(path):
    source = rasterio.open(path)
    return Raster(source, Grid(source.width, source.height, source.transform, "EPSG:32633"))


@pytest.mark.parametrize("options", [
    {"tiled": True, "blockxsize": 64, "blockysize": 128}, {"tiled": False},
])  # fmt: skip
@pytest.mark.parametrize("kept", [8 << 20, 20_000])
def test_windows_are_the_rasters_own_pixels(tmp_path, monkeypatch, options, kept):
    monkeypatch.setattr(raster_module, "_KEPT_BYTES", kept)
    pixels = np.random.default_rng(0).integers(0, 65535, (500, 410), np.uint16)
    raster = opened(write(tmp_path / "r.tif", pixels, **options))
    rng = np.random.default_rng(1)
    for _ in range(300):
        width, height = rng.integers(1, 90, 2).tolist()
        col, row = int(rng.integers(0, 411 - width)), int(rng.integers(0, 501 - height))
        expected = pixels[row : row + height, col : col + width]
        np.testing.assert_array_equal(raster.cut(col, row, width, height), expected)
    for beyond in ((-1, 0, 5, 5), (0, -1, 5, 5), (406, 0, 5, 5), (0, 496, 5, 5)):
        assert raster.cut(*beyond) is None
    raster.close()


def test_a_block_is_read_once(tmp_path):
    pixels = np.arange(256 * 256, dtype=np.uint16).reshape(256, 256)
    path = write(tmp_path / "r.tif", pixels, tiled=True, blockxsize=128, blockysize=128)
    raster, asked = opened(path), Counter()
    real = raster.source

    class Counting:
        def read(self, band, window):
            asked["read"] += 1
            return real.read(band, window=window)

    raster.source = Counting()
    for step in range(0, 224, 4):
        raster.cut(step, step, 32, 32)
    assert asked["read"] == 2  # the first block alone, then the three that meet it at once
    real.close()


def test_files_stay_open_for_a_run_and_a_thread(tmp_path):
    pixels = np.ones((128, 128), np.uint16)
    path = write(tmp_path / "r.tif", pixels, tiled=True, blockxsize=64, blockysize=64)

    def sign(href, signing):
        return href

    first = sources_of("one", sign)
    first.grid(path, "")
    assert sources_of("one", sign) is first
    sources_of("one", sign).grid(path, "")
    assert first.opened == 1
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(sources_of, "one", sign).result() is not first
    write(tmp_path / "r.tif", np.ones((64, 64), np.uint16))
    other = sources_of("two", sign)
    assert other is not first and other.grid(path, "").width == 64
    close_files()
    assert sources_of("two", sign) is not other


@pytest.mark.parametrize("gaps", [False, True])
def test_stacked_bands_equal_gdals_warp(tmp_path, gaps):
    rng = np.random.default_rng(2)
    paths = []
    for name, metres in (("a", 10), ("b", 20), ("c", 60), ("d", 20), ("e", 10), ("f", 20)):
        pixels = rng.integers(1, 65535, (1200 // metres * 6, 1200 // metres * 6), np.uint16)
        if gaps:
            pixels[rng.random(pixels.shape) < 0.001] = 0
        paths.append(
            write(tmp_path / f"{name}.tif", pixels, metres, 0, tiled=True, blockxsize=64,
                  blockysize=64)
        )  # fmt: skip
    sources = Sources(lambda href, signing: href)
    for _ in range(30):
        # Also beyond the edges, where a warp finds nothing.
        col, row = rng.integers(-8, 700, 2).tolist()
        grid = Grid(32, 32, Affine(10, 0, LEFT + 10 * col, 0, -10, UPPER - 10 * row), "EPSG:32633")
        found = sources.stack(paths, "", grid, 0)
        assert found.dtype == np.uint16
        for path, band in zip(paths, found):
            with rasterio.open(path) as source, WarpedVRT(
                source, crs=grid.crs, transform=grid.transform, width=32, height=32,
                resampling=Resampling.bilinear, src_nodata=0, nodata=0,
            ) as view:  # fmt: skip
                np.testing.assert_array_equal(band, view.read(1))
    sources.close()


def test_footprints_drawn_at_once_equal_one_by_one(monkeypatch):
    monkeypatch.setattr("coverloom.engine.gedi.window._AT_ONCE", 70)
    rng = np.random.default_rng(3)
    places, expected = [], []
    agbd = rng.uniform(1, 400, 200).astype(np.float32)
    for value in agbd:
        left, upper = (10.0 * rng.integers(10_000, 90_000, 2)).tolist()
        x, y = left + 160 + rng.uniform(-5, 5), upper - 160 + rng.uniform(-5, 5)
        grid = Grid(32, 32, Affine(10, 0, left, 0, -10, upper), "EPSG:32633")
        places.append((grid, x, y))
        angle = np.linspace(0, 2 * np.pi, 65)
        ring = np.stack([x + 12 * np.cos(angle), y + 12 * np.sin(angle)], 1).tolist()
        circle = {"type": "Polygon", "coordinates": [[*ring[:-1], ring[0]]]}
        expected.append(
            rasterize([(circle, value)], (32, 32), fill=-9999, transform=grid.transform,
                      all_touched=True, dtype="float32")
        )  # fmt: skip
    np.testing.assert_array_equal(biomass_rasters(places, agbd), expected)
    assert biomass_rasters([], agbd[:0]).shape == (0, 32, 32)
