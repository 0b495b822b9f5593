# SPDX-License-Identifier: GPL-3.0-or-later
"""Products, archives, radar and many tiles from an object store, in a worker of its own."""

from __future__ import annotations

import csv
import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import UnreadableRaster
from coverloom.engine.contract.jobs.classifysentinel2 import ClassifySentinel2
from coverloom.engine.contract.jobs.classifytiles import ClassifyTiles
from coverloom.engine.core.address import gdal_name
from coverloom.engine.core.band import Band
from coverloom.engine.jobs.classifysentinel2 import run as classify_here
from coverloom.engine.jobs.classifytiles import run as classify_tiles_here
from coverloom.engine.model_file import measured_card, save_model
from coverloom.engine.scenes.codestream import check_complete
from coverloom.tests.data.fault_proxy import FaultProxy
from coverloom.tests.data.make_models import card_for, linear_net
from coverloom.tests.data.make_safe import CORNER, make_safe
from rasterio import Affine

from .conftest import reflectances, write_raster
from .object_store import BUCKET, MAPS, failure, store

__all__ = ["store"]
BANDS = ("VV", "VH", "B02", "B03")


@pytest.fixture
def model(tmp_path):
    """Three bands of light."""
    return _saved(tmp_path / "light.onnx", ("B02", "B03", "B04"))


def _saved(path, names):
    weights = np.random.default_rng(0).normal(size=(4, len(names))).astype("float32")
    bands = tuple(Band(name, "dB" if name[0] == "V" else "DN") for name in names)
    proto = linear_net(weights)
    save_model(proto, measured_card(proto, card_for(bands=bands)), path)
    return str(path)


def paths(folder):
    return {name: str(folder / f"{name}.tif") for name in MAPS}


def pixels(folder):
    maps = {}
    for file in sorted(folder.rglob("*.tif")):
        with rasterio.open(file) as dataset:
            maps[file.relative_to(folder).as_posix()] = dataset.read()
    return maps


def assert_same(one, other):
    assert set(one) == set(other) and one
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def zipped(product, path, compression):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for file in sorted(product.rglob("*")):
            archive.write(file, file.relative_to(product.parent))
    return path


@pytest.mark.parametrize("form", ["stored", "deflated", "http"])
def test_a_zipped_product(tmp_path, store, model, form):
    product, _ = make_safe(tmp_path / "in", size=192, scl=np.full((96, 96), 4))
    compression = zipfile.ZIP_STORED if form == "stored" else zipfile.ZIP_DEFLATED
    archive = zipped(product, tmp_path / f"{product.name}.zip", compression)
    address = store.put(archive, f"{tmp_path.name}/{archive.name}")
    if form == "http":
        address = address.replace("s3://", f"http://127.0.0.1:{store.port}/")
    fields = {"model": model, "scl_mask": (3,), "chunk_size": 64, "device": "cpu"}
    here = ClassifySentinel2(input=(str(product),), **paths(tmp_path / "here"), **fields)
    classify_here(here, print)
    there = dataclasses.replace(here, input=(address,), **paths(tmp_path / "there"))
    status, events = store.work(there, tmp_path)
    assert status == 0, events[-1]
    assert any("baseline 04.00" in event.get("text", "") for event in events)
    assert_same(pixels(tmp_path / "there"), pixels(tmp_path / "here"))


@pytest.mark.parametrize("form", ["folder", "raster"])
def test_radar(tmp_path, store, form):
    """Beside a product here: each part may lie wherever it lies."""
    product, _ = make_safe(tmp_path / "in", ("B02", "B03"), size=96)
    model = _saved(tmp_path / "radar.onnx", BANDS)
    at = Affine(10, 0, CORNER[0], 0, -10, CORNER[1])
    decibels = np.random.default_rng(1).uniform(-25, -3, (2, 96, 96)).astype("float32")
    s1 = tmp_path / "s1"
    s1.mkdir()
    if form == "folder":
        for name, band in zip(("VV", "VH"), decibels):
            write_raster(s1 / f"S1A_x_{name}.tif", band[None], None, nodata=-99, transform=at)
        (s1 / "readme.txt").write_text("of no matter")
    else:
        s1 = Path(write_raster(s1 / "s1.tif", decibels, ("VV", "VH"), nodata=-99, transform=at))
    here = ClassifySentinel2(
        input=(str(product),), model=model, s1=str(s1), device="cpu", **paths(tmp_path / "here")
    )
    classify_here(here, print)
    address = store.put(s1, f"{tmp_path.name}/{s1.name}")
    there = dataclasses.replace(here, s1=address, **paths(tmp_path / "there"))
    status, events = store.work(there, tmp_path)
    assert status == 0, events[-1]
    assert_same(pixels(tmp_path / "there"), pixels(tmp_path / "here"))
    gone = dataclasses.replace(there, s1=address.replace("s1", "none"))
    assert f"There is no {gone.s1}" in failure(store.work(gone, tmp_path)[1])


