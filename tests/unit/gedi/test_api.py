# SPDX-License-Identifier: GPL-3.0-or-later
"""Extraction from a STAC API whose files come over HTTP, with faults; its requests counted."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import h5py
import numpy as np
import pytest
from coverloom.engine.gedi.planning import cells
from coverloom.engine.gedi.tables import read_table
from coverloom.engine.sample.gedi_granule import write_gedi_sample


class Handler(BaseHTTPRequestHandler):
    """Answers for the site that a child of it names."""

    site: ClassVar[Site]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self):
        self.do_GET(False)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.site.asked["search " + body["collections"][0]] += 1
        found = {"type": "FeatureCollection", "features": self.site.items(), "links": []}
        self.answer(200, json.dumps(found).encode(), "application/json")

    def do_GET(self, body=True):
        if self.path == "/":
            return self.answer(200, self.site.root(), "application/json")
        path = self.site.folder / self.path.lstrip("/")
        if not path.is_file():
            return self.answer(404, b"", "text/plain")
        content, status, first = path.read_bytes(), 200, 0
        if self.headers.get("Range"):
            first, last = self.headers["Range"].split("=")[1].split("-")
            first, last = int(first), min(int(last or len(content)), len(content) - 1)
            status, whole, content = 206, len(content), content[first : last + 1]
        self.site.asked["file"] += 1
        cut = self.site.spoil and self.site.asked["file"] % self.site.spoil == 0
        self.send_response(status)
        if status == 206:
            span = f"bytes {first}-{first + len(content) - 1}/{whole}"
            self.send_header("Content-Range", span)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        if body:
            self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self.close_connection = True

    def answer(self, status, content, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class Site:
    """A STAC API and its files on one server; every ``spoil``-th body of a file is cut short."""

    def __init__(self, folder):
        self.folder, self.spoil, self.asked = folder, 0, Counter()
        answering = type("Answering", (Handler,), {"site": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def items(self):
        found = []
        for path in sorted(self.folder.rglob("*.json")):
            content = json.loads(path.read_text())
            if content.get("type") == "Feature":
                for asset in content["assets"].values():
                    place = (path.parent / asset["href"]).resolve()
                    asset["href"] = f"{self.address}/{place.relative_to(self.folder)}"
                found.append(content)
        return found

    def root(self):
        conforms = ["https://api.stacspec.org/v1.0.0/core",
                    "https://api.stacspec.org/v1.0.0/item-search"]  # fmt: skip
        links = [{"rel": "root", "href": self.address},
                 {"rel": "search", "href": f"{self.address}/search", "method": "POST",
                  "type": "application/geo+json"}]  # fmt: skip
        return json.dumps({"type": "Catalog", "id": "x", "stac_version": "1.0.0", "links": links,
                           "description": "x", "conformsTo": conforms}).encode()  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory, run_job):
    folder = tmp_path_factory.mktemp("api").resolve()
    write_gedi_sample(np.random.default_rng(5), folder, "small")
    run_job("combinegedi", input=[str(folder / "granules")], train=str(folder / "t.csv"),
            train_years=[2020, 2021], test_years=[])  # fmt: skip
    run_job("subsetgedi", input=str(folder / "t.csv"), output=str(folder / "s.csv"), size=40)
    run_job("extractgedi", footprints=str(folder / "s.csv"), catalog=str(folder / "catalogue"),
            output=str(folder / "local"), workers=1)  # fmt: skip
    return folder


@pytest.fixture
def site(sample):
    made = Site(sample / "catalogue")
    yield made
    made.server.shutdown()


def values(folder):
    with h5py.File(Path(folder) / "batch-00000.h5") as file:
        return {n: d.asstr()[:] if d.dtype == object else d[:] for n, d in file["data"].items()}


@pytest.mark.parametrize("spoil", [0, 23])
def test_over_http_as_from_the_disk_with_one_search_a_cell(site, sample, run_job, tmp_path, spoil,
                                                           monkeypatch):  # fmt: skip
    monkeypatch.setattr("coverloom.engine.gedi.sources._WAIT_S", 0.0)
    site.spoil = spoil
    outputs, texts = run_job("extractgedi", footprints=str(sample / "s.csv"), catalog=site.address,
                             output=str(tmp_path / "o"), workers=1)  # fmt: skip
    found, local = values(tmp_path / "o"), values(sample / "local")
    assert outputs["EXTRACTED"] == len(local["CRS"]) > 20
    for name, expected in local.items():
        np.testing.assert_array_equal(found[name], expected)
    many = len(cells(read_table(str(sample / "s.csv"))))
    assert site.asked["search sentinel-2-l2a"] == many == 2
    assert site.asked["search cop-dem-glo-30"] == site.asked["search esa-worldcover"] == 1
    assert f"{many + 2} searches were sent." in texts


def test_each_collection_from_its_own_catalogue(site, sample, run_job, tmp_path):
    run_job("extractgedi", footprints=str(sample / "s.csv"), catalog=site.address,
            dem_catalog=str(sample / "catalogue"),
            worldcover_catalog=str(sample / "catalogue" / "catalog.json"),
            output=str(tmp_path / "o"), workers=1)  # fmt: skip
    np.testing.assert_array_equal(
        values(tmp_path / "o")["WorldCover"], values(sample / "local")["WorldCover"]
    )
    assert {key for key in site.asked if key.startswith("search")} == {"search sentinel-2-l2a"}
