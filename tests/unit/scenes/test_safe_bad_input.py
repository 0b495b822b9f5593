# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products that are not whole, not alone, or not what the model takes."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract import errors
from coverloom.engine.scenes.product_metadata import read_metadata
from coverloom.tests.data.make_rasters import write_raster
from coverloom.tests.data.make_safe import make_safe, metadata, write_jp2

from .safe_products import card, harmonised, read, safe

__all__ = ["safe"]


class TestBadInput:
    def test_level_1c(self, tmp_path):
        """mapping.md, fault 14: L1C was taken without a word."""
        path, stored = make_safe(tmp_path, level="L1C")
        with pytest.raises(errors.WrongLevel, match=r"is L1C, but model .* takes L2A"):
            read(path, card())
        pixels, _, _, _ = read(path, card(unit="L1C DN"))
        np.testing.assert_array_equal(pixels[0], harmonised(stored["B02"]))

    def test_level_2a_for_a_model_of_1c(self, safe):
        with pytest.raises(errors.WrongLevel, match=r"is L2A, but model .* takes L1C"):
            read(safe[0], card(unit="TOA reflectance"))

    def test_band_missing(self, safe, tmp_path):
        with pytest.raises(errors.MissingBand, match=r"lacks band B12 .* it has B2, B3, B4, B8A"):
            read(safe[0], card(("B02", "B12")))
        copy = shutil.copytree(safe[0], tmp_path / "x.SAFE")
        for file in copy.rglob("*_B03_*"):
            file.unlink()
        with pytest.raises(errors.MissingBand, match=r"lists band B03, but its file is not there"):
            read(copy, card())

    def test_radar_missing(self, safe):
        with pytest.raises(errors.MissingBand, match=r"lacks band VV .*Give Sentinel-1 as S1"):
            read(safe[0], card(("VV", "B02")))

    @pytest.mark.parametrize("kept", [0.5, 0.99, 0.1, 0.0])
    def test_half_downloaded_jp2(self, safe, tmp_path, kept):
        copy = shutil.copytree(safe[0], tmp_path / "x.SAFE")
        file = next(copy.rglob("R10m/*_B03_10m.jp2"))
        file.write_bytes(file.read_bytes()[: int(file.stat().st_size * kept)])
        with pytest.raises(errors.UnreadableRaster, match=r"B03_10m.jp2 is cut short"):
            read(copy, card())

    def test_half_downloaded_real_jp2(self, real_data, tmp_path):
        """Its codestream box has no length: only the marker at its end tells."""
        path = next((real_data / "sentinel2_safe_60m").glob("*.SAFE"))
        file = next(path.rglob("R60m/*B09_60m.jp2"))
        (tmp_path / "T29UNU_20221005T115411_B09_60m.jp2").write_bytes(file.read_bytes()[:-9000])
        with pytest.raises(errors.UnreadableRaster, match=r"cut short"):
            read(tmp_path, card(("B09",)))

    def test_half_downloaded_zip(self, safe, tmp_path):
        archive = Path(shutil.make_archive(str(tmp_path / "x"), "zip", safe[0].parent))
        archive.write_bytes(archive.read_bytes()[:-5000])
        with pytest.raises(errors.UnreadableRaster, match=r"zip archive"):
            read(archive, card())

    def test_two_products_in_one_folder(self, tmp_path):
        make_safe(tmp_path)
        make_safe(tmp_path, baseline="05.09")
        with pytest.raises(errors.SeveralProducts, match=r"holds 2 products"):
            read(tmp_path, card())
        archive = shutil.make_archive(str(tmp_path.parent / "two"), "zip", tmp_path)
        with pytest.raises(errors.SeveralProducts, match=r"holds 2 products"):
            read(archive, card())

    def test_bands_of_two_products_in_one_folder(self, tmp_path):
        write_jp2(tmp_path / "T33UUP_20220607T101031_B02_10m.jp2", np.ones((64, 64), "uint16"), 10)
        write_jp2(tmp_path / "T33UUP_20220612T101031_B03_10m.jp2", np.ones((64, 64), "uint16"), 10)
        with pytest.raises(errors.SeveralProducts, match=r"files of 2 products"):
            read(tmp_path, card())

    def test_one_band_twice(self, tmp_path):
        for name in ("a_B02.tif", "b_B02.tif"):
            write_raster(tmp_path / name, np.ones((1, 4, 4), "uint16"))
        with pytest.raises(errors.AmbiguousBand, match=r"B2 twice: a_B02.tif and b_B02.tif"):
            read(tmp_path, card())

    @pytest.mark.parametrize("text", [
        b"<a><b></a>", b"", b"\xff\xfe", metadata(quantification="x").encode(),
        metadata(quantification=0).encode(),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    ])  # fmt: skip
    def test_damaged_metadata(self, text):
        with pytest.raises(errors.UnreadableMetadata, match=r"MTD.xml cannot be read"):
            read_metadata(text, "MTD.xml")

    def test_no_image(self, tmp_path):
        (tmp_path / "MTD_MSIL2A.xml").write_text(metadata())
        with pytest.raises(errors.MissingBand, match=r"IMG_DATA"):
            read(tmp_path, card())
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("readme.txt", "nothing")
        with pytest.raises(errors.MissingBand, match=r"IMG_DATA"):
            read(tmp_path / "x.zip", card())
