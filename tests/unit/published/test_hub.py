# SPDX-License-Identifier: GPL-3.0-or-later
"""Published models by their id: one commit, no pickles, and what is said without the package."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from coverloom.engine.contract.errors import InvalidRequest, MissingInput, MissingPackage

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "BIFOLD-BigEarthNetv2-0/resnet18-s2-v0.2.0"
BANDS = ["B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"]


def answer(folder, path):
    """What Hugging Face has at a path: kind and bytes, None where there is nothing."""
    if path.startswith(f"/{NAME}/resolve/{COMMIT}/"):
        return "application/octet-stream", (folder / path.split("/")[-1]).read_bytes()
    if not path.startswith(f"/api/models/{NAME}"):
        return "application/json", None
    files = sorted(folder.iterdir())
    told = {"id": NAME, "modelId": NAME, "sha": COMMIT}
    told["siblings"] = [{"rfilename": item.name} for item in files]
    tree = [
        {"type": "file", "path": item.name, "size": item.stat().st_size, "oid": COMMIT}
        for item in files
    ]
    return "application/json", json.dumps(tree if "/tree/" in path else told).encode()


@pytest.fixture
def hub(tmp_path, monkeypatch, snapshot):
    """A server that answers as Hugging Face does; ``hub.asked`` are the paths asked for."""
    package = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed here")
    folder = snapshot("files")
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04")

    class Handler(BaseHTTPRequestHandler):
        asked: ClassVar[list] = []

        def do_HEAD(self):
            self.do_GET(head=True)

        def do_GET(self, head=False):
            self.asked.append(self.path)
            kind, body = answer(folder, self.path.split("?")[0])
            self.send_response(200 if body is not None else 404)
            if body is None:
                self.send_header("X-Error-Code", "RepoNotFound")
                body = b""
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{abs(hash(body))}"')
            self.end_headers()
            if not head:
                self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    for module in [m for m in sys.modules if m.split(".")[0] == "huggingface_hub"]:
        monkeypatch.delitem(sys.modules, module)  # it reads its settings when it is imported
    monkeypatch.setenv("HF_ENDPOINT", address)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
    assert package
    yield Handler
    server.shutdown()


def test_an_id_is_downloaded_at_one_commit_without_pickles(hub, take_in, tmp_path):
    _, card = take_in(NAME)
    assert card.provenance["revision"] == COMMIT
    assert card.provenance["imported_from"] == NAME
    assert card.band_names == BANDS
    files = [path for path in hub.asked if "/resolve/" in path]
    assert files and all(f"/resolve/{COMMIT}/" in path for path in files)
    assert not [path for path in files if path.endswith(".bin")]
    (kept,) = (tmp_path / "hub").rglob("snapshots/*")
    assert take_in(kept)[1].provenance == card.provenance
    with pytest.raises(MissingInput, match="has no model"):
        take_in("BIFOLD-BigEarthNetv2-0/other-s2-v0.2.0")


def test_an_id_without_a_version_is_refused_before_anything_is_asked_for(take_in):
    with pytest.raises(InvalidRequest, match="Nothing says which version"):
        take_in("BIFOLD-BigEarthNetv2-0/resnet18-s2")


@pytest.mark.skipif(
    importlib.util.find_spec("huggingface_hub") is not None, reason="huggingface_hub is installed"
)
def test_an_id_without_the_package_names_the_remedy(take_in):
    with pytest.raises(MissingPackage, match="huggingface_hub is not installed") as caught:
        take_in(NAME)
    assert "model.safetensors" in caught.value.remedy
