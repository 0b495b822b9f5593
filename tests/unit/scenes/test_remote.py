# SPDX-License-Identifier: GPL-3.0-or-later
"""Products in an object store read as they do on the disk."""

from __future__ import annotations

import dataclasses

import boto3
import numpy as np
import pytest
from coverloom.engine.contract import errors
from coverloom.engine.core.address import address_of, gdal_name
from coverloom.engine.core.band import Band
from coverloom.engine.scenes.products import open_sentinel2
from coverloom.engine.scenes.remote import RemoteReader
from coverloom.engine.scenes.scene import open_scene
from coverloom.engine.scenes.sentinel2 import Options
from coverloom.tests.data.make_models import card_for
from coverloom.tests.data.make_safe import make_safe
from moto.server import ThreadedMotoServer

BANDS = ("B02", "B03", "B8A")


def card(names=BANDS):
    return dataclasses.replace(card_for(), bands=tuple(map(Band, names)), resolution=10.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A product in ``s3://tiles/day/<name>``, its flat bands in ``s3://tiles/flat``; its folder."""
    root, _ = make_safe(tmp_path_factory.mktemp("store"), BANDS, scl=np.full((48, 48), 4))
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        for name in ("AWS_S3_ENDPOINT", "AWS_HTTPS", "AWS_VIRTUAL_HOSTING", "GDAL_HTTP_MAX_RETRY",
                     "GDAL_HTTP_TIMEOUT", "GDAL_DISABLE_READDIR_ON_OPEN"):  # fmt: skip
            patch.setenv(name, "")  # so that what the reader sets is taken back
            patch.delenv(name)
        client = boto3.client("s3")
        client.create_bucket(Bucket="tiles")
        for file in root.rglob("*"):
            if file.is_file():
                key = file.relative_to(root.parent).as_posix()
                client.upload_file(str(file), "tiles", f"day/{key}")
                if "R10m" in key:
                    client.upload_file(str(file), "tiles", f"flat/{file.name}")
        yield root
    server.stop()


def test_a_product_reads_as_on_the_disk(store):
    options = Options(scl_mask=(3,))
    with open_sentinel2(str(store), card(), options, print) as scene:
        expected, expected_mask = scene.read(scene.grid.window)
    for address in (f"s3://tiles/day/{store.name}", "s3://tiles/day/", "s3://tiles/day"):
        said = []
        with open_sentinel2(address, card(), options, said.append) as scene:
            pixels, mask = scene.read(scene.grid.window)
            assert all(source.startswith("/vsis3/tiles/day/") for source in scene.sources)
        np.testing.assert_array_equal(pixels, expected)
        np.testing.assert_array_equal(mask, expected_mask)
        assert "baseline 04.00" in said[0].text


def test_a_flat_folder(store):
    with open_scene(["s3://tiles/flat"], card(BANDS[:2]), "", print) as scene:
        pixels, _ = scene.read(scene.grid.window)
    with open_sentinel2(str(next(store.rglob("R10m"))), card(BANDS[:2]), Options(add_offset=0),
                        print) as scene:  # fmt: skip
        np.testing.assert_array_equal(pixels, scene.read(scene.grid.window)[0])


def test_what_is_not_there(store):
    with pytest.raises(errors.MissingInput, match="There is no s3://tiles/nothing"):
        open_sentinel2("s3://tiles/nothing", card(), Options(), print)
    with pytest.raises(errors.MissingBand, match="lacks band B12"):
        open_sentinel2("s3://tiles/day", card(("B02", "B12")), Options(), print)


def test_two_products_in_a_folder(store):
    client = boto3.client("s3")
    for name in ("A.SAFE", "B.SAFE"):
        client.put_object(Bucket="tiles", Key=f"two/{name}/MTD_MSIL2A.xml", Body=b"<a/>")
    with pytest.raises(errors.SeveralProducts, match=r"holds 2 products: A.SAFE, B.SAFE"):
        open_sentinel2("s3://tiles/two", card(), Options(), print)


def test_rasters_at_an_address_are_left_to_gdal():
    reader = RemoteReader()
    for other in ("s3://tiles/a.tif", "/data/x.SAFE", "https://host/image", "s3://tiles/x.zip",
                  "WMTS:https://host/x.SAFE", "/vsicurl/https://host/folder"):  # fmt: skip
        assert not reader.accepts([other]), other
    assert reader.accepts(["s3://tiles/x.SAFE/"]) and reader.accepts(["https://host/x.SAFE"])


@pytest.mark.parametrize("address", ["https://host/a.jp2", "s3://bucket/day/a b.jp2"])
def test_gdals_names(address):
    assert gdal_name(address).startswith("/vsi") and address_of(gdal_name(address)) == address
    assert not address_of("/data/a.jp2") and not address_of("/vsizip/{/data/a.zip}/a.jp2")


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_half_uploaded_jp2(store, kept):
    """Its decoder would fill what is missing with grey."""
    client = boto3.client("s3")
    for name in ("B02", "B03"):
        body = next(store.rglob(f"R10m/*_{name}_*")).read_bytes()
        body = body[: int(len(body) * kept)] if name == "B03" else body
        client.put_object(Bucket="tiles", Key=f"half-{int(100 * kept)}/{name}.jp2", Body=body)
    with open_scene([f"s3://tiles/half-{int(100 * kept)}"], card(("B02",)), "", print) as scene:
        assert scene.bands == ("B02",)
    with pytest.raises(errors.UnreadableRaster, match=r"B03.jp2 is cut short"):
        open_scene([f"s3://tiles/half-{int(100 * kept)}"], card(("B02", "B03")), "", print)
