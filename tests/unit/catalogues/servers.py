# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of this machine that answer as they are told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def serve(handle):
    """A server whose every answer is ``handle(path, body)``: status and bytes."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            asked.append((self.path, body))
            status, answer = handle(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}", asked


def root(address, conforms=()):
    core = "https://api.stacspec.org/v1.0.0/core"
    links = [{"rel": "self", "href": address}, {"rel": "root", "href": address}]
    links += [{"rel": "search", "href": f"{address}/search", "method": "POST",
               "type": "application/geo+json"}]  # fmt: skip
    return json.dumps({
        "type": "Catalog", "id": "x", "stac_version": "1.0.0", "description": "x",
        "conformsTo": [core, "https://api.stacspec.org/v1.0.0/item-search", *conforms],
        "links": links,
    }).encode()  # fmt: skip
