# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated land looks like land: spectra, texture, weather, and the scene's files."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import UnwritablePath
from coverloom.engine.contract.jobs.createsampledata import CreateSampleData
from coverloom.engine.jobs import createsampledata
from coverloom.engine.sample.archive import write_place
from coverloom.engine.sample.fields import blur, smooth_noise
from coverloom.engine.sample.places import choose_places
from scipy.ndimage import gaussian_filter

BANDS = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")


def read(path):
    with rasterio.open(path) as file:
        return file.read(), file.profile, file.descriptions


@pytest.fixture(scope="module")
def scene(sample):
    """Bands by name, CORINE codes, and where the sky is clear."""
    stack, _, names = read(sample / "scene" / "sentinel2.tif")
    (codes,), _, _ = read(sample / "scene" / "truth_clc.tif")
    (clear,), _, _ = read(sample / "scene" / "clear_mask.tif")
    return dict(zip(names, stack.astype(np.float64))), codes, clear == 1


def mean_of(scene, code, band):
    bands, codes, clear = scene
    return bands[band][(codes == code) & clear].mean()


def mean_ndvi(scene, code):
    bands, codes, clear = scene
    here = (codes == code) & clear
    red, infrared = bands["B04"][here], bands["B08"][here]
    return ((infrared - red) / (infrared + red)).mean()


def test_scene_has_named_bands_on_one_grid(sample):
    stack, profile, names = read(sample / "scene" / "sentinel2.tif")
    assert names == BANDS and stack.dtype == np.uint16 and profile["nodata"] == 0
    assert profile["tiled"] and profile["crs"].is_projected
    backscatter, other, names = read(sample / "scene" / "sentinel1.tif")
    assert names == ("VV", "VH") and backscatter.dtype == np.float32
    assert other["transform"] == profile["transform"] and other["crs"] == profile["crs"]
    assert backscatter.shape[1:] == stack.shape[1:] == (1500, 1500)


def test_coarse_bands_are_repeated_on_the_fine_grid(scene):
    bands, _, _ = scene
    inside = bands["B11"][:, 300:]
    assert (inside[0::2, 0::2] == inside[1::2, 1::2]).all()
    assert (bands["B01"][0:1500:6, 300:] == bands["B01"][5:1500:6, 300:]).all()


def test_spectra_are_as_physics_has_them(scene):
    forest, urban, sea, arable = 311, 112, 523, 211
    assert mean_ndvi(scene, forest) > mean_ndvi(scene, arable) > mean_ndvi(scene, urban) > 0
    assert mean_of(scene, sea, "B08") < 300 < mean_of(scene, forest, "B08")
    assert mean_of(scene, sea, "B08") < mean_of(scene, sea, "B02")
    assert mean_of(scene, forest, "B05") < mean_of(scene, forest, "B07")
    assert mean_of(scene, 331, "B04") > mean_of(scene, urban, "B04")


def test_backscatter_is_low_on_water_and_high_in_towns(sample, scene):
    (vv, vh), _, _ = read(sample / "scene" / "sentinel1.tif")
    _, codes, _ = scene
    assert vv[codes == 523].mean() < vv[codes == 211].mean() < vv[codes == 112].mean()
    assert (vv - vh).mean() > 4, "cross-polarised returns are weaker"
    assert 1.0 < vv[codes == 523].std() < 4.0, "speckle"


def test_classes_are_coherent_in_space(scene):
    _, codes, _ = scene
    same = (codes[:, 1:] == codes[:, :-1]).mean()
    assert same > 0.96 and len(np.unique(codes)) >= 20


def test_pixels_are_mixed_across_borders(scene):
    """A px at the coast lies between sea and land, more often than two px further in."""
    bands, codes, clear = scene
    sea = codes == 523
    shore = np.zeros_like(sea)
    shore[:, 1:] = sea[:, 1:] & ~sea[:, :-1]
    shore[:, 0] = False
    inner = (
        sea & np.roll(sea, 3, 1) & np.roll(sea, -3, 1) & np.roll(sea, 3, 0) & np.roll(sea, -3, 0)
    )
    assert bands["B08"][shore & clear].mean() > 2 * bands["B08"][inner & clear].mean()


def test_there_are_clouds_shadows_and_a_nodata_border(scene):
    bands, _, clear = scene
    empty = bands["B02"] == 0
    assert 0.01 < empty.mean() < 0.1 and all((bands[b][empty] == 0).all() for b in BANDS)
    covered = ~clear & ~empty
    assert 0.02 < covered.mean() < 0.2
    assert np.percentile(bands["B02"][covered], 90) > 3500 > np.percentile(bands["B02"][clear], 99)
    assert not clear[empty].any()


def test_readme_says_generated(sample):
    assert (sample / "README.txt").read_text().startswith("GENERATED")


def test_the_same_seed_gives_the_same_pixels(archive, sample, tmp_path):
    """One place of the archive, made again by itself."""
    choosing, _, seeds = np.random.default_rng(42).spawn(3)
    place = choose_places(choosing, 36)[0]
    write_place(seeds.spawn(36)[0], tmp_path, place, lambda codes: [])
    again = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.tif"))
    assert len(again) == 9 * 15
    for path in again:
        assert (tmp_path / path).read_bytes() == (archive / path).read_bytes()


def test_another_seed_gives_another_landscape(archive, tmp_path):
    choosing, _, seeds = np.random.default_rng(42).spawn(3)
    place = choose_places(choosing, 36)[0]
    write_place(seeds.spawn(36)[1], tmp_path, place, lambda codes: [])
    maps = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*_reference_map.tif"))
    assert any((tmp_path / path).read_bytes() != (archive / path).read_bytes() for path in maps)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    with pytest.raises(UnwritablePath, match="not empty"):
        createsampledata.run(CreateSampleData(str(tmp_path)), lambda event: None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_noise_has_mean_0_and_variance_1():
    rng = np.random.default_rng(3)
    values = np.stack([smooth_noise(rng, (64, 80), 9.0) for _ in range(60)])
    assert abs(values.mean()) < 0.05 and abs(values.var() - 1) < 0.1


def test_blur_equals_scipy():
    field = np.random.default_rng(1).random((40, 50), np.float32)
    expected = gaussian_filter(field, 1.2, mode="mirror", truncate=2.5)
    assert np.allclose(blur(field, 1.2), expected, atol=1e-5)
