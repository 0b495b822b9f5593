# SPDX-License-Identifier: GPL-3.0-or-later
"""Granules, tables, catalogue and rasters in an object store, held to the same on the disk."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import MissingInput, UnwritablePath
from coverloom.engine.core.storage import Storage
from coverloom.engine.gedi.tables import read_table
from coverloom.engine.sample.gedi_granule import write_gedi_sample


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The sample's folder; the same files lie in ``s3://earth/gedi``."""
    boto3, moto = pytest.importorskip("boto3"), pytest.importorskip("moto.server")
    folder = tmp_path_factory.mktemp("store").resolve()
    write_gedi_sample(np.random.default_rng(5), folder, "small")
    server = moto.ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",  # pragma: allowlist secret
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="earth")
        for path in folder.rglob("*"):
            if path.is_file():
                client.upload_file(str(path), "earth", f"gedi/{path.relative_to(folder)}")
        yield folder
    server.stop()


@pytest.mark.parametrize("suffix", ["csv", "gpkg", "parquet"])
def test_tables_from_granules_in_a_store(store, run_job, tmp_path, suffix):
    there, here = f"s3://earth/out/{suffix}/train.{suffix}", str(tmp_path / f"train.{suffix}")
    run_job("combinegedi", input=["s3://earth/gedi/granules"], train=there,
            plots="s3://earth/out/plots")  # fmt: skip
    run_job("combinegedi", input=[str(store / "granules")], train=here)
    found, expected = read_table(there), read_table(here)
    assert len(found) == len(expected) > 100
    for name, column in expected.columns.items():
        np.testing.assert_array_equal(found[name], column)
    pictures = [item.path for item in Storage().list("s3://earth/out/plots")]
    assert len(pictures) >= 2
    assert all(Storage().read_bytes(path).startswith(b"\x89PNG") for path in pictures)
    run_job("subsetgedi", input=there, output=f"s3://earth/out/few.{suffix}", size=10)
    assert len(read_table(f"s3://earth/out/few.{suffix}")) == 10


def test_extraction_from_a_store_is_the_same(store, run_job, tmp_path):
    run_job("combinegedi", input=[str(store / "granules")], train=str(tmp_path / "all.csv"))
    run_job("subsetgedi", input=str(tmp_path / "all.csv"), output=str(tmp_path / "t.csv"), size=20)
    run_job("subsetgedi", input=str(tmp_path / "all.csv"), output="s3://earth/out/t.csv", size=20)
    run_job("extractgedi", footprints="s3://earth/out/t.csv", output=str(tmp_path / "a"),
            catalog="s3://earth/gedi/catalogue/catalog.json", workers=1)  # fmt: skip
    run_job("extractgedi", footprints=str(tmp_path / "t.csv"), output=str(tmp_path / "b"),
            catalog=str(store / "catalogue"), workers=1)  # fmt: skip
    with (
        h5py.File(tmp_path / "a" / "batch-00000.h5") as found,
        h5py.File(tmp_path / "b" / "batch-00000.h5") as expected,
    ):
        assert len(found["data/CRS"]) > 5
        for name, values in expected["data"].items():
            np.testing.assert_array_equal(found["data"][name][:], values[:])


def test_a_scene_from_a_store_into_a_store(store, run_job, tmp_path):
    fields = {"extent": (13.645, 48.725, 13.665, 48.735), "start": "2020-06-01",
              "end": "2020-06-30", "bands": ["B04", "SCL"]}  # fmt: skip
    run_job("fetchscene", catalog="s3://earth/gedi/catalogue/catalog.json",
            output="s3://earth/out/scene.tif", **fields)  # fmt: skip
    here = str(tmp_path / "scene.tif")
    run_job("fetchscene", catalog=str(store / "catalogue"), output=here, **fields)
    (tmp_path / "copy.tif").write_bytes(Storage().read_bytes("s3://earth/out/scene.tif"))
    with rasterio.open(tmp_path / "copy.tif") as found, rasterio.open(here) as expected:
        assert found.descriptions == ("B04", "SCL")
        np.testing.assert_array_equal(found.read(), expected.read())


def test_what_is_not_for_a_store_is_said(store, run_job, tmp_path):
    table, catalogue = str(tmp_path / "t.csv"), str(store / "catalogue")
    run_job("combinegedi", input=[str(store / "granules")], train=table)
    for job, start in (("extractgedi", "footprints"), ("buildgedidataset", "train_subset")):
        with pytest.raises(UnwritablePath, match="can be written only to a disk"):
            run_job(job, output="s3://earth/b", catalog=catalogue, **{start: table})
    with pytest.raises(UnwritablePath, match="can be written only to a disk"):
        run_job("fusehdf5", input=[str(tmp_path)], output="s3://earth/f.h5")
    with pytest.raises(MissingInput, match="There is no s3://earth/none"):
        run_job("combinegedi", input=["s3://earth/none"], train=str(tmp_path / "t.csv"))
