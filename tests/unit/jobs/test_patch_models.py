"""Models of whole patches, against loops over arrays that hold the whole raster at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import rasterio
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.inference.sliding import FLOOR, Axis
from coverloom.engine.layers import LAYERS
from coverloom.engine.model_file import save_model
from hypothesis import given
from hypothesis import strategies as st

from .conftest import reflectances, write_raster

PATCH = 16
NAMES = ("class", "maxprob", "entropy", "gap", "probs")


def standing(size, patch, stride):
    """First px of every patch along an axis: the grid's, and one flush with the end."""
    starts = list(range(0, max(1, size - patch + 1), stride))
    return starts if starts[-1] + patch >= size else [*starts, size - patch]


def in_memory(values, model, card, stride, cell=1):
    """The same map from arrays of the whole raster, patch by patch, in float64."""
    valid = (values != 0).all(axis=0)
    x = np.zeros(values.shape, np.float32)
    for band, stored, out in zip(card.bands, values, x):
        normal = stored.astype("f4") * np.float32(band.factor) + np.float32(band.shift)
        out[:] = np.where(valid, normal, 0)
    height, width = valid.shape
    padded = np.zeros((len(x), max(height, PATCH), max(width, PATCH)), "f4")
    padded[:, :height, :width] = x
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    wave = np.sin(np.pi * (np.arange(PATCH) + 0.5) / PATCH) ** 2
    window = np.outer(FLOOR + (1 - FLOOR) * wave, FLOOR + (1 - FLOOR) * wave)
    total = np.zeros((len(card.classes), *padded.shape[1:]))
    weight = np.zeros(padded.shape[1:])
    for y in standing(height, PATCH, stride):
        for x0 in standing(width, PATCH, stride):
            part = np.s_[y : y + PATCH, x0 : x0 + PATCH]
            scores = session.run(None, {name: padded[(None, slice(None), *part)]})[0][0]
            if card.output == "logits":
                scores = 1 / (1 + np.exp(-scores.astype("f8")))
            total[(slice(None), *part)] += scores[:, None, None] * window
            weight[part] += window
    total, weight = total[:, :height, :width], weight[:height, :width]
    rows, columns = range(0, height, cell), range(0, width, cell)
    total = np.add.reduceat(np.add.reduceat(total, rows, axis=1), columns, axis=2)
    weight = np.add.reduceat(np.add.reduceat(weight, rows, axis=0), columns, axis=1)
    valid = np.maximum.reduceat(np.maximum.reduceat(valid, rows, axis=0), columns, axis=1)
    p = (total / weight).astype("f4")
    maps = {n: np.where(valid, LAYERS.load(n)()(p), LAYERS.load(n).nodata) for n in NAMES[:4]}
    return {**maps, "probs": np.where(valid, p, -1)}


def assert_same(maps, expected):
    for name in NAMES[1:]:
        np.testing.assert_allclose(maps[name], expected[name], atol=3e-6, err_msg=name)
    decided = expected["gap"] > 1e-5
    np.testing.assert_array_equal(maps["class"][decided], expected["class"][decided])
    np.testing.assert_array_equal(maps["class"] == 255, expected["class"] == 255)


@pytest.fixture(params=["sigmoid", ""], ids=["probabilities", "logits"])
def net(request, tmp_path, models):
    fields = {
        "task": "patch",
        "activation": "sigmoid",
        "patch": (PATCH, PATCH),
        "dynamic_space": False,
    }
    card = models.card_for(output="probabilities" if request.param else "logits", **fields)
    path = tmp_path / "patches.onnx"
    save_model(models.patch_net(activation=request.param, size=PATCH), card, path)
    return str(path), card


