# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything on ``s3://`` through ``qgis_process``: the store's variables reach the worker."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from osgeo import gdal

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "build" / "dev" / "bin" / "python"  # it has moto; QGIS's Python has not


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The address of a local S3 server with a bucket."""
    if not SERVER.exists():
        pytest.skip("No S3 server: run make setup.")
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [str(SERVER), "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with log.open("w") as file:
        # Else it looks for keys of its own on the network.
        environ = {
            **os.environ,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        }  # pragma: allowlist secret
        server = subprocess.Popen(command, stdout=file, stderr=file, env=environ)
    try:
        address = None
        while address is None:
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
            address = re.search(r"Running on (http://\S+:\d+)", log.read_text())
        address = address[1]
        put(f"{address}/earth", b"")
        yield address
    finally:
        server.terminate()
        server.wait()


def ask(method, address, body=None):
    """One request; the server wants a signature and takes any."""
    scope = "Credential=any/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}", "Content-Type": "application/zip"}
    request = urllib.request.Request(address, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read()


def put(address, body):
    ask("PUT", address, body)


def get(address):
    return ask("GET", address)


@pytest.fixture(scope="module")
def process(python, store, tmp_path_factory):
    """Runs an algorithm; all that is known of the store stands in the environment.

    Returns its results, or its whole output if it failed.
    """
    folder = tmp_path_factory.mktemp("aws")
    keys = "[mine]\naws_access_key_id = a\naws_secret_access_key = b\n"  # pragma: allowlist secret
    (folder / "keys").write_text(keys)
    (folder / "config").write_text("[profile mine]\nregion = eu-central-1\n")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    known = {
        "AWS_ENDPOINT_URL_S3": store,
        "AWS_PROFILE": "mine",
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "keys"),
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def run(name, without=(), **parameters):
        environ = {**bare, "COVERLOOM_PYTHON": str(python)}
        environ.update({key: value for key, value in known.items() if key not in without})
        command = [str(ROOT / "scripts" / "qgis_process"), "run", f"coverloom:{name}", "--json"]
        command += [
            f"--{key}={item}"
            for key, value in parameters.items()
            for item in (value if isinstance(value, list) else [value])
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=180, env=environ, check=False,
            cwd=folder,
        )  # fmt: skip
        assert {path.name for path in folder.iterdir()} == {"keys", "config"}  # no folder "s3:"
        if done.returncode:
            return done.stdout + done.stderr
        return json.loads(done.stdout[done.stdout.index("{") :])["results"]

    return run


@pytest.fixture(scope="module")
def archives(python, store, tmp_path_factory):
    """A small archive of each version in the bucket, under ``v1`` and ``v2``."""
    folder = tmp_path_factory.mktemp("archives")
    maker = ROOT / "tests" / "data" / "make_archive_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(folder)], check=True)
    for path in folder.rglob("*"):
        if path.is_file():
            put(f"{store}/earth/{path.relative_to(folder).as_posix()}", path.read_bytes())
    return "s3://earth"


def test_from_an_archive_to_a_page_without_a_local_file(process, archives, store):
    done = process(
        "indexbigearthnet", ROOT=f"{archives}/v2", METADATA=f"{archives}/v2/metadata.parquet",
        OUTPUT=f"{archives}/index.parquet", FOOTPRINTS=f"{archives}/places.gpkg",
    )  # fmt: skip
    assert (done["PAIRS"], done["OUTPUT"]) == (2, "s3://earth/index.parquet")
    assert get(f"{store}/earth/places.gpkg").startswith(b"SQLite format 3")
    index = done["OUTPUT"]
    done = process("validatepatches", INDEX=index, OUTPUT=f"{archives}/report.json", WORKERS=1)
    assert (done["CHECKED"], done["FAULTY"]) == (2, 0)
    assert json.loads(get(f"{store}/earth/report.json"))["all_files_found"] is True
    fields = {"BANDS": "rgb", "LABELS": "both", "SHARD_SIZE": 1}
    # Two workers of a local cluster get the variables too.
    done = process("exportdataset", INDEX=index, OUTPUT=f"{archives}/data", WORKERS=2, **fields)
    assert (done["WRITTEN"], done["FAILED"]) == (2, 0)
    assert len(get(f"{store}/earth/data/log.jsonl").splitlines()) == 2
    done = process("convertdataset", INPUT=done["OUTPUT"], FORMAT="npz", OUTPUT=f"{archives}/npz")
    assert done["WRITTEN"] == 2
    done = process("describedataset", INPUT=f"{archives}/npz", OUTPUT=f"{archives}/page.html")
    assert "Problems found" in get(f"{store}/earth/page.html").decode()


def test_labels_of_version_1_in_a_bucket(process, archives, store):
    done = process("relabelbigearthnet", ROOT=f"{archives}/v1")
    assert done == {"OUTPUT": f"{archives}/v1", "UPDATED": 2}
    assert b"_labels_metadata_19.json" in get(f"{store}/earth?list-type=2&prefix=v1/")


def test_tiles_and_model_in_a_bucket(python, process, store, tmp_path):
    """The maps go to a disk; a tile that is damaged there stops no other."""
    maker = ROOT / "tests" / "data" / "make_tiles.py"
    subprocess.run([str(python), "-I", str(maker), str(tmp_path)], check=True)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            put(f"{store}/earth/maps/{path.relative_to(tmp_path).as_posix()}", path.read_bytes())
    given = {"INPUT": "s3://earth/maps/tiles", "MODEL": "s3://earth/maps/model.onnx"}
    done = process("classifytiles", OUTPUT=str(tmp_path / "out"), SCL_MASK="9", **given)
    assert (done["MAPPED"], done["FAILED"]) == (1, 1)
    assert (tmp_path / "out" / "S2A_MSIL2A_test" / "S2A_MSIL2A_test_class.tif").is_file()
    table = (tmp_path / "out" / "benchmark_report.csv").read_text()
    assert "s3://earth/maps/tiles/damaged.tif cannot be opened as a raster" in table
    said = process("classifytiles", OUTPUT="s3://earth/out", **given)
    assert "s3://earth/out is an address; this can be written only to a disk" in said


def test_rasters_in_a_bucket(python, process, store, tmp_path):
    """QGIS 3.22 takes no such name for a raster; the worker reads it, beside ones on the disk."""
    maker = ROOT / "tests" / "data" / "make_map_inputs.py"
    subprocess.run([str(python), "-I", str(maker), str(tmp_path)], check=True)
    put(f"{store}/earth/one/scene%201.tif", (tmp_path / "scene.tif").read_bytes())
    names = ("CLASS", "PROBS")
    given, maps = {"MODEL": tmp_path / "model.onnx"}, {}
    for place, scene in enumerate((tmp_path / "scene.tif", "s3://earth/one/scene 1.tif",
                                   "/vsis3/earth/one/scene 1.tif")):  # fmt: skip
        paths = {name: tmp_path / f"{place}{name}.tif" for name in names}
        process("classifyraster", INPUT=scene, **paths, **given)
        maps[place] = [gdal.Open(str(path)).ReadAsArray() for path in paths.values()]
        for one, other in zip(maps[0], maps[place]):
            assert one.max() > 0 and (one == other).all()
    bands = []
    for band in (1, 2, 3):
        bands.append(tmp_path / f"b{band}.tif")
        gdal.Translate(str(bands[-1]), str(tmp_path / "scene.tif"), bandList=[band])
        copy = gdal.Open(str(bands[-1]), gdal.GA_Update)
        copy.GetRasterBand(1).SetDescription(f"B0{band + 1}")
        del copy
    put(f"{store}/earth/one/b2.tif", bands[1].read_bytes())
    mixed = [bands[0], "s3://earth/one/b2.tif", bands[2]]
    process("classifyraster", INPUT=mixed, CLASS=tmp_path / "mixed.tif", **given)
    assert (gdal.Open(str(tmp_path / "mixed.tif")).ReadAsArray() == maps[0][0]).all()
    said = process("classifyraster", INPUT=[bands[0], "none.tif"], CLASS="x.tif", **given)
    assert "Incorrect parameter value for INPUT" in said and "none.tif" in said
    said = process(
        "classifyraster", INPUT="s3://earth/one/none.tif", CLASS=tmp_path / "none.tif", **given
    )
    assert "There is no s3://earth/one/none.tif. Check the path." in said
    assert "Traceback" not in said and not (tmp_path / "none.tif").exists()


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("other.parquet", "s3://earth/v2 could not be read"),
        ("s3://earth/other.parquet", "s3://earth/other.parquet could not be read or written"),
    ],
)
def test_a_store_that_lets_nobody_in_is_told(process, archives, tmp_path, output, told):
    said = process(
        "indexbigearthnet", without=["AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"],
        ROOT=f"{archives}/v2", OUTPUT=output if "://" in output else str(tmp_path / output),
    )  # fmt: skip
    assert told in said
    assert "Check the network, the endpoint and the credentials" in said
    assert "Traceback" not in said
