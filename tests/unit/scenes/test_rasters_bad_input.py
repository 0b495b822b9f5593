# SPDX-License-Identifier: GPL-3.0-or-later
"""Rasters that no scene can be made of: each is named, with what is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import (
    EmptyIntersection,
    GridMismatch,
    MissingCRS,
    MissingInput,
    UnreadableRaster,
)
from coverloom.tests.data.make_rasters import numbers, utm_grid, write_raster

from .raster_scenes import BANDS, opened


def test_no_crs(tmp_path):
    path = write_raster(tmp_path / "s.tif", numbers((3, 5, 5)), crs=None, names=BANDS)
    with pytest.raises(MissingCRS, match=r"s\.tif states no CRS\. Assign its CRS"):
        opened(path)


def test_rasters_of_different_places(tmp_path):
    paths = [
        write_raster(tmp_path / "B02.tif", numbers((1, 8, 8))),
        write_raster(tmp_path / "B03.tif", numbers((1, 8, 8)), utm_grid(10, col=500)),
    ]
    with pytest.raises(EmptyIntersection, match=r"B03\.tif does not overlap"):
        opened(paths, ("B02", "B03"))


def test_a_crs_without_a_way_to_the_other(tmp_path):
    local = 'LOCAL_CS["site",UNIT["metre",1]]'
    paths = [
        write_raster(tmp_path / "B02.tif", numbers((1, 8, 8))),
        write_raster(tmp_path / "B03.tif", numbers((1, 8, 8)), crs=local),
    ]
    with pytest.raises(GridMismatch, match=r"B03\.tif.*Reproject it first"):
        opened(paths, ("B02", "B03"))


def test_a_missing_file():
    with pytest.raises(MissingInput, match=r"There is no file /nowhere/s\.tif"):
        opened("/nowhere/s.tif")


def test_a_file_that_is_no_raster(tmp_path):
    (tmp_path / "s.tif").write_text("no raster")
    with pytest.raises(UnreadableRaster, match=r"s\.tif cannot be opened"):
        opened(str(tmp_path / "s.tif"))


def test_complex_numbers(tmp_path):
    path = write_raster(tmp_path / "s.tif", np.zeros((3, 5, 5), "complex64"), names=BANDS)
    with pytest.raises(UnreadableRaster, match="complex64"):
        opened(path)


@pytest.mark.parametrize("warped", [False, True])
def test_a_truncated_file_is_named_where_it_breaks(tmp_path, warped):
    # Without descriptions GDAL leaves the directory in front, so that the cut file opens.
    whole = write_raster(tmp_path / "whole.tif", numbers((3, 300, 300)), utm_grid(20),
                         compress="deflate", tiled=True, blockxsize=64, blockysize=64)  # fmt: skip
    cut = tmp_path / "cut.tif"
    cut.write_bytes(Path(whole).read_bytes()[:120_000])
    fine = write_raster(tmp_path / "fine.tif", numbers((1, 600, 600)), names=["VV"])
    paths = [str(cut), fine] if warped else [str(cut)]
    bands = (*BANDS, "VV") if warped else BANDS
    with (
        opened(paths, bands, "B02=1,B03=2,B04=3") as scene,
        pytest.raises(UnreadableRaster, match=r"cut\.tif is damaged near"),
    ):
        scene.read(scene.grid.window)


def test_a_file_cut_before_its_directory(tmp_path):
    whole = write_raster(tmp_path / "whole.tif", numbers((3, 99, 99)), names=BANDS, compress="lzw")
    cut = tmp_path / "cut.tif"
    cut.write_bytes(Path(whole).read_bytes()[:20_000])
    with pytest.raises(UnreadableRaster, match=r"cut\.tif cannot be opened"):
        opened(str(cut))
