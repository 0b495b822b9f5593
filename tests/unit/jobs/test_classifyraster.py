"""Maps against ONNX Runtime on the whole array and NumPy's layers; chunks must not show."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import rasterio
from coverloom.engine.layers import LAYERS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import softmax

from .conftest import reflectances, write_raster

NAMES = ("class", "maxprob", "entropy", "gap")


def unchunked(values, model, card, nodata=0):
    """The same maps from one inference on the whole raster."""
    valid = np.isfinite(values).all(axis=0)
    if nodata is not None:
        valid &= ~(values == nodata).any(axis=0)
    height, width = valid.shape
    padded = [-(-side // card.stride) * card.stride for side in (height, width)]
    fed = np.zeros((1, len(values), *padded), np.float32)
    for band, stored, out in zip(card.bands, values, fed[0]):
        normal = stored.astype(np.float32) * np.float32(band.factor) + np.float32(band.shift)
        out[:height, :width] = np.where(valid, normal, 0)
    fed = fed if card.layout == "NCHW" else np.moveaxis(fed, 1, -1)
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    scores = session.run(None, {session.get_inputs()[0].name: fed})[0]
    scores = scores if card.layout == "NCHW" else np.moveaxis(scores, -1, 1)
    p = scores[0, :, :height, :width]
    p = softmax(p, axis=0) if card.output == "logits" else p
    maps = {}
    for name in NAMES:
        layer = LAYERS.load(name)()
        maps[name] = np.where(valid, layer(p), layer.nodata)
    return maps


# The same sums in another order than in the plain session: engine/inference/enlargements.py.
ROUNDED = 1e-5


def assert_same(maps, expected):
    clear = (expected["gap"] > ROUNDED) | (expected["gap"] < 0)
    np.testing.assert_array_equal(maps["class"][clear], expected["class"][clear])
    for name in NAMES[1:]:
        np.testing.assert_allclose(maps[name], expected[name], atol=ROUNDED, err_msg=name)


@pytest.fixture
def unet(save, models):
    return save(models.unet(depth=2, seed=3))


class TestChunkingChangesNothing:
    @pytest.mark.parametrize("size", [(200, 300), (129, 131), (61, 257), (5, 7), (64, 64)])
    @pytest.mark.parametrize("chunk", [64, 100])
    def test_equals_one_inference_on_the_whole(self, tmp_path, unet, classify, size, chunk):
        model, card = unet
        values = reflectances(*size)
        values[:, size[0] // 3 : size[0] // 2, : size[1] // 4] = 0
        raster = write_raster(tmp_path / "in.tif", values)
        maps, _, _ = classify(raster, model, chunk_size=chunk)
        assert_same(maps, unchunked(values, model, card))

    @settings(max_examples=12, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(
        height=st.integers(1, 150), width=st.integers(1, 150), chunk=st.sampled_from([16, 40, 64]),
        batch=st.integers(1, 3), seed=st.integers(0, 99),
    )  # fmt: skip
    def test_any_size(self, tmp_path, unet, classify, height, width, chunk, batch, seed):
        model, card = unet
        values = reflectances(height, width, seed=seed)
        raster = write_raster(tmp_path / "in.tif", values)
        maps, _, _ = classify(raster, model, chunk_size=chunk, batch_size=batch)
        assert_same(maps, unchunked(values, model, card))

    def test_a_halo_too_small_shows(self, tmp_path, unet, classify):
        """The proof that the tests above could fail."""
        model, card = unet
        values = reflectances(200, 200)
        raster = write_raster(tmp_path / "in.tif", values)
        maps, events, _ = classify(raster, model, chunk_size=64, overlap=0)
        expected = unchunked(values, model, card)
        assert (np.abs(maps["maxprob"] - expected["maxprob"]) > 1e-4).any()
        assert any("seams" in getattr(e, "text", "") for e in events)

    def test_a_tiny_map_is_counted_in_words_that_fit(self, tmp_path, save, models, classify):
        model, _ = save(models.pixel_net())
        raster = write_raster(tmp_path / "in.tif", reflectances(30, 40))
        _, events, _ = classify(raster, model, "tiny")
        texts = [getattr(event, "text", "") for event in events]
        assert any(text.startswith("1 chunk of ") for text in texts)
        assert any(text.startswith("0.0012 Mpx at ") for text in texts)

    def test_where_no_halo_helps_the_windows_are_always_the_same(
        self, tmp_path, save, models, classify
    ):
        """A score of such a model depends on its window, which neither memory nor place chooses."""
        model, _ = save(models.global_net())
        raster = write_raster(tmp_path / "in.tif", reflectances(600, 700))
        maps, events, _ = classify(raster, model, "free")
        texts = [getattr(event, "text", "") for event in events]
        assert sum("depends on its whole window" in text for text in texts) == 1
        assert not any("Measuring" in text for text in texts)
        assert any("4 chunks of 384 px, 64 px halo" in text for text in texts)
        tight, _, _ = classify(raster, model, "tight", max_memory_mb=1)
        extent = (301000.0, 5394500.0, 306500.0, 5399000.0)
        part, _, outputs = classify(raster, model, "part", extent=extent)
        for name in NAMES:
            np.testing.assert_array_equal(tight[name], maps[name])
            np.testing.assert_array_equal(part[name], maps[name][100:550, 100:650])
        with rasterio.open(outputs["CLASS"]) as written:
            assert "may show" in written.tags()["SEAMS"]

    @settings(max_examples=15, deadline=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(st.data())
    def test_any_extent_gives_the_same_pixels(self, tmp_path, unet, classify, data):
        model, _ = unet
        raster = write_raster(tmp_path / "in.tif", reflectances(150, 170))
        whole, _, _ = classify(raster, model, chunk_size=32)
        col, row = data.draw(st.integers(0, 165)), data.draw(st.integers(0, 145))
        right, bottom = data.draw(st.integers(col + 1, 170)), data.draw(st.integers(row + 1, 150))
        extent = (300000 + 10 * col, 5400000 - 10 * bottom, 300000 + 10 * right, 5400000 - 10 * row)
        part, _, _ = classify(
            raster, model, "part", chunk_size=32, extent=tuple(map(float, extent))
        )
        for name in NAMES:
            np.testing.assert_array_equal(part[name], whole[name][row:bottom, col:right])


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("activation", ["", "softmax"])
def test_layouts_and_outputs(tmp_path, save, models, classify, layout, activation):
    output = "probabilities" if activation else "logits"
    proto = models.unet(activation=activation, layout=layout)
    model, card = save(proto, layout=layout, output=output)
    values = reflectances(90, 110)
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, model, chunk_size=48)
    assert_same(maps, unchunked(values, model, card))


@pytest.mark.parametrize("size", [(200, 150), (40, 300), (30, 20)])
def test_fixed_windows(tmp_path, save, models, classify, size):
    """A model of fixed size sees each pixel with the same surroundings as one without."""
    free, card = save(models.pixel_net(layers=(3, 3, 3)), "free")
    fixed, fixed_card = save(models.pixel_net(layers=(3, 3, 3), size=64), "fixed")
    assert not fixed_card.dynamic_space
    values = reflectances(*size)
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, fixed)
    # Where the raster is smaller than the window, padding lies beyond its edge.
    reach = fixed_card.receptive_field // 2
    expected = unchunked(values, free, card)
    inner = tuple(slice(0, s - reach) if s < 64 else slice(None) for s in size)
    for name in NAMES[1:]:
        np.testing.assert_allclose(maps[name][inner], expected[name][inner], atol=3e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32",
                                   "uint64", "int64", "float32", "float64"])  # fmt: skip
def test_every_type(tmp_path, unet, classify, dtype):
    model, card = unet
    values = reflectances(70, 80, dtype=dtype)
    values[:, 10:20, 10:20] = 0
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, model, chunk_size=32)
    assert_same(maps, unchunked(values, model, card))


@pytest.mark.parametrize("transform, crs", [
    (rasterio.Affine(0.0001, 0, 10, 0, -0.0001, 50), "EPSG:4326"),
    (rasterio.Affine(7, 7, 300000, 7, -7, 5400000), "EPSG:32633"),
])  # fmt: skip
def test_geographic_and_rotated_grids(tmp_path, unet, classify, transform, crs):
    model, card = unet
    values = reflectances(100, 90)
    raster = write_raster(tmp_path / "in.tif", values, transform=transform, crs=crs)
    maps, _, outputs = classify(raster, model, chunk_size=32)
    assert_same(maps, unchunked(values, model, card))
    with rasterio.open(outputs["CLASS"]) as dataset:
        assert dataset.transform.almost_equals(transform)
        assert dataset.crs == rasterio.crs.CRS.from_string(crs)


class TestNodata:
    def test_value_nan_and_mask_band(self, tmp_path, unet, classify):
        model, card = unet
        values = reflectances(80, 96, dtype="float32")
        values[1, 5:30, 5:40] = np.nan
        values[:, 40:50, :] = -9999
        raster = write_raster(tmp_path / "in.tif", values, nodata=-9999)
        maps, _, _ = classify(raster, model, chunk_size=32)
        empty = np.zeros((80, 96), bool)
        empty[5:30, 5:40] = empty[40:50] = True
        for name, nodata in zip(NAMES, (255, -1, -1, -1)):
            np.testing.assert_array_equal(maps[name] == nodata, empty, err_msg=name)
        assert_same(maps, unchunked(values, model, card, nodata=-9999))

    def test_mask_band(self, tmp_path, unet, classify):
        model, _ = unet
        path = write_raster(tmp_path / "in.tif", reflectances(64, 64), nodata=None)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
            mask = np.full((64, 64), 255, np.uint8)
            mask[:20, 30:] = 0
            dataset.write_mask(mask)
        maps, _, _ = classify(path, model)
        np.testing.assert_array_equal(maps["class"] == 255, mask == 0)

    def test_empty_chunks_are_skipped_and_counted(self, tmp_path, unet, classify):
        model, _ = unet
        values = reflectances(128, 128)
        values[:, :64, :64] = 0
        raster = write_raster(tmp_path / "in.tif", values)
        report = str(tmp_path / "report.json")
        maps, _, _ = classify(raster, model, chunk_size=64, report=report)
        chunks = json.loads(Path(report).read_text())["chunks"]
        assert (chunks["planned"], chunks["mapped"], chunks["skipped"]) == (4, 3, {"nodata": 1})
        assert (maps["class"][:64, :64] == 255).all() and (maps["entropy"][:64, :64] == -1).all()

    def test_a_raster_of_nothing_is_a_map_of_nothing(self, tmp_path, unet, classify):
        model, _ = unet
        raster = write_raster(tmp_path / "in.tif", np.zeros((3, 40, 40), np.uint16))
        maps, _, _ = classify(raster, model)
        assert (maps["class"] == 255).all()