@pytest.mark.parametrize("size", [(70, 90), (64, 64), (33, 16), (16, 16), (9, 40), (5, 7)])
def test_equals_the_reference(tmp_path, net, classify, size):
    model, card = net
    values = reflectances(*size)
    values[:, : size[0] // 3, : size[1] // 4] = 0
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, model, maps=NAMES[1:], chunk_size=24)
    assert_same(maps, in_memory(values, model, card, PATCH // 2))


@pytest.mark.parametrize("overlap", [0, 5, 8, 12, 15])
def test_any_stride(tmp_path, net, classify, overlap):
    model, card = net
    values = reflectances(40, 50)
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, model, maps=NAMES[1:], overlap=overlap, chunk_size=20)
    assert_same(maps, in_memory(values, model, card, PATCH - overlap))


@pytest.mark.parametrize("batch", [1, 3, 0])
@pytest.mark.parametrize("chunk", [8, 17, 40, 0])
def test_chunks_and_batches_change_nothing(tmp_path, net, classify, chunk, batch):
    """There the first row and column of every chunk became class 0, and chunks had seams."""
    model, card = net
    values = reflectances(61, 83)
    values[:, 20:41, 30:47] = 0
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, model, maps=NAMES[1:], chunk_size=chunk, batch_size=batch)
    assert_same(maps, in_memory(values, model, card, PATCH // 2))


def test_each_patch_is_inferred_once(tmp_path, net, classify):
    model, _ = net
    raster = write_raster(tmp_path / "in.tif", reflectances(100, 120))
    report = tmp_path / "report.json"
    classify(raster, model, chunk_size=24, report=str(report))
    expected = len(standing(100, PATCH, 8)) * len(standing(120, PATCH, 8))
    assert json.loads(report.read_text())["patches"] == expected


def test_extent_gives_the_same_pixels(tmp_path, net, classify):
    model, _ = net
    raster = write_raster(tmp_path / "in.tif", reflectances(70, 90))
    whole, _, _ = classify(raster, model, maps=NAMES[1:], chunk_size=24)
    extent = (300000.0 + 130, 5400000.0 - 610, 300000.0 + 550, 5400000.0 - 70)
    part, _, _ = classify(raster, model, "part", maps=NAMES[1:], chunk_size=24, extent=extent)
    for name in NAMES:
        np.testing.assert_array_equal(part[name], whole[name][..., 7:61, 13:55])


@pytest.mark.parametrize("size", [(64, 80), (61, 83), (10, 33)])
def test_one_pixel_a_stride(tmp_path, net, classify, size):
    model, card = net
    values = reflectances(*size)
    values[:, 8:24, : size[1] // 2] = 0
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, outputs = classify(
        raster, model, maps=NAMES[1:], overlap=10, patch_resolution="stride", chunk_size=24
    )
    assert_same(maps, in_memory(values, model, card, 6, cell=6))
    with rasterio.open(outputs["CLASS"]) as dataset:
        assert dataset.shape == (-(-size[0] // 6), -(-size[1] // 6))
        assert dataset.transform == rasterio.Affine(60, 0, 300000, 0, -60, 5400000)


def test_extent_of_one_pixel_a_stride(tmp_path, net, classify):
    model, _ = net
    raster = write_raster(tmp_path / "in.tif", reflectances(64, 80))
    how = {"patch_resolution": "stride", "chunk_size": 24, "maps": NAMES[1:]}
    whole, _, _ = classify(raster, model, **how)
    extent = (300000.0 + 130, 5400000.0 - 470, 300000.0 + 550, 5400000.0 - 70)
    part, _, outputs = classify(raster, model, "part", extent=extent, **how)
    for name in NAMES:  # rows 7..47 and columns 13..55 touch the cells 0..6 and 1..7
        np.testing.assert_array_equal(part[name], whole[name][..., 0:6, 1:7])
    with rasterio.open(outputs["CLASS"]) as dataset:
        assert (dataset.transform.c, dataset.transform.f) == (300080.0, 5400000.0)


def test_a_mask_and_the_tag(tmp_path, net, classify):
    model, _ = net
    raster = write_raster(tmp_path / "in.tif", reflectances(40, 40))
    inside = np.zeros((1, 40, 40), "uint8")
    inside[0, 10:20, 5:33] = 1
    mask = write_raster(tmp_path / "mask.tif", inside, names=())
    maps, _, outputs = classify(raster, model, mask=mask, chunk_size=16)
    np.testing.assert_array_equal(maps["class"] != 255, inside[0] == 1)
    with rasterio.open(outputs["ENTROPY"]) as dataset:
        assert (
            "q = p / sum(p)" in dataset.tags()["FORMULA"] and "sigmoid" in dataset.tags()["FORMULA"]
        )


def test_a_model_of_one_patch_at_a_time(tmp_path, models, classify):
    fields = {"task": "patch", "activation": "sigmoid", "output": "probabilities"}
    card = models.card_for(patch=(PATCH, PATCH), dynamic_space=False, dynamic_batch=False, **fields)
    path = tmp_path / "one.onnx"
    save_model(models.patch_net(size=PATCH, batch=1), card, path)
    values = reflectances(40, 50)
    raster = write_raster(tmp_path / "in.tif", values)
    maps, _, _ = classify(raster, str(path), maps=NAMES[1:], chunk_size=24)
    assert_same(maps, in_memory(values, str(path), card, PATCH // 2))


def test_overlap_beyond_the_patch(tmp_path, net, classify):
    raster = write_raster(tmp_path / "in.tif", reflectances(20, 20))
    with pytest.raises(InvalidRequest, match="OVERLAP is 16 px"):
        classify(raster, net[0], overlap=16)
    assert not Path(tmp_path / "map").exists()


@given(size=st.integers(1, 200), patch=st.integers(1, 60), core=st.integers(1, 90), data=st.data())
def test_weights_cover_every_pixel(size, patch, core, data):
    stride = data.draw(st.integers(1, patch))
    axis = Axis(size, patch, stride, core)
    for first in range(0, size, core):
        last = min(size, first + core)
        starts = axis.starts(first, last)
        expected = [s for s in standing(size, patch, stride) if s < last and s + patch > first]
        assert starts == expected
        weights = axis.weights(starts, first, last)
        assert weights.shape == (last - first, len(starts)) and (weights >= 0).all()
        np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
        assert all(axis.chunks_of(s)[0] <= first // core <= axis.chunks_of(s)[1] for s in starts)
