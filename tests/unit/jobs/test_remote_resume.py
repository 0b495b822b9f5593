# SPDX-License-Identifier: GPL-3.0-or-later
"""RESUME over an object store: a worker killed and started again, with changes there or none."""

from __future__ import annotations

import signal
import zipfile

import numpy as np
import pytest
from coverloom.engine.contract.jobs.classifyraster import ClassifyRaster
from coverloom.engine.contract.jobs.classifysentinel2 import ClassifySentinel2
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.core.band import Band
from coverloom.engine.model_file import measured_card, save_model
from coverloom.tests.data.make_models import card_for, linear_net
from coverloom.tests.data.make_safe import CORNER, TIME, make_safe
from rasterio import Affine

from .conftest import reflectances, write_raster
from .object_store import BUCKET, MAPS, failure, store

__all__ = ["store"]
NAME = "S2A_MSIL2A_x.SAFE"


def random_net(seed):
    """Four bands, four classes."""
    return linear_net(np.random.default_rng(seed).normal(size=(4, 4)).astype("float32"))


def save(proto, path):
    """As a model of one band of radar and three of light."""
    names = ("VV", "B02", "B03", "B04")
    card = card_for(bands=tuple(Band(n, "dB" if n == "VV" else "DN") for n in names))
    save_model(proto, measured_card(proto, card), path)


def paths(folder):
    return {name: str(folder / f"{name}.tif") for name in MAPS}


def content(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.glob("*.tif"))}


@pytest.fixture
def scene(tmp_path, store):
    """A product with scene classes, radar and a model that takes both, in the bucket."""
    make_safe(tmp_path / "in", size=192, scl=np.full((96, 96), 4), name=NAME)
    decibels = np.random.default_rng(1).uniform(-25, -3, (1, 192, 192)).astype("float32")
    at = Affine(10, 0, CORNER[0], 0, -10, CORNER[1])
    write_raster(tmp_path / "in" / "s1_VV.tif", decibels, None, nodata=-99, transform=at)
    save(random_net(0), tmp_path / "in" / "model.onnx")
    store.put(tmp_path / "in", tmp_path.name)
    return f"s3://{BUCKET}/{tmp_path.name}"


def request_for(scene, folder, **fields):
    settings = {"chunk_size": 64, "resume": True, "device": "cpu", "scl_mask": (3,), **fields}
    return ClassifySentinel2(
        input=(f"{scene}/{NAME}",), model=f"{scene}/model.onnx", s1=f"{scene}/s1_VV.tif",
        **paths(folder), **settings,
    )  # fmt: skip


def images(product):
    return next(product.glob("GRANULE/*/IMG_DATA"))


def test_killed_and_gone_on_with(tmp_path, store, scene):
    request = request_for(scene, tmp_path / "maps")
    status, events = store.work(request, tmp_path)
    assert status == 0, events[-1]
    expected = content(tmp_path / "maps")
    assert len(expected) == len(MAPS)
    (tmp_path / "maps").rename(tmp_path / "untouched")
    status, _ = store.work(request, tmp_path, "after:record:4")
    assert status == -signal.SIGKILL
    status, events = store.work(request, tmp_path)
    assert status == 0 and content(tmp_path / "maps") == expected
    assert any("unfinished run" in event.get("text", "") for event in events)
    assert [p.name for p in (tmp_path / "maps").iterdir() if p.name.startswith(".")] == []


CHANGED = {
    "a band": lambda root: images(root / NAME) / "R10m" / f"T33UUP_{TIME}_B03_10m.jp2",
    "the scene classes": lambda root: images(root / NAME) / "R20m" / f"T33UUP_{TIME}_SCL_20m.jp2",
    "the metadata": lambda root: root / NAME / "MTD_MSIL2A.xml",
    "the radar": lambda root: root / "s1_VV.tif",
}


def test_a_changed_object_is_refused(tmp_path, store, scene):
    """Of the same length, as another version of a product often is; put back, the run goes on."""
    request = request_for(scene, tmp_path / "maps")
    assert store.work(request, tmp_path, "after:record:4")[0] == -signal.SIGKILL
    for what, find in CHANGED.items():
        file = find(tmp_path / "in")
        body = file.read_bytes()
        other = body.replace(b"-1000", b"-1001") if what == "the metadata" else spoiled(body)
        key = f"{tmp_path.name}/{file.relative_to(tmp_path / 'in').as_posix()}"
        store.client.put_object(Bucket=BUCKET, Key=key, Body=other)
        said = failure(store.work(request, tmp_path)[1])
        assert f"the file s3://{BUCKET}/{key} was '{len(body)} bytes" in said, what
        assert said.count("the file ") == 1 and "delete" in said
        store.client.put_object(Bucket=BUCKET, Key=key, Body=body)
    model = (tmp_path / "in" / "model.onnx").read_bytes()
    save(random_net(5), tmp_path / "other.onnx")
    store.put(tmp_path / "other.onnx", f"{tmp_path.name}/model.onnx")
    assert "the model was '" in failure(store.work(request, tmp_path)[1])
    store.client.put_object(Bucket=BUCKET, Key=f"{tmp_path.name}/model.onnx", Body=model)
    assert store.work(request, tmp_path)[0] == 0


