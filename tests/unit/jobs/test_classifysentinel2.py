# SPDX-License-Identifier: GPL-3.0-or-later
"""A Sentinel-2 product's map equals that of a raster of the same numbers; every fault by name."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract import errors
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.classifysentinel2 import ClassifySentinel2
from coverloom.engine.core.band import Band
from coverloom.engine.jobs.classifyraster import run as classify_raster
from coverloom.engine.jobs.classifysentinel2 import run
from coverloom.engine.model_file import measured_card, save_model
from coverloom.engine.scenes.channels import Channels
from coverloom.tests.data.make_safe import CORNER, make_safe
from rasterio import Affine

from .conftest import write_raster

MAPS = ("class", "maxprob", "entropy", "gap")


@pytest.fixture
def unet(save, models):
    path, _ = save(models.unet(depth=2, seed=3))
    return path


def outputs(folder):
    folder.mkdir(exist_ok=True)
    paths = {name: str(folder / f"{name}.tif") for name in MAPS}
    return {"class_map": paths.pop("class"), **paths, "report": str(folder / "report.json")}


def classify(path, model, folder, **fields):
    request = ClassifySentinel2(input=(str(path),), model=model, **outputs(folder), **fields)
    request.validate()
    events = []
    run(request, events.append)
    return read(folder), events


def read(folder):
    maps = {}
    for name in MAPS:
        with rasterio.open(folder / f"{name}.tif") as dataset:
            maps[name] = dataset.read(1)
    return maps


def harmonised(stored):
    moved = np.maximum(np.stack(list(stored.values())).astype(int) - 1000, 1)
    return np.where(np.stack(list(stored.values())) == 0, 0, moved).astype("uint16")


def grid_of_safe():
    return Affine(10, 0, CORNER[0], 0, -10, CORNER[1])


@pytest.mark.parametrize("chunk", [32, 64])
def test_equals_the_map_of_a_raster(tmp_path, unet, chunk):
    """mapping.md, faults 3 and 4: edges of chunks became class 0, and seams showed."""
    path, stored = make_safe(tmp_path, size=192)
    maps, _ = classify(path, unet, tmp_path / "s2", chunk_size=chunk)
    raster = write_raster(tmp_path / "in.tif", harmonised(stored), transform=grid_of_safe())
    classify_raster(
        ClassifyRaster(input=(raster,), model=unet, chunk_size=96, **outputs(tmp_path / "r")), print
    )
    expected = read(tmp_path / "r")
    np.testing.assert_array_equal(maps["class"], expected["class"])
    for name in MAPS[1:]:
        np.testing.assert_allclose(maps[name], expected[name], atol=3e-6)
    # mapping.md, fault 14: nodata was classified.
    assert (maps["class"][:4, :4] == 255).all() and (maps["entropy"][:4, :4] == -1).all()
    assert (maps["class"] != 255).sum() == 192 * 192 - 16


def test_masked_scene_classes_are_nodata(tmp_path, unet):
    scl = np.full((48, 48), 4)
    scl[10:20, 30:] = 9
    path, _ = make_safe(tmp_path, size=96, scl=scl)
    maps, _ = classify(path, unet, tmp_path / "out", scl_mask=(8, 9))
    empty = (scl == 9).repeat(2, axis=0).repeat(2, axis=1)
    empty[:4, :4] = True
    np.testing.assert_array_equal(maps["class"] == 255, empty)


@pytest.mark.parametrize("extent", [None, (300_500.0, 5_398_300.0, 301_700.0, 5_399_700.0)])
def test_each_jp2_tile_is_decoded_once(tmp_path, unet, monkeypatch, extent):
    """Whatever the chunks are, and wherever they cut the tiles."""
    path, _ = make_safe(tmp_path, size=192, scl=np.full((96, 96), 4))
    decoded, read_channels = Counter(), Channels.read

    def counted(channels, window):
        decoded[channels.source.path, window] += 1
        return read_channels(channels, window)

    monkeypatch.setattr(Channels, "read", counted)
    classify(path, unet, tmp_path / "out", chunk_size=32, scl_mask=(3,), extent=extent)
    assert set(decoded.values()) == {1}
    if extent is None:
        assert len(decoded) == 3 * 9 + 4, "three bands of 10 m and the scene classes"


def test_empty_chunks_are_skipped(tmp_path, unet):
    """mapping.md, fault 5: an empty chunk raised NameError."""
    empty = np.zeros((192, 192), "uint16")
    empty[:50, :50] = 1500
    path, _ = make_safe(tmp_path, size=192, values=dict.fromkeys(("B02", "B03", "B04"), empty))
    classify(path, unet, tmp_path / "out", chunk_size=64)
    chunks = json.loads((tmp_path / "out" / "report.json").read_text())["chunks"]
    assert (chunks["mapped"], chunks["skipped"]) == (1, {"nodata": 8})


def test_radar_is_bound_by_name_and_scaled_by_its_own_statistics(tmp_path, models):
    """mapping.md, faults 1 and 2: means were made up; S1 came last, as mean 0 and deviation 1.

    The scores are a product that NumPy computes at once.
    """
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(4, 3)).astype("float32")
    bands = (Band("VV", "dB", mean=-12.6, std=5.1), Band("VH", "dB", mean=-19.9, std=4.6),
             Band("B02", "DN", mean=438.4, std=607.0))  # fmt: skip
    model = str(tmp_path / "model.onnx")
    proto = models.linear_net(weights)
    save_model(proto, measured_card(proto, models.card_for(bands=bands)), model)
    path, stored = make_safe(tmp_path, ("B02",), size=96)
    radar = rng.uniform(-25, -3, (2, 96, 96)).astype("float32")
    s1 = write_raster(tmp_path / "s1.tif", radar[::-1].copy(), ("VH", "VV"), nodata=-99,
                      transform=grid_of_safe())  # fmt: skip
    maps, _ = classify(path, model, tmp_path / "out", s1=s1)
    blue = harmonised(stored)[0].astype(float)
    pixels = np.stack([radar[0], radar[1], blue])
    normal = [(x - b.mean) / b.std for x, b in zip(pixels, bands)]
    expected = np.einsum("kc,chw->khw", weights, np.stack(normal)).argmax(axis=0)
    measured = blue > 0
    assert (maps["class"][measured] == expected[measured]).mean() > 0.9999
    assert (maps["class"][~measured] == 255).all()


def test_the_entropys_tag_says_what_it_is(tmp_path, unet):
    """mapping.md, fault 6: it was called log2, computed in nats, of no distribution."""
    path, _ = make_safe(tmp_path, size=96)
    maps, _ = classify(path, unet, tmp_path / "out")
    measured = maps["entropy"] != -1
    assert 0 <= maps["entropy"][measured].min() <= maps["entropy"][measured].max() <= 1
    with rasterio.open(tmp_path / "out" / "entropy.tif") as dataset:
        assert dataset.tags()["FORMULA"] == "-sum_k(q_k ln q_k) / ln K, q = p / sum(p), p: softmax"


def test_preview_and_legend(tmp_path, unet, models):
    """mapping.md, faults 7 and 8: nodata was painted as class 18, with colours drawn at random."""
    path, _ = make_safe(tmp_path, size=96)
    pictures = []
    for name in ("one", "two"):
        preview = tmp_path / name / "preview.png"
        maps, _ = classify(path, unet, tmp_path / name, preview=str(preview))
        with rasterio.open(preview) as dataset:
            pictures.append(dataset.read())
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[0][3] == 0, maps["class"] == 255)
    colours = {item.id: item.colour for item in models.card_for().classes.classes}
    for i in np.unique(maps["class"][maps["class"] != 255]).tolist():
        assert {tuple(c) for c in pictures[0][:3, maps["class"] == i].T} == {colours[i]}


def test_the_real_60_m_product(tmp_path, save, models, real_data):
    path = next((real_data / "sentinel2_safe_60m").glob("*.SAFE"))
    model, _ = save(models.pixel_net(layers=(3,)), resolution=60.0)
    maps, events = classify(path, model, tmp_path / "out", scl_mask=(0, 3, 8, 9, 10))
    assert maps["class"].shape == (1830, 1830)
    # SCL counts of the data's README; its B02 to B04 hold no nodata where SCL is not 0.
    kept = 1830 * 1830 - 1353830 - 205725 - 757674 - 210178 - 224258
    assert (maps["class"] != 255).sum() == kept
    assert any("baseline 04.00" in getattr(event, "text", "") for event in events)


def test_a_model_without_its_bands(tmp_path, save, models):
    """mapping.md, fault 9: an error became zero probabilities."""
    path, _ = make_safe(tmp_path, ("B02", "B03"), size=96)
    model, _ = save(models.unet(depth=1))
    with pytest.raises(errors.MissingBand, match=r"lacks band B04"):
        classify(path, model, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("fields, message", [
    ({"scl_mask": (3, 12)}, "SCL_MASK has 12"), ({"s1_unit": "power"}, "S1_UNIT is 'power'"),
    ({"input": ("a", "b")}, "INPUT has 2 paths"), ({"input": ()}, "INPUT is empty"),
])  # fmt: skip
def test_requests_that_no_run_could_use(fields, message):
    request = ClassifySentinel2(**{"input": ("a",), "model": "m", "class_map": "c", **fields})
    with pytest.raises(errors.InvalidRequest, match=message):
        request.validate()


def test_what_is_no_product(tmp_path, unet):
    raster = write_raster(tmp_path / "in.tif", np.ones((3, 8, 8), "uint16"))
    with pytest.raises(errors.NotAProduct, match="neither a SAFE"):
        classify(raster, unet, tmp_path / "out")
    with pytest.raises(errors.MissingInput, match="There is no"):
        classify(tmp_path / "none.SAFE", unet, tmp_path / "out")


def test_radar_is_not_overwritten(tmp_path, unet):
    path, _ = make_safe(tmp_path, size=96)
    s1 = write_raster(tmp_path / "s1.tif", np.ones((1, 8, 8), "float32"), ("VV",))
    before = Path(s1).read_bytes()
    request = ClassifySentinel2(input=(str(path),), model=unet, class_map=s1, s1=s1)
    with pytest.raises(errors.OutputIsInput):
        run(request, print)
    assert Path(s1).read_bytes() == before
