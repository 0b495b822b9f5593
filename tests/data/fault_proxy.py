# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy in front of an HTTP server that counts requests and can spoil answers."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PATIENCE_S = 60


class FaultProxy:
    """Forwards to ``port`` on this machine; use as a context manager, ask ``url``.

    ``spoil`` is called with (method, path, count of this request so far) and returns None, a
    status to answer instead, or ``"short"`` to break the connection half way through the body.
    """

    def __init__(self, port, spoil=lambda method, path, count: None):
        self.spoil, self.seen = spoil, []
        outer, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE_S  # of what is to come from the client
            protocol_version = "HTTP/1.1"  # clients wait for "100 Continue" before a body

            def forward(self):
                with lock:
                    key = (self.command, self.path)
                    outer.seen.append(key)
                    fault = outer.spoil(*key, outer.seen.count(key))
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                if isinstance(fault, int):
                    self.send_response(fault)
                    self.send_header("Content-Length", "0")
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.close_connection = True
                    return
                backend = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
                headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
                backend.request(self.command, self.path, body, headers)
                answer = backend.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                size = (
                    answer.getheader("Content-Length") if self.command == "HEAD" else len(content)
                )
                self.send_header("Content-Length", str(size))
                self.send_header("Connection", "close")
                self.end_headers()
                half = len(content) // 2 if fault == "short" else len(content)
                self.wfile.write(content[:half])
                self.close_connection = True

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = forward  # noqa: N815

            def log_message(self, *arguments):
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()
