# SPDX-License-Identifier: GPL-3.0-or-later
"""Catalogues: the same answers from files, folders and servers, and what is said of broken ones."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import h5py
import numpy as np
import pytest
import requests
from coverloom.engine.catalogues.catalogue import Query, open_catalogue
from coverloom.engine.contract.errors import MissingInput, UnreachableCatalogue, UnusableCatalogue
from coverloom.engine.contract.jobs import JOBS
from coverloom.engine.core.catalogue_item import CatalogueItem
from coverloom.engine.sample.gedi_granule import write_gedi_sample

from .servers import root, serve

S2 = "sentinel-2-l2a"
BOX = (13.60, 48.70, 13.70, 48.76)
JUNE = (dt.date(2020, 6, 1), dt.date(2020, 6, 30))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_gedi_sample(np.random.default_rng(1), folder, "small")
    return folder


@pytest.fixture(scope="module")
def items(sample):
    """STAC items with absolute addresses, by a walk over the files themselves."""
    found = []
    for path in sorted((sample / "catalogue").rglob("*.json")):
        content = json.loads(path.read_text())
        if content.get("type") == "Feature":
            for asset in content["assets"].values():
                asset["href"] = str((path.parent / asset["href"]).resolve())
            found.append(content)
    return found


def run(name, **fields):
    """Run a job in this process."""
    job = JOBS.load(name).from_fields(fields)
    import_module(f"coverloom.engine.jobs.{name}").run(job, lambda event: None)


@pytest.fixture
def careless(items):
    """A server that ignores every filter and sorts nothing."""
    holder = {}

    def handle(path, body):
        if "search" in path:
            collection = {"type": "FeatureCollection", "features": items[::-1], "links": []}
            return 200, json.dumps(collection).encode()
        return 200, root(holder["address"])

    server, holder["address"], holder["asked"] = serve(handle)
    yield holder
    server.shutdown()


@pytest.fixture(scope="module")
def collections(sample):
    """The catalogue's STAC collections, without their links to files."""
    names = (S2, "cop-dem-glo-30", "esa-worldcover")
    paths = [sample / "catalogue" / name / "collection.json" for name in names]
    return [{**json.loads(path.read_text()), "links": []} for path in paths]


@pytest.fixture(scope="module")
def pgstac(pgstac_server, collections, items):
    """A real STAC API with the same items, over a database."""
    return pgstac_server(collections, items)


