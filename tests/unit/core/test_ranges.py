# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a file on the web, and archives read in place, against the same on the disk."""

from __future__ import annotations

import http.server
import threading
import zipfile

import numpy as np
import pytest
from coverloom.engine.contract.errors import MissingInput, UnreachableStorage, UnreadableRaster
from coverloom.engine.core.archive import last_bytes, open_archive
from coverloom.engine.core.ranges import open_ranges
from coverloom.engine.core.stamps import stamp_of

CONTENT = np.random.default_rng(0).integers(0, 256, 200_000).astype("uint8").tobytes()


@pytest.fixture
def web(tmp_path):
    """Serves ``tmp_path``; ``web.ranges`` says whether it gives parts of files."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(tmp_path))

        def do_GET(self):
            asked = self.headers.get("Range")
            if asked is None or not server.ranges:
                return super().do_GET()
            first, last = asked.removeprefix("bytes=").split("-")
            body = (tmp_path / self.path[1:]).read_bytes()[int(first) : int(last) + 1]
            server.sent += len(body)
            self.send_response(206)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.ranges, server.sent = True, 0
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_parts_are_those_of_the_file(tmp_path, web):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    with open_ranges(f"{web.url}/a.bin") as there, (tmp_path / "a.bin").open("rb") as here:
        for place, whence, count in ((0, 0, 10), (-22, 2, 22), (70_000, 0, 70_000), (5, 1, 3),
                                     (199_999, 0, 10), (0, 2, 5)):  # fmt: skip
            assert there.seek(place, whence) == here.seek(place, whence)
            assert there.read(count) == here.read(count)
    with pytest.raises(MissingInput, match="There is no"):
        open_ranges(f"{web.url}/b.bin")


def test_a_server_that_sends_everything_is_told(tmp_path, web):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    web.ranges = False
    with open_ranges(f"{web.url}/a.bin") as there, pytest.raises(UnreachableStorage) as caught:
        there.read(10)
    assert "does not give parts of files" in caught.value.what


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_in_place(tmp_path, web, compression):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", compression) as archive:
        for name in ("one", "two", "empty"):
            archive.writestr(name, CONTENT if name != "empty" else b"")
    for place in (str(tmp_path / "a.zip"), f"{web.url}/a.zip"):
        with open_archive(place) as archive:
            assert last_bytes(archive, "one", 2) == CONTENT[-2:]
            assert last_bytes(archive, "empty", 2) == b""
            assert archive.read("two") == CONTENT


def test_of_what_is_stored_only_the_end_is_fetched(tmp_path, web):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(20):
            archive.writestr(str(number), CONTENT)
    with open_archive(f"{web.url}/a.zip") as archive:
        assert last_bytes(archive, "3", 2) == CONTENT[-2:]
    assert 0 < web.sent < 300_000 < (tmp_path / "a.zip").stat().st_size


def test_damage_in_an_archive(tmp_path):
    """The check of a compressed file's end reads all of it, so that its sum is checked, too."""
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one", CONTENT)
    body = bytearray(path.read_bytes())
    body[100_000] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(UnreadableRaster, match="cannot be read as a zip archive"), \
            open_archive(str(path)) as archive:  # fmt: skip
        last_bytes(archive, "one", 2)
    with pytest.raises(MissingInput, match="There is no"), open_archive(str(tmp_path / "b.zip")):
        pass


def test_a_stamp_on_the_web(tmp_path, web):
    """Its server says when it was changed; a file on the disk says it itself."""
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    said = stamp_of(f"{web.url}/a.bin")
    assert said.startswith("200000 bytes, mark ") and "GMT" in said
    assert stamp_of(f"/vsicurl/{web.url}/a.bin") == said
    here = stamp_of(str(path))
    assert here == stamp_of(f"{path}|layername=a") and here.startswith("200000 bytes of 20")
    assert stamp_of(str(tmp_path)) is None and stamp_of("WMS:x") is None and stamp_of("") is None
