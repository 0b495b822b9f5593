# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters on the chips' grid: of another CRS, of none, and with an opacity of their own."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import MissingCRS
from coverloom.engine.core.grid import Grid
from coverloom.engine.datasets.chip_view import measured_bands, on_grid
from rasterio.enums import ColorInterp, Resampling
from rasterio.transform import Affine, from_origin
from rasterio.warp import calculate_default_transform
from rasterio.windows import Window

from .conftest import PLACE, write

UTM = rasterio.CRS.from_epsg(32633).to_wkt()
GRID = Grid(200, 150, PLACE, UTM)
PIXELS = np.random.default_rng(7).integers(1, 4000, (1, 150, 200)).astype(np.uint16)


def read(path, grid=GRID, window=None):
    with on_grid(path, grid, Resampling.nearest) as source:
        return source.read(1, window=window, masked=True)


@pytest.mark.parametrize("how", ["nearest", "bilinear", "cubic"])
@pytest.mark.parametrize("nodata", [None, 0])
def test_a_window_of_a_raster_in_another_crs_is_that_of_the_whole(tmp_path, how, nodata):
    """Chips that overlap show the same numbers there, however GDAL would warp each by itself."""
    laea = rasterio.CRS.from_epsg(3035).to_wkt()
    grid = Grid(600, 600, from_origin(4000000, 3500000, 2000, 2000), laea)
    place, width, height = calculate_default_transform(
        laea, "EPSG:4326", 600, 600, 4000000, 2300000, 5200000, 3500000
    )
    pixels = np.random.default_rng(8).integers(1, 60000, (1, height, width)).astype(np.uint16)
    path = write(
        tmp_path / "lonlat.tif", pixels, transform=place, crs="EPSG:4326", nodata=nodata
    )  # fmt: skip

    def read(window=None):
        with on_grid(path, grid, Resampling[how]) as source:
            return source.read(1, window=window, masked=True)

    whole = read()
    assert whole.mask.mean() < 0.4
    for row, col, side in [(0, 0, 64), (11, 300, 200), (333, 129, 64), (520, 520, 80)]:
        part, expected = (
            read(Window(col, row, side, side)),
            whole[row : row + side, col : col + side],
        )
        assert np.array_equal(part.filled(0), expected.filled(0))


@pytest.mark.parametrize("place", [Affine.identity(), PLACE])
def test_a_picture_without_crs_lies_where_the_grid_does(tmp_path, place):
    path = write(tmp_path / "picture.tif", PIXELS, transform=place, crs=None)
    assert np.array_equal(read(path).filled(0), PIXELS[0])
    bare = Grid(200, 150, Affine.identity(), "")
    assert np.array_equal(read(path, bare).filled(0), PIXELS[0])


@pytest.mark.parametrize("case", ["elsewhere", "smaller", "larger"])
def test_one_that_says_it_lies_elsewhere_or_has_another_size_is_refused(tmp_path, case):
    pixels = {"smaller": PIXELS[:, 1:], "larger": np.pad(PIXELS, 1)[1:2]}.get(case, PIXELS)
    place = from_origin(400010, 5400000, 10, 10) if case == "elsewhere" else Affine.identity()
    path = write(tmp_path / "picture.tif", pixels, transform=place, crs=None)
    with pytest.raises(MissingCRS, match=r"picture\.tif or the first raster has no CRS"):
        read(path)


def test_opacity_of_a_raster_elsewhere_masks_it(tmp_path):
    pixels = np.random.default_rng(9).integers(1, 256, (4, 150, 200)).astype(np.uint8)
    pixels[3] = 255
    pixels[3, 40:60, 50:90] = 0
    path = write(tmp_path / "photo.tif", pixels, photometric="RGB")
    with rasterio.open(path, "r+") as photo:
        photo.colorinterp = [*photo.colorinterp[:3], ColorInterp.alpha]
    grid = Grid(200, 150, from_origin(400100, 5400050, 10, 10), UTM)  # 10 px right, 5 px up
    found = read(path, grid)
    expected = np.ma.masked_all((150, 200), np.uint8)
    expected[5:, :190] = np.ma.array(pixels[0], mask=pixels[3] == 0)[:-5, 10:]
    assert np.array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    assert np.array_equal(found.filled(0), expected.filled(0))
    with rasterio.open(path) as photo:
        assert measured_bands(photo) == [1, 2, 3]


@pytest.mark.parametrize("nodata", [None, 0, 9])
def test_what_a_raster_does_not_cover_is_masked(tmp_path, nodata):
    path = write(tmp_path / "scene.tif", PIXELS, nodata=nodata)
    grid = Grid(200, 150, from_origin(400100, 5400050, 10, 10), UTM)
    found, expected = read(path, grid), np.ma.masked_all((150, 200), np.uint16)
    gaps = PIXELS[0] == nodata if nodata else np.zeros((150, 200), bool)
    expected[5:, :190] = np.ma.array(PIXELS[0], mask=gaps)[:-5, 10:]
    assert np.array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    assert np.array_equal(found.filled(0), expected.filled(0))
