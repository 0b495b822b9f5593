# SPDX-License-Identifier: GPL-3.0-or-later
"""Twice finer pixels are those of GDAL's warper, to the bit, in any window."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.window import Window
from coverloom.engine.scenes.alignment import WarpedReader, aligned_reader
from coverloom.engine.scenes.channels import Channels
from coverloom.engine.scenes.doubled import DoubledReader
from coverloom.engine.scenes.source import open_source
from coverloom.tests.data.make_rasters import write_raster
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

ORIGINS = [(300_000, 5_400_000), (499_980, 4_900_020), (600_000, 10_000_000)]


def coarse_file(folder, dtype, nodata, origin, side=(91, 140), share=0.1):
    rng = np.random.default_rng(side[0])
    top = np.iinfo(dtype).max
    pixels = rng.integers(0, top, (1, *side), endpoint=True).astype(dtype)
    if nodata is not None:
        pixels[rng.random(pixels.shape) < share] = nodata
        pixels[0, 20:50, 30:70] = nodata
    transform = Affine(20, 0, origin[0], 0, -20, origin[1])
    return write_raster(folder / "coarse.tif", pixels, nodata=nodata, transform=transform)


def fine_grid(source, width=None, height=None):
    return Grid(
        width or 2 * source.grid.width, height or 2 * source.grid.height,
        source.grid.transform @ Affine.scale(0.5), source.grid.crs,
    )  # fmt: skip


def as_gdal_warps(path, grid, resampling, nodata):
    with rasterio.open(path) as dataset, WarpedVRT(
        dataset, crs=dataset.crs, transform=grid.transform, width=grid.width, height=grid.height,
        resampling=Resampling[resampling], src_nodata=nodata, nodata=nodata, tolerance=0.125,
    ) as warped:  # fmt: skip
        return warped.read(1)


@pytest.mark.parametrize("resampling", ["bilinear", "nearest"])
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize(
    ("dtype", "nodata"), [("uint16", 0), ("uint16", None), ("uint8", 255), ("uint16", 65535)]
)
def test_numbers_are_gdals(tmp_path, dtype, nodata, origin, resampling):
    path = coarse_file(tmp_path, dtype, nodata, origin)
    source = open_source(str(path), 1)
    grid = fine_grid(source)
    reader = aligned_reader(Channels(source, (0,), (1,), nodata, False), grid, resampling, print)
    assert isinstance(reader, DoubledReader)
    whole = np.empty((1, grid.height, grid.width), dtype)
    reader.read(grid.window, whole)
    np.testing.assert_array_equal(whole[0], as_gdal_warps(path, grid, resampling, nodata))
    for window in (Window(1, 1, 1, 1), Window(0, 7, 33, 30), Window(279, 181, 1, 1),
                   Window(40, 0, 101, 182)):  # fmt: skip
        part = np.empty((1, window.height, window.width), dtype)
        reader.read(window, part)
        np.testing.assert_array_equal(part, whole[(slice(None), *window.slices)])
    source.dataset.close()


def test_an_odd_grid(tmp_path):
    """The 10 m band may end half a coarse pixel before the 20 m band does."""
    path = coarse_file(tmp_path, "uint16", 0, ORIGINS[0])
    source = open_source(str(path), 1)
    grid = fine_grid(source, 279, 181)
    reader = aligned_reader(Channels(source, (0,), (1,), 0, False), grid, "bilinear", print)
    assert isinstance(reader, DoubledReader)
    whole = np.empty((1, 181, 279), "uint16")
    reader.read(grid.window, whole)
    np.testing.assert_array_equal(whole[0], as_gdal_warps(path, grid, "bilinear", 0))
    source.dataset.close()


@pytest.mark.parametrize(
    ("dtype", "nodata", "resampling", "shift", "wider"),
    [
        ("uint16", 0, "cubic", 0, 0),
        ("uint16", 500, "bilinear", 0, 0),
        ("float32", 0, "bilinear", 0, 0),
        ("uint16", 0, "bilinear", 10, 0),
        ("uint16", 0, "bilinear", 0, 4),
    ],
)
def test_the_rest_is_left_to_gdal(tmp_path, dtype, nodata, resampling, shift, wider):
    """What blends to nodata by chance, fractions, other corners, a grid beyond the file."""
    transform = Affine(20, 0, 300_000, 0, -20, 5_400_000)
    pixels = np.ones((1, 30, 30), dtype)
    source = open_source(str(write_raster(tmp_path / "x.tif", pixels, transform=transform)), 1)
    corner = Affine.translation(shift, 0) @ transform
    grid = Grid(60 + wider, 60, corner @ Affine.scale(0.5), source.grid.crs)
    channels = Channels(source, (0,), (1,), nodata, False)
    reader = aligned_reader(channels, grid, resampling, print)
    assert isinstance(reader, WarpedReader)
    reader.close()
    source.dataset.close()