@pytest.fixture(scope="module")
def rustac(items, collections, tmp_path_factory):
    """A real STAC API with the same items."""
    program = Path(sys.executable).with_name("rustac")
    if not program.is_file():
        pytest.skip("rustac is not in this environment.")
    folder = tmp_path_factory.mktemp("api")
    paths = []
    for content in collections:
        paths.append(str(folder / f"{content['id']}.json"))
        Path(paths[-1]).write_text(json.dumps(content))
    (folder / "items.json").write_text(json.dumps({"type": "FeatureCollection", "features": items}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    command = [str(program), "serve", "--addr", address, *paths, str(folder / "items.json")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            if process.poll() is not None:
                pytest.fail(f"rustac ended: {process.stderr.read().decode()[-500:]}")
            try:
                requests.get(f"http://{address}/", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


def answers(catalogue):
    """What a catalogue says to some questions: ids only."""
    asked = [
        Query(S2, BOX),
        Query(S2, BOX, *JUNE),
        Query(S2, BOX, *JUNE, max_cloud=10),
        Query(S2, (0.0, 0.0, 1.0, 1.0)),
        Query("cop-dem-glo-30", BOX),
        Query("esa-worldcover", BOX),
        Query("nothing-of-the-kind", BOX),
    ]
    return [[item.id for item in catalogue.search(query)] for query in asked]


def test_a_static_catalogue_finds_what_its_files_hold(sample, items):
    found = answers(open_catalogue(str(sample / "catalogue")))
    scenes = [i for i in items if i["collection"] == S2]
    by_cloud = sorted(scenes, key=lambda i: (i["properties"]["eo:cloud_cover"],
                                             i["properties"]["datetime"]))  # fmt: skip
    assert found[0] == [i["id"] for i in by_cloud]
    june = [i["id"] for i in by_cloud if i["properties"]["datetime"].startswith("2020-06")]
    assert found[1] == june and len(june) == 2
    assert found[2] == june[:1] and found[3] == [] == found[6]
    assert len(found[4]) == 1 and len(found[5]) == 2


def test_a_server_that_ignores_all_filters_gives_the_same(sample, careless):
    static = answers(open_catalogue(str(sample / "catalogue" / "catalog.json")))
    assert answers(open_catalogue(careless["address"])) == static


@pytest.mark.parametrize("server", ["rustac", "pgstac"])
def test_a_real_server_gives_the_same(sample, server, request):
    static = answers(open_catalogue(str(sample / "catalogue")))
    assert answers(open_catalogue(request.getfixturevalue(server))) == static


@pytest.fixture(scope="module")
def footprints(sample):
    """A table of a few footprints of the sample's granules."""
    table = str(sample / "few.csv")
    run("combinegedi", input=[str(sample / "granules")], train=str(sample / "all.csv"))
    run("subsetgedi", input=str(sample / "all.csv"), output=table, size=20)
    return table


@pytest.mark.parametrize("server", ["rustac", "pgstac"])
def test_extraction_from_a_real_server_is_the_same(sample, footprints, server, request, tmp_path):
    places = {"a": str(sample / "catalogue"), "b": request.getfixturevalue(server)}
    found = {}
    for name, place in places.items():
        run("extractgedi", footprints=footprints, catalog=place, output=str(tmp_path / name),
            workers=1)  # fmt: skip
        with h5py.File(tmp_path / name / "batch-00000.h5") as file:
            found[name] = {key: values[:] for key, values in file["data"].items()}
    assert len(found["a"]["CRS"]) > 5
    for key, values in found["a"].items():
        np.testing.assert_array_equal(found["b"][key], values)


@pytest.mark.parametrize(("conforms", "sent"), [
    ("https://api.stacspec.org/v1.0.0/item-search#query", "query"),
    ("https://api.stacspec.org/v1.0.0/item-search#filter", "filter"),
    ("", ""),
])  # fmt: skip
def test_a_cloud_filter_is_sent_only_where_it_is_announced(items, conforms, sent):
    holder = {}
    empty = json.dumps({"type": "FeatureCollection", "features": [], "links": []}).encode()
    server, holder["address"], asked = serve(
        lambda path, body: (200, empty if "search" in path else root(holder["address"], [conforms]))
    )
    open_catalogue(holder["address"]).search(Query(S2, BOX, *JUNE, max_cloud=10))
    server.shutdown()
    body = json.loads(next(body for path, body in asked if "search" in path))
    assert {"query", "filter"} & set(body) == ({sent} if sent else set())
    assert body["datetime"].startswith("2020-06-01T00:00:00Z/2020-06-30T23:59:59Z")


def test_pages_are_followed(items):
    holder = {}
    scenes = [item for item in items if item["collection"] == S2]

    def handle(path, body):
        if "search" not in path:
            return 200, root(holder["address"])
        page = json.loads(body or b"{}").get("page", 0)
        links = [{"rel": "next", "href": f"{holder['address']}/search", "method": "POST",
                  "body": {"page": page + 1}}] if page + 1 < len(scenes) else []  # fmt: skip
        return 200, json.dumps({"type": "FeatureCollection", "features": [scenes[page]],
                                "links": links}).encode()  # fmt: skip

    server, holder["address"], _ = serve(handle)
    found = open_catalogue(holder["address"]).search(Query(S2, BOX))
    server.shutdown()
    assert len(found) == len(scenes) == 4


def test_faults_that_pass_are_survived(items):
    holder, failures = {}, []

    def handle(path, body):
        if "search" in path and len(failures) < 2:
            failures.append(path)
            return 503, b"busy"
        if "search" in path:
            return 200, json.dumps({"type": "FeatureCollection", "features": items}).encode()
        return 200, root(holder["address"])

    server, holder["address"], _ = serve(handle)
    assert len(open_catalogue(holder["address"]).search(Query(S2, BOX))) == 4
    server.shutdown()
    assert len(failures) == 2


def test_a_catalogue_that_is_down_is_named(monkeypatch):
    monkeypatch.setattr("urllib3.Retry.sleep", lambda *_, **__: None)
    with pytest.raises(UnreachableCatalogue, match=r"http://127.0.0.1:9 does not answer"):
        open_catalogue("http://127.0.0.1:9")


@pytest.mark.parametrize("answer", [b"<html>Welcome</html>", b"[1, 2]", b"{}", b'{"type": 3}'])
def test_nonsense_is_called_so(answer):
    server, address, _ = serve(lambda path, body: (200, answer))
    with pytest.raises(UnusableCatalogue, match="does not answer as a STAC API"):
        open_catalogue(address).search(Query(S2, BOX))
    server.shutdown()


@pytest.mark.parametrize(
    "answer",
    [
        b'{"type": "FeatureCollection", "features": [{"id": 1}]}',
        b"nothing",
        b'{"features": 3}',
    ],
)
def test_nonsense_in_a_search_is_called_so(answer):
    holder = {}
    server, holder["address"], _ = serve(
        lambda path, body: (200, answer if "search" in path else root(holder["address"]))
    )
    with pytest.raises(UnusableCatalogue):
        open_catalogue(holder["address"]).search(Query(S2, BOX))
    server.shutdown()


def test_broken_static_catalogues(sample, tmp_path):
    with pytest.raises(MissingInput, match="There is no catalogue"):
        open_catalogue(str(tmp_path / "none"))
    (tmp_path / "catalog.json").write_text("{}")
    with pytest.raises(UnusableCatalogue, match="is no STAC catalogue"):
        open_catalogue(str(tmp_path)).search(Query(S2, BOX))
    copy = tmp_path / "copy"
    shutil.copytree(sample / "catalogue", copy)
    next((copy / S2).glob("*/*.json")).unlink()
    with pytest.raises(UnusableCatalogue, match="does not resolve"):
        open_catalogue(str(copy)).search(Query(S2, BOX))


def test_a_folder_of_real_products_and_tiles(real_data):
    catalogue = open_catalogue(str(real_data))
    scenes = catalogue.search(Query(S2, (-180.0, -90.0, 180.0, 90.0)))
    byname = {item.id.removeprefix("esa_")[:26]: item for item in scenes}
    scene = byname["S2A_MSIL2A_20221005T115411"]
    assert scene.assets["B02"].offset == -1000 and scene.assets["SCL"].offset == 0
    assert scene.time.startswith("2022-10-05T11:54:11") and 55 < scene.cloud < 65
    assert scene.bbox[0] < -9 and 50 < scene.bbox[1] < scene.bbox[3] < 55
    old = byname["S2B_MSIL2A_20210122T133229"]
    assert old.assets["B02"].offset == 0 and old.assets["B02"].href.endswith("_10m.jp2")
    assert set(old.assets) >= {"B01", "B8A", "B12", "SCL"}
    assert [i.id for i in catalogue.search(Query("esa-worldcover", (6.0, 0.0, 9.0, 3.0)))] == [
        "ESA_WorldCover_10m_2021_v200_N00E006"
    ]
    assert catalogue.search(Query("esa-worldcover", (20.0, 10.0, 21.0, 11.0))) == []


def test_tiles_are_known_by_their_names(tmp_path):
    (tmp_path / "dem").mkdir()
    (tmp_path / "dem" / "Copernicus_DSM_COG_10_S54_00_W115_00_DEM.tif").touch()
    (tmp_path / "dem" / "notes.tif").touch()
    (item,) = open_catalogue(str(tmp_path)).search(Query("cop-dem-glo-30", (-180, -90, 180, 90)))
    assert item.bbox == (-115.0, -54.0, -114.0, -53.0)


def test_items_survive_json(sample):
    items = list(open_catalogue(str(sample / "catalogue")).search(Query(S2, BOX)))
    assert items
    for item in items:
        assert CatalogueItem.from_dict(json.loads(json.dumps(item.to_dict()))) == item