def table(folder):
    with (folder / "benchmark_report.csv").open(newline="", encoding="utf-8") as file:
        return {row["tile_name"]: row for row in csv.DictReader(file)}


@pytest.fixture
def tiles(tmp_path, store):
    """A folder of every form of tile, one of them cut short, and its address."""
    folder = tmp_path / "tiles"
    folder.mkdir()
    write_raster(folder / "a.tif", reflectances(70, 90))
    make_safe(folder, size=96, seed=5, name="S2A_MSIL2A_one.SAFE")
    other, _ = make_safe(tmp_path / "other", size=96, seed=6, name="S2A_MSIL2A_two.SAFE")
    zipped(other, folder / "S2A_MSIL2A_two.zip", zipfile.ZIP_STORED)
    (folder / "half.zip").write_bytes((folder / "S2A_MSIL2A_two.zip").read_bytes()[:-4000])
    bands = folder / "patch_26_57"
    bands.mkdir()
    for band, values in zip(("B02", "B03", "B04"), reflectances(60, 60, seed=9)):
        write_raster(bands / f"S2_{band}.tif", values[None], names=None)
    (folder / "notes").mkdir()
    (folder / "notes" / "readme.txt").write_text("of no matter")
    return folder, store.put(folder, f"{tmp_path.name}/tiles")


def test_many_tiles(tmp_path, store, model, tiles):
    folder, address = tiles
    fields = {"model": model, "device": "cpu"}
    here = ClassifyTiles(input=str(folder), output=str(tmp_path / "here"), **fields)
    there = dataclasses.replace(here, input=address, output=str(tmp_path / "there"))
    classify_tiles_here(here, print)
    status, events = store.work(there, tmp_path)
    assert status == 0, events[-1]
    assert_same(pixels(tmp_path / "there"), pixels(tmp_path / "here"))
    rows, expected = table(tmp_path / "there"), table(tmp_path / "here")
    assert set(rows) == {"S2A_MSIL2A_one", "S2A_MSIL2A_two", "a", "half", "patch_26_57"}
    assert f"{address}/half.zip cannot be read as a zip archive" in rows["half"]["error"]
    for name, row in rows.items():
        assert row["input_size_mb"] == expected[name]["input_size_mb"]
    # Again, by processes of their own: what has not changed there is kept.
    key = f"{tmp_path.name}/tiles/patch_26_57/S2_B03.tif"
    write_raster(folder / "new.tif", reflectances(60, 60, seed=10)[:1], names=None)
    store.put(folder / "new.tif", key)
    assert store.work(dataclasses.replace(there, workers=2), tmp_path)[0] == 0
    kept = {name for name, row in table(tmp_path / "there").items() if row["kept"]}
    assert kept == {"S2A_MSIL2A_one", "S2A_MSIL2A_two", "a"}
    name = "patch_26_57/patch_26_57_maxprob.tif"
    assert (pixels(tmp_path / "there")[name] != pixels(tmp_path / "here")[name]).any()


def test_a_single_product_is_its_own_tile(tmp_path, store, model, tiles):
    _, address = tiles
    for place in ("S2A_MSIL2A_one.SAFE/", "patch_26_57", "a.tif"):
        request = ClassifyTiles(
            input=f"{address}/{place}", model=model, output=str(tmp_path / place[:3]), device="cpu"
        )
        status, events = store.work(request, tmp_path)
        assert (status, events[-1]["outputs"]["MAPPED"]) == (0, 1)


