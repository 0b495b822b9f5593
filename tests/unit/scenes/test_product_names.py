# SPDX-License-Identifier: GPL-3.0-or-later
"""What the names of files and folders say of a product."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.scenes.band_folder import BandFolderReader
from coverloom.engine.scenes.product import band_file, meaning_by_name
from coverloom.tests.data.make_rasters import write_raster


@pytest.mark.parametrize(("name", "band", "metres"), [
    ("R20m/T29UNU_20221005T115411_B02_20m.jp2", "B2", 20), ("x/R60m/b8a.tif", "B8A", 60),
    ("B12.tiff", "B12", None), ("T29UNU_x_SCL_20m.jp2", "SCL", 20),
])  # fmt: skip
def test_file_names(name, band, metres):
    file = band_file(name)
    assert (file.band, file.metres) == (band, metres)


@pytest.mark.parametrize("name", [
    "T29UNU_20221005T115411_TCI_10m.jp2", "B02.xml", "B13.tif", "stack.tif", "B02_B03.tif",
    "MSK_CLDPRB_20m.jp2",
])  # fmt: skip
def test_names_of_no_band(name):
    assert band_file(name) is None


@pytest.mark.parametrize(("name", "offset"), [
    ("S2A_MSIL2A_20221005T115411_N0400_R023", -1000), ("S2A_MSIL2A_20221005T115411_N0510_R023",
    -1000), ("S2A_MSIL2A_20210122T133229_N0214_R081", 0), ("S2A_N9999_R022", 0), ("tile", 0),
])  # fmt: skip
def test_what_a_name_says(name, offset):
    assert meaning_by_name([name]).offset("B02") == offset


def test_a_folder_of_no_bands_is_not_taken(tmp_path):
    write_raster(tmp_path / "stack.tif", np.ones((3, 4, 4), "uint16"))
    assert not BandFolderReader().accepts([str(tmp_path)])
    assert not BandFolderReader().accepts([str(tmp_path / "stack.tif")])