def spoiled(body):
    """Of the same length, and the end of a picture is still there."""
    body = bytearray(body)
    body[-20] ^= 1
    return bytes(body)


@pytest.mark.parametrize("form", ["/vsizip//vsis3/", "http://", "vrt"])
def test_rasters_by_any_name(tmp_path, store, form):
    """As the Toolbox gives them: GDAL's names, and virtual rasters of the user's."""
    raster = write_raster(tmp_path / "in.tif", reflectances(150, 130))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(raster, "in.tif")
    model = str(tmp_path / "model.onnx")
    proto = linear_net(np.random.default_rng(0).normal(size=(4, 3)).astype("float32"))
    save_model(proto, measured_card(proto, card_for()), model)
    key = f"{tmp_path.name}/in.{'zip' if 'zip' in form else 'tif'}"
    store.put(tmp_path / key.rpartition("/")[2], key)
    name = f"/vsis3/{BUCKET}/{key}" if form == "vrt" else f"{form}{BUCKET}/{key}"
    if "zip" in form:
        name += "/in.tif"
    if form == "http://":
        name = f"http://127.0.0.1:{store.port}/{BUCKET}/{key}"
    if form == "vrt":
        name = virtual(tmp_path / "a.vrt", virtual(tmp_path / "b.vrt", name))
    request = ClassifyRaster(
        input=(name,), model=model, chunk_size=64, resume=True, device="cpu",
        **paths(tmp_path / "maps"),
    )  # fmt: skip
    status, events = store.work(request, tmp_path, "after:record:2")
    assert status == -signal.SIGKILL, events[-1]
    status, events = store.work(request, tmp_path, "after:record:2")
    assert status == -signal.SIGKILL, f"gone on with, until it was killed again: {events[-1]}"
    write_raster(tmp_path / "in.tif", reflectances(150, 130, seed=1))
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.write(raster, "in.tif")
    store.put(tmp_path / key.rpartition("/")[2], key)
    assert "The unfinished run" in failure(store.work(request, tmp_path)[1])


def test_a_folder_of_tiles(tmp_path, store):
    """Killed in the second of three; the first, changed since, is mapped anew, the second not."""
    model, sizes = str(tmp_path / "model.onnx"), {"a": 100, "b": 180, "c": 100}
    proto = linear_net(np.random.default_rng(0).normal(size=(4, 3)).astype("float32"))
    save_model(proto, measured_card(proto, card_for()), model)
    address = f"s3://{BUCKET}/{tmp_path.name}/tiles"

    def put(name, seed):
        size = sizes[name]
        write_raster(tmp_path / f"{name}.tif", reflectances(size, size, seed=seed))
        store.put(tmp_path / f"{name}.tif", f"{tmp_path.name}/tiles/{name}.tif")

    def work(point=""):
        request = ClassifyTiles(input=address, model=model, output=str(tmp_path / "maps"),
                                chunk_size=64, resume=True, device="cpu")  # fmt: skip
        return store.work(request, tmp_path, point)

    for seed, name in enumerate(sizes):
        put(name, seed)
    assert work()[0] == 0
    expected = {name: content(tmp_path / "maps" / name) for name in sizes}
    assert all(len(maps) == len(MAPS) for maps in expected.values())
    (tmp_path / "maps").rename(tmp_path / "untouched")
    assert work("after:record:6")[0] == -signal.SIGKILL
    assert content(tmp_path / "maps" / "a") == expected["a"]
    assert not (tmp_path / "maps" / "c").exists()
    put("a", 7)
    put("b", 8)
    status, events = work()
    assert (status, events[-1]["outputs"]["FAILED"]) == (0, 1)
    said = [event["text"] for event in events if "Failed: " in event.get("text", "")]
    assert len(said) == 1 and f"the file {address}/b.tif was '" in said[0]
    assert content(tmp_path / "maps" / "a") != expected["a"]
    assert not (tmp_path / "maps" / "b" / "b_class.tif").exists()
    put("a", 0)
    put("b", 1)
    status, events = work()
    assert (status, events[-1]["outputs"]["MAPPED"]) == (0, 3)
    assert {name: content(tmp_path / "maps" / name) for name in sizes} == expected
    assert any("b: Going on with the unfinished run" in e.get("text", "") for e in events)


def virtual(path, source):
    """A virtual raster of three bands of ``source``."""
    bands = "".join(
        f'<VRTRasterBand dataType="UInt16" band="{i}"><Description>B0{i + 1}</Description>'
        f"<NoDataValue>0</NoDataValue><SimpleSource><SourceFilename>{source}</SourceFilename>"
        f"<SourceBand>{i}</SourceBand></SimpleSource></VRTRasterBand>"
        for i in (1, 2, 3)
    )
    path.write_text(
        '<VRTDataset rasterXSize="130" rasterYSize="150"><SRS>EPSG:32633</SRS>'
        f"<GeoTransform>300000,10,0,5400000,0,-10</GeoTransform>{bands}</VRTDataset>"
    )
    return str(path)
