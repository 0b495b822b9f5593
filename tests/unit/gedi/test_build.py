# SPDX-License-Identifier: GPL-3.0-or-later
"""Fusing, building in one, and fetching scenes."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from affine import Affine
from coverloom.engine.contract.errors import (
    DamagedDataset,
    EmptySelection,
    GridMismatch,
    InvalidRequest,
    MissingInput,
    OutputIsInput,
    UnwritablePath,
)
from coverloom.engine.core.catalogue_item import Asset, CatalogueItem
from coverloom.engine.core.grid import Grid
from coverloom.engine.core.polygon import box_polygon
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.gedi.mosaic import choose_day, write_stack
from coverloom.engine.gedi.tables import read_table
from coverloom.engine.sample.gedi_granule import write_gedi_sample
from rasterio.warp import transform_bounds


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_gedi_sample(np.random.default_rng(2), folder, "small")
    return folder


@pytest.fixture(scope="module")
def batches(sample, run_job, tmp_path_factory):
    """A folder of four small batches, and the table they were extracted from."""
    folder = tmp_path_factory.mktemp("batches")
    table = str(folder / "t.csv")
    run_job("combinegedi", input=[str(sample / "granules")], train=table, seed=3)
    run_job("subsetgedi", input=table, output=str(folder / "s.csv"), size=60)
    run_job("extractgedi", footprints=str(folder / "s.csv"), catalog=str(sample / "catalogue"),
            output=str(folder / "b"), workers=1, batch_size=15)  # fmt: skip
    return folder


def content(path):
    """Every value of a file."""
    with h5py.File(path) as file:
        return {n: d.asstr()[:] if d.dtype == object else d[:] for n, d in file["data"].items()}


def test_a_fused_file_holds_every_batch_in_order(batches, run_job, tmp_path):
    fused = str(tmp_path / "train.h5")
    outputs, _ = run_job("fusehdf5", input=[str(batches / "b")], output=fused)
    parts = [content(path) for path in sorted((batches / "b").glob("*.h5"))]
    whole = content(fused)
    assert outputs["FOOTPRINTS"] == len(whole["CRS"]) == sum(len(p["CRS"]) for p in parts)
    for name, values in whole.items():
        np.testing.assert_array_equal(values, np.concatenate([part[name] for part in parts]))
    with h5py.File(fused) as file:
        assert file["data/CopDEM"].fletcher32 and list(file["data/CopDEM"].attrs["units"])
        assert json.loads(file["data"].attrs["coverloom"])["schema"] == 1


def test_a_fused_file_opens_as_a_dataset_for_regression(batches, run_job, tmp_path):
    run_job("fusehdf5", input=[str(batches / "b")], output=str(tmp_path / "train.h5"))
    run_job("fusehdf5", input=[str(batches / "b")], output=str(tmp_path / "biomass_test.h5"))
    raw = content(tmp_path / "train.h5")
    with open_dataset(tmp_path) as dataset:
        n = len(raw["CRS"])
        assert dataset.card.splits == {"train": n, "test": n} and dataset.verify() == []
        target = dataset.card.target
        assert (dataset.card.task, target.unit, target.nodata) == ("regression", "Mg/ha", -9999)
        known = raw["AGBD Raster"][raw["AGBD Raster"] != -9999].astype(float)
        assert target.mean == pytest.approx(known.mean(), rel=1e-6)
        assert target.std == pytest.approx(known.std(), rel=1e-5)
        for i in (0, n - 1):
            patch = dataset[dataset.split("train")[i]]
            np.testing.assert_array_equal(patch.target, raw["AGBD Raster"][i, 0])
            assert patch.patch_id == str(raw["GEDI Shot Number"][i, 0]) and patch.epsg == 32633
            assert patch.transform == tuple(raw["Transforms"][i, :6])
            image = dataset.image(i, ["B04", "slope", "worldcover"])
            np.testing.assert_array_equal(image[..., 0], raw["Sentinel-2 L2A"][i, 3])
            np.testing.assert_array_equal(image[..., 1], raw["CopDEM"][i, 1])
            np.testing.assert_array_equal(image[..., 2], raw["WorldCover"][i, 0])
        band = dataset.card.band("B08")
        assert band.mean == pytest.approx(raw["Sentinel-2 L2A"][:, 7].mean(), rel=1e-5)
    with pytest.raises(InvalidRequest, match="has a number to learn, AGBD"):
        run_job("convertdataset", input=str(tmp_path), output=str(tmp_path / "x"), format="npz")


def test_altered_files_are_noticed(batches, run_job, tmp_path):
    copy = tmp_path / "b"
    shutil.copytree(batches / "b", copy)
    first = min(copy.glob("*.h5"))
    with h5py.File(first) as file:
        place = file["data/CopDEM"].id.get_chunk_info(0).byte_offset
    body = bytearray(first.read_bytes())
    body[place + 40 : place + 48] = b"\0\xff" * 4
    first.write_bytes(body)
    with pytest.raises(DamagedDataset, match="is altered"):
        run_job("fusehdf5", input=[str(copy)], output=str(tmp_path / "f.h5"))
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_files_that_do_not_fit_stop_or_are_skipped(batches, run_job, tmp_path):
    shutil.copytree(batches / "b", tmp_path / "b")
    odd = tmp_path / "b" / "batch-00001.h5"
    with h5py.File(odd, "a") as file:
        file["data/CopDEM"].attrs["units"] = ["m", "percent"]
    (tmp_path / "b" / "batch-00002.h5").write_bytes(b"no HDF5")
    with h5py.File(tmp_path / "b" / "other.h5", "w") as file:
        file["data/x"] = np.arange(3)
    fused = str(tmp_path / "f.h5")
    with pytest.raises(GridMismatch, match=r"batch-00001.h5 does not fit .*units.*percent"):
        run_job("fusehdf5", input=[str(tmp_path / "b")], output=fused)
    assert not Path(fused).exists()
    outputs, texts = run_job("fusehdf5", input=[str(tmp_path / "b")], output=fused,
                             on_mismatch="skip")  # fmt: skip
    good = [tmp_path / "b" / f"batch-0000{i}.h5" for i in (0, 3)]
    assert outputs["FOOTPRINTS"] == sum(len(content(p)["CRS"]) for p in good)
    left_out = [text for text in texts if text.startswith("Left out")]
    assert len(left_out) == 3 and "no HDF5 file of footprints" in left_out[1]
    with pytest.raises(EmptySelection, match="None of 1 files"):
        run_job("fusehdf5", input=[str(tmp_path / "b" / "batch-00002.h5")], output=fused,
                on_mismatch="skip")  # fmt: skip


def test_fusing_nothing_or_oneself(run_job, batches, tmp_path):
    with pytest.raises(MissingInput, match="holds no HDF5 files"):
        run_job("fusehdf5", input=[str(tmp_path)], output=str(tmp_path / "f.h5"))
    one = str(batches / "b" / "batch-00000.h5")
    with pytest.raises(OutputIsInput):
        run_job("fusehdf5", input=[one], output=one)


def test_built_in_one_and_again(sample, run_job, tmp_path):
    arguments = {
        "input": [str(sample / "granules")],
        "catalog": str(sample / "catalogue"),
        "output": str(tmp_path / "d"),
        "workers": 1,
        "train_size": 80,
        "test_size": 30,
    }
    outputs, _ = run_job("buildgedidataset", **arguments)
    first = {path.name: path.read_bytes() for path in (tmp_path / "d").glob("*.h5")}
    assert set(first) == {"train.h5", "validation.h5", "test.h5"}
    assert outputs["EXTRACTED"] + outputs["REJECTED"] == 110
    with open_dataset(tmp_path / "d") as dataset:
        assert list(dataset.card.splits) == ["train", "validation", "test"]
    years = {name: set(t[0][:4] for t in content(tmp_path / "d" / name)["GEDI Acquisition Time"])
             for name in first}  # fmt: skip
    assert years == {"train.h5": {"2020"}, "validation.h5": {"2020"}, "test.h5": {"2021"}}
    shots = [set(content(tmp_path / "d" / n)["GEDI Shot Number"][:, 0]) for n in first]
    assert len(set.union(*shots)) == sum(map(len, shots))
    tables = {path.name for path in (tmp_path / "d" / "tables").iterdir()}
    assert {"train_combined.csv", "train_subset.csv", "train_distribution_spatial.png"} <= tables
    run_job("buildgedidataset", **arguments)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "d").glob("*.h5")}


def test_built_from_a_later_step_on(sample, run_job, tmp_path):
    run_job("combinegedi", input=[str(sample / "granules")], train=str(tmp_path / "a.gpkg"),
            test=str(tmp_path / "b.gpkg"))  # fmt: skip
    run_job("subsetgedi", input=str(tmp_path / "b.gpkg"), output=str(tmp_path / "c.csv"), size=20)
    run_job("buildgedidataset", train_combined=str(tmp_path / "a.gpkg"), train_size=40,
            test_subset=str(tmp_path / "c.csv"), catalog=str(sample / "catalogue"), workers=1,
            output=str(tmp_path / "d"), validation_share=0.0, plots=False)  # fmt: skip
    chosen = set(read_table(str(tmp_path / "c.csv"))["shot_number"].tolist())
    found = set(content(tmp_path / "d" / "test.h5")["GEDI Shot Number"][:, 0].tolist())
    assert found and found <= chosen
    assert not (tmp_path / "d" / "validation.h5").exists()
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "mine.txt").touch()
    with pytest.raises(UnwritablePath, match=r"holds mine\.txt"):
        run_job("buildgedidataset", train_combined=str(tmp_path / "a.gpkg"),
                catalog=str(sample / "catalogue"), output=str(tmp_path / "e"))  # fmt: skip


BOX = (13.645, 48.725, 13.665, 48.735)


def test_a_fetched_scene_is_the_clearest_with_its_offset_applied(sample, run_job, tmp_path):
    out = str(tmp_path / "scene.tif")
    outputs, _ = run_job("fetchscene", catalog=str(sample / "catalogue"), extent=BOX,
                         start="2021-06-18", end="2021-06-30", output=out)  # fmt: skip
    assert outputs["DATE"] == "2021-06-21" and outputs["CLOUD"] == 12.0
    folder = sample / "catalogue" / "sentinel-2-l2a" / outputs["SCENES"]
    with rasterio.open(out) as scene:
        assert scene.descriptions[-1] == "SCL" and scene.nodata == 0 and scene.crs == "EPSG:32633"
        red = scene.read(scene.descriptions.index("B04") + 1)
        left, _, _, top = transform_bounds("EPSG:4326", scene.crs, *BOX)
        assert scene.bounds.left <= left < scene.bounds.left + 10
        assert scene.bounds.top - 10 < top <= scene.bounds.top
        with rasterio.open(next(folder.glob("*_B04_*.tif"))) as source:
            raw = source.read(1, window=source.window(*scene.bounds)).astype(int)
    np.testing.assert_array_equal(red, np.where(raw == 0, 0, np.maximum(raw - 1000, 1)))


def test_bands_resolution_and_crs_of_a_fetched_scene(sample, run_job, tmp_path):
    out = str(tmp_path / "scene.tif")
    box = transform_bounds("EPSG:4326", "EPSG:3857", *BOX)
    run_job("fetchscene", catalog=str(sample / "catalogue"), extent=box, extent_crs="EPSG:3857",
            start="2020-06-01", end="2020-06-30", output=out, bands=["B08", "SCL"],
            resolution=20.0)  # fmt: skip
    with rasterio.open(out) as scene:
        assert scene.descriptions == ("B08", "SCL") and scene.res == (20, 20)
        assert set(np.unique(scene.read(2)).tolist()) <= {3, 4, 5, 6, 9}


def test_fetching_what_is_not_there(sample, run_job, tmp_path):
    common = dict(catalog=str(sample / "catalogue"), output=str(tmp_path / "x.tif"))
    with pytest.raises(EmptySelection, match="has no scene of sentinel-2-l2a there from 2019"):
        run_job("fetchscene", extent=BOX, start="2019-01-01", end="2019-02-01", **common)
    with pytest.raises(InvalidRequest, match="has no B99"):
        run_job(
            "fetchscene", extent=BOX, start="2020-06-01", end="2020-06-30", bands=["B99"], **common
        )
    with pytest.raises(InvalidRequest, match=r"START is '1\.6\.2020'"):
        run_job("fetchscene", extent=BOX, start="1.6.2020", end="2020-06-30", **common)
    assert list(tmp_path.iterdir()) == []


def scene(name, box, day, cloud):
    return CatalogueItem(name, "s", box, (box_polygon(box),), f"{day}T10:00:00Z", cloud)


def test_the_day_that_shows_all_with_least_cloud_is_chosen():
    half, rest, whole = (0.0, 0.0, 0.6, 1.0), (0.5, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0)
    items = [scene("a", half, "2020-06-01", 1.0), scene("b", whole, "2020-06-02", 9.0),
             scene("c", half, "2020-06-03", 3.0), scene("d", rest, "2020-06-03", 5.0)]  # fmt: skip
    chosen, share = choose_day(items, whole)
    assert [item.id for item in chosen] == ["c", "d"] and share == 1
    chosen, share = choose_day(items[:1], whole)
    assert [item.id for item in chosen] == ["a"] and 0.5 < share < 0.7
    assert choose_day([], whole) == ([], 0.0)


def test_dark_pixels_are_measurements_under_any_offset(tmp_path):
    """Set to 0, they were holes in the scene, or what an older scene under it showed."""
    grid, assets = Grid(5, 1, Affine(10, 0, 0, 0, -10, 10), "EPSG:32633"), []
    for name, numbers in (("top", [0, 1, 900, 1000, 3000]), ("under", [1500] * 5)):
        with rasterio.open(tmp_path / f"{name}.tif", "w", driver="GTiff", width=5, height=1,
                           count=1, dtype="uint16", crs=grid.crs, nodata=0,
                           transform=grid.transform) as file:  # fmt: skip
            file.write(np.array([[numbers]], np.uint16))
        assets.append(Asset(str(tmp_path / f"{name}.tif"), -1000))
    scenes = [
        replace(scene("s", (0, 0, 1, 1), "2022-06-01", 1.0), assets={"B12": asset})
        for asset in assets
    ]
    write_stack(tmp_path / "out.tif", grid, ["B12"], scenes, lambda href, how: href, lambda: None)
    with rasterio.open(tmp_path / "out.tif") as file:
        assert file.read(1).tolist() == [[500, 1, 1, 1, 2000]]
