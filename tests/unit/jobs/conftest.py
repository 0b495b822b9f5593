"""Rasters, models and a runner for the mapping job."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.jobs.classifyraster import run
from coverloom.engine.model_file import measured_card, save_model


def load(name):
    """A maker of inputs, of ``tests/data``."""
    return import_module(f"coverloom.tests.data.{name}")


@pytest.fixture(scope="session")
def models():
    """The functions of ``tests/data/make_models.py``."""
    return load("make_models")


def write_raster(path, values, names=("B02", "B03", "B04"), nodata=0, **profile):
    """Write (C, H, W) values as a tiled GeoTIFF with named bands."""
    count, height, width = values.shape
    profile = {
        "driver": "GTiff", "count": count, "height": height, "width": width,
        "dtype": values.dtype.name, "nodata": nodata, "crs": "EPSG:32633",
        "transform": rasterio.Affine(10, 0, 300000, 0, -10, 5400000),
        "tiled": True, "blockxsize": 64, "blockysize": 64, **profile,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(values)
        for index, name in enumerate(names or (), start=1):
            dataset.set_band_description(index, name)
    return str(path)


def reflectances(height, width, bands=3, dtype="uint16", seed=0):
    """Smooth values 1..3000 with noise; never 0."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(200, 2500, (bands, height // 8 + 2, width // 8 + 2))
    smooth = coarse.repeat(8, axis=1).repeat(8, axis=2)[:, :height, :width]
    values = smooth + rng.integers(1, 400, smooth.shape)
    if dtype in ("uint8", "int8"):
        values = values // 30 + 1
    return values.astype(dtype)


@pytest.fixture
def save(tmp_path, models):
    """Save a graph as a model file, its card measured."""

    def save(proto, name="model", **fields):
        path = tmp_path / f"{name}.onnx"
        card = measured_card(proto, models.card_for(**fields))
        save_model(proto, card, path)
        return str(path), card

    return save


@pytest.fixture
def classify(tmp_path):
    """Run the job and read every map back: ``(arrays, events, outputs)``."""

    def classify(inputs, model, name="map", maps=("maxprob", "entropy", "gap"), **fields):
        inputs = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        folder = tmp_path / name
        paths = {m: str(folder / f"{m}.tif") for m in maps}
        request = ClassifyRaster(
            input=inputs, model=model, class_map=str(folder / "class.tif"), **paths, **fields
        )
        request.validate()
        events = []
        outputs = run(request, events.append)
        arrays = {}
        for key, path in {"class": request.class_map, **paths}.items():
            with rasterio.open(path) as dataset:
                arrays[key] = dataset.read() if dataset.count > 1 else dataset.read(1)
        return arrays, events, outputs

    return classify