def test_what_a_store_is_not_for(tmp_path, store, model, tiles):
    """Results go to a disk; nothing is made beside it that is called ``s3:``."""
    _, address = tiles
    request = ClassifyTiles(input=address, model=model, output=f"s3://{BUCKET}/maps", device="cpu")
    said = failure(store.work(request, tmp_path)[1])
    assert said == (
        f"s3://{BUCKET}/maps is an address; this can be written only to a disk. Give a local path."
    )
    single = ClassifySentinel2(
        input=(f"{address}/patch_26_57",), model=model, class_map=f"s3://{BUCKET}/map.tif",
        resume=True, device="cpu",
    )  # fmt: skip
    said = failure(store.work(single, tmp_path)[1])
    assert said.startswith(
        f"s3://{BUCKET}/map.tif is an address; this can be written only to a disk"
    )
    nothing = dataclasses.replace(request, input=f"{address}/nothing", output=str(tmp_path / "o"))
    assert failure(store.work(nothing, tmp_path)[1]).startswith(f"There is no {address}/nothing.")
    notes = dataclasses.replace(request, input=f"{address}/notes", output=str(tmp_path / "o"))
    assert f"{address}/notes holds no tiles" in failure(store.work(notes, tmp_path)[1])


class TestFaults:
    """A proxy before the store answers with errors, or breaks off half-way through a body."""

    @pytest.fixture
    def request_of(self, tmp_path, store, model):
        product, _ = make_safe(tmp_path / "in", size=192, scl=np.full((96, 96), 4))
        address = store.put(product, f"{tmp_path.name}/{product.name}")
        return lambda name, where=address: ClassifySentinel2(
            input=(where,), model=model, scl_mask=(3,), chunk_size=64, device="cpu",
            **paths(tmp_path / name),
        )  # fmt: skip

    def test_passing_faults(self, tmp_path, store, request_of):
        assert store.work(request_of("calm"), tmp_path)[0] == 0
        rng = np.random.default_rng(4)
        faults = [None, 503, "short"]

        def spoil(method, path, count):
            return rng.choice(faults, p=(0.8, 0.1, 0.1)) if ".jp2" in path else None

        with FaultProxy(store.port, spoil) as proxy:
            status, events = store.work(request_of("stormy"), tmp_path, address=proxy.url)
            assert status == 0, events[-1]
        assert_same(pixels(tmp_path / "stormy"), pixels(tmp_path / "calm"))

    @pytest.mark.parametrize("answer, said", [
        (403, "was refused"), (404, "There is no s3://"), (503, "could not be read or written in 4")
    ])  # fmt: skip
    def test_lasting_faults(self, tmp_path, store, request_of, answer, said):
        """One sentence, after a few attempts; whether the store fails at once or on the way.

        AWS_MAX_ATTEMPTS is how often the client tries by itself, five times unless told: with
        growing waits that is half a minute for one object.
        """
        for part in ("", "B03_10m.jp2"):
            with FaultProxy(store.port, lambda m, p, c, part=part: answer if part in p else None) \
                    as proxy:  # fmt: skip
                status, events = store.work(
                    request_of("out"), tmp_path, address=proxy.url, AWS_MAX_ATTEMPTS="1"
                )
                assert status == 1 and said in failure(events), failure(events)
                most = max(map(proxy.seen.count, proxy.seen))
            assert most <= (4 if answer == 503 else 2), "requests for one object"
            assert not list((tmp_path / "out").glob("*.tif"))

    def test_a_half_uploaded_picture_in_an_archive(self, tmp_path, store, request_of):
        """Wherever the archive is, and whether or not its end can be had by itself."""
        product = next((tmp_path / "in").glob("*.SAFE"))
        half = next(product.rglob("R10m/*B03*"))
        half.write_bytes(half.read_bytes()[:-200])
        whole, cut = (next(product.rglob(f"R10m/*{b}*")).relative_to(tmp_path / "in").as_posix()
                      for b in ("B02", "B03"))  # fmt: skip
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            archive = zipped(product, tmp_path / "x.zip", compression)
            there = store.put(archive, f"half/{compression}.zip")
            web = there.replace("s3://", f"http://127.0.0.1:{store.port}/")
            for where in (str(archive), there, web):
                name = f"/vsizip/{{{gdal_name(where) if '://' in where else where}}}"
                check_complete(f"{name}/{whole}")
                with pytest.raises(UnreadableRaster) as told:
                    check_complete(f"{name}/{cut}")
                assert str(told.value).startswith(f"{where}/{cut} is cut short: it has ")
        said = failure(store.work(request_of("out", there), tmp_path)[1])
        assert said.startswith(f"{there}/") and f"{half.name} is cut short" in said
        assert not list((tmp_path / "out").glob("*.tif"))
