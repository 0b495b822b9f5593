# SPDX-License-Identifier: GPL-3.0-or-later
"""Sentinel-2 products against the numbers that were written into them, and real ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.core.band import Band
from coverloom.engine.core.window import Window
from coverloom.engine.scenes.scene import open_scene
from coverloom.engine.scenes.sentinel2 import Options
from coverloom.tests.data.make_rasters import write_raster
from coverloom.tests.data.make_safe import CORNER, make_safe
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio import Affine
from rasterio.vrt import WarpedVRT

from .safe_products import BANDS, card, harmonised, read, safe

__all__ = ["safe"]


class TestNumbers:
    def test_offset_of_baseline_04_is_added(self, safe):
        """mapping.md, fault 14: numbers of baseline 04.00 and later were 1000 too high."""
        path, stored = safe
        pixels, _, said, (_, dtype, nodata, _) = read(path, card())
        assert dtype == "uint16" and set(nodata) == {0.0}
        for band, got in zip(BANDS, pixels):
            np.testing.assert_array_equal(got, harmonised(stored[band]))
        assert "baseline 04.00" in said[0] and "-1000" in said[0]

    def test_older_products_stay_as_they_are(self, tmp_path):
        path, stored = make_safe(tmp_path, baseline="02.14", offset=None)
        pixels, _, _, _ = read(path, card())
        np.testing.assert_array_equal(pixels, np.stack([stored[b] for b in BANDS]))

    def test_reflectance(self, safe):
        path, stored = safe
        pixels, _, _, (_, dtype, _, _) = read(path, card(unit="reflectance"))
        assert dtype == "float32"
        expected = harmonised(stored["B03"]) / 10_000
        expected[stored["B03"] == 0] = np.nan
        np.testing.assert_allclose(pixels[1], expected, rtol=1e-6)

    @pytest.mark.parametrize("band", [
        {"unit": "DN", "offset": -1000.0},
        {"unit": "reflectance", "scale": 1e-4, "offset": -0.1},
    ])  # fmt: skip
    def test_a_card_made_for_the_new_numbers_gets_them_untouched(self, safe, band):
        path, stored = safe
        pixels, _, _, _ = read(path, card(**band))
        np.testing.assert_array_equal(pixels[2], stored["B04"])

    def test_a_card_of_scaled_reflectance_gets_whole_numbers(self, safe):
        path, stored = safe
        pixels, _, _, (_, dtype, _, _) = read(path, card(unit="reflectance", scale=1e-4))
        assert dtype == "uint16"
        np.testing.assert_array_equal(pixels[0], harmonised(stored["B02"]))

    @settings(max_examples=40, deadline=None)
    @given(st.integers(-3000, 3000), st.sampled_from([1.0, 1e-4]), st.integers(-2000, 2000))
    def test_what_the_network_sees_is_the_products_reflectance(self, added, scale, shift):
        """Whatever the card says: stored * scale + offset, in its unit, is the reflectance."""
        from coverloom.engine.scenes.conversion import reflectance_conversion
        from coverloom.engine.scenes.product import Meaning

        unit, offset = ("DN", float(shift)) if scale == 1 else ("reflectance", shift / 10_000)
        band = Band("B02", unit=unit, scale=scale, offset=offset)
        meaning = Meaning(offsets={"B2": float(added)})
        stored = np.arange(1, 60_000, 97, dtype="uint16")[None]
        got = reflectance_conversion(band, "B2", meaning).apply(stored, 0)
        seen = got.astype(float) * scale + offset
        true = stored.astype(float) + added
        untouched = added == shift
        expected = (true if untouched else np.maximum(true, 1)) / (1 if unit == "DN" else 10_000)
        np.testing.assert_allclose(seen, expected, rtol=1e-5, atol=1e-4 if unit != "DN" else 0.01)

    def test_what_the_user_says_of_the_offset_counts(self, safe):
        path, stored = safe
        pixels, _, _, _ = read(path, card(), Options(add_offset=0))
        np.testing.assert_array_equal(pixels[0], stored["B02"])


class TestGrid:
    def test_bands_of_20_and_60_m_come_to_the_10_m_grid_as_gdal_warps_them(self, safe):
        path, stored = safe
        pixels, _, _, (grid, *_) = read(path, card(("B02", "B8A", "B09")))
        assert (grid.width, grid.resolution) == (96, (10.0, 10.0))
        for slot, metres, band in ((1, 20, "B8A"), (2, 60, "B09")):
            file = next(path.rglob(f"R{metres}m/*_{band}_*.jp2"))
            with rasterio.open(file) as source, WarpedVRT(
                source, transform=Affine(10, 0, CORNER[0], 0, -10, CORNER[1]), width=96, height=96,
                resampling=rasterio.enums.Resampling.bilinear, src_nodata=0, nodata=0,
            ) as warped:  # fmt: skip
                expected = warped.read(1)
            assert stored[band].shape == (960 // metres,) * 2
            np.testing.assert_array_equal(pixels[slot], harmonised(expected))

    def test_never_a_copy_of_20_m_by_accident(self, safe):
        """mapping.md, fault 13: a search for B02 may find R10m, R20m or R60m. Copies are 9999."""
        path, _ = safe
        pixels, _, _, _ = read(path, card())
        assert pixels.max() < 5999

    def test_a_model_of_20_m_gets_the_products_own_20_m(self, safe):
        path, stored = safe
        pixels, _, _, (grid, *_) = read(path, card(("B02", "B8A"), resolution=20.0))
        assert grid.resolution == (20.0, 20.0) and grid.width == 48
        assert (pixels[0] == 8999).all()
        np.testing.assert_array_equal(pixels[1], harmonised(stored["B8A"]))

    def test_a_model_of_20_m_where_only_10_m_is_there(self, tmp_path):
        path, _ = make_safe(tmp_path, copies=False, baseline="02.14", offset=0,
                            values={"B02": np.full((96, 96), 700, "uint16")})  # fmt: skip
        pixels, _, _, (grid, *_) = read(path, card(resolution=20.0))
        assert grid.resolution == (20.0, 20.0) and grid.width == 48
        assert (pixels[0] == 700).all()

    def test_windows_are_parts_of_the_whole(self, safe):
        path, _ = safe
        wanted = card(("B02", "B8A"))
        whole, _, _, _ = read(path, wanted)
        for window in (Window(0, 0, 96, 7), Window(13, 60, 50, 36), Window(95, 95, 1, 1)):
            part, _, _, _ = read(path, wanted, window=window)
            np.testing.assert_array_equal(part, whole[(slice(None), *window.slices)])


class TestSceneClasses:
    def test_masked_classes_are_not_measured(self, tmp_path):
        """mapping.md, fault 14: no mask by scene class."""
        scl = np.random.default_rng(3).integers(0, 12, (48, 48))
        path, _ = make_safe(tmp_path, scl=scl)
        _, mask, _, (*_, has_mask) = read(path, card(), Options(scl_mask=(3, 8, 9, 10)))
        assert has_mask
        np.testing.assert_array_equal(
            mask, ~np.isin(scl, (3, 8, 9, 10)).repeat(2, axis=0).repeat(2, axis=1)
        )

    def test_without_scene_classes(self, safe):
        with pytest.raises(errors.MissingBand, match=r"SCL_MASK is 3, but .* no scene class"):
            read(safe[0], card(), Options(scl_mask=(3,)))


class TestForms:
    def test_zip_is_read_in_place(self, safe, tmp_path):
        path, _ = safe
        archive = shutil.make_archive(str(tmp_path / "odd {name} &"), "zip", path.parent)
        expected, _, _, _ = read(path, card(("B02", "B8A")))
        got, _, _, _ = read(archive, card(("B02", "B8A")))
        np.testing.assert_array_equal(got, expected)

    def test_folder_around_the_product_and_its_metadata(self, safe):
        path, _ = safe
        expected, _, _, _ = read(path, card())
        for other in (path.parent, path / "MTD_MSIL2A.xml"):
            np.testing.assert_array_equal(read(other, card())[0], expected)

    def test_img_data_knows_its_product(self, safe):
        path, _ = safe
        folder = next(path.glob("GRANULE/*/IMG_DATA"))
        got, _, said, _ = read(folder, card())
        np.testing.assert_array_equal(got, read(path, card())[0])
        assert "04.00" in said[0]

    @pytest.mark.parametrize("spelling", [
        "B02.tif B03.tif B04.tif", "b2.TIF b3.TIF b4.TIF", "blue_B02.tif green_B03.tif red_b04.tif",
        "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_57_B{}.tif",
        "T33UUP_20170613T101031_B{}_10m.tif", "33UUP-20170613T101031-B{}.tif",
    ])  # fmt: skip
    def test_flat_folders(self, tmp_path, spelling):
        names = [spelling.format(n) for n in ("02", "03", "04")] if "{" in spelling else None
        stored = np.arange(3 * 16, dtype="uint16").reshape(3, 4, 4) + 1
        for name, pixels in zip(names or spelling.split(), stored):
            write_raster(tmp_path / name, pixels[None])
        (tmp_path / "labels_metadata.json").write_text("{}")
        pixels, _, said, _ = read(tmp_path, card())
        np.testing.assert_array_equal(pixels, stored)
        stated = "N9999" in spelling
        assert any("does not say its processing baseline" in text for text in said) != stated

    def test_baseline_of_a_flat_folder_by_its_name(self, tmp_path):
        folder = tmp_path / "S2B_MSIL2A_20230101T101031_N0509_R022_T33UUP_20230101T120000"
        folder.mkdir()
        for name in BANDS:
            write_raster(folder / f"{name}.tif", np.full((1, 4, 4), 1500, "uint16"))
        assert (read(folder, card())[0] == 500).all()

    def test_real_bigearthnet_patch(self, real_data):
        patch = next((real_data / "bigearthnet_v2").glob("BigEarthNet-S2/*/*"))
        names = ("B02", "B03", "B04", "B05", "B8A", "B12", "B01")
        pixels, _, _, (grid, *_) = read(patch, card(names))
        assert pixels.shape == (7, 120, 120) and grid.resolution == (10.0, 10.0)
        with rasterio.open(next(patch.glob("*_B03.tif"))) as dataset:
            np.testing.assert_array_equal(pixels[1], dataset.read(1))


class TestRealProducts:
    def test_60_m(self, real_data):
        path = next((real_data / "sentinel2_safe_60m").glob("*.SAFE"))
        pixels, _, said, (grid, *_) = read(path, card(("B02", "B12")))
        with rasterio.open(next(path.rglob("R60m/*B12_60m.jp2"))) as dataset:
            np.testing.assert_array_equal(pixels[1], harmonised(dataset.read(1)))
            assert dataset.transform.almost_equals(grid.transform)
        assert any("60 x 60 m" in text for text in said)

    def test_scene_classes_are_counted_as_in_the_data(self, real_data):
        path = next((real_data / "sentinel2_safe_60m").glob("*.SAFE"))
        _, mask, _, _ = read(path, card(("B02",), 60.0), Options(scl_mask=(3, 8, 9, 10, 0)))
        total = 1830 * 1830
        # Counts of the 60 m classes, in the data's own README.
        assert mask.sum() == total - 1353830 - 205725 - 757674 - 210178 - 224258

    def test_whole_layout(self, real_data):
        path = next((real_data / "sentinel2_safe_layout").glob("*.SAFE"))
        names = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
        said = []
        with open_scene([str(path)], card(names), "", said.append) as scene:
            *images, metadata = scene.sources
            sizes = [Path(source).parent.name for source in images]
            assert Path(metadata).name == "MTD_MSIL2A.xml"
            assert scene.read(Window(0, 0, 9, 9))[0].shape == (12, 9, 9)
        ten, twenty, sixty = "R10m", "R20m", "R60m"
        assert sizes == [sixty, ten, ten, ten, twenty, twenty, twenty, ten, twenty, sixty, twenty,
                         twenty]  # fmt: skip
        assert "baseline 02.14" in said[0].text
