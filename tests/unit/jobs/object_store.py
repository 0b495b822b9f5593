# SPDX-License-Identifier: GPL-3.0-or-later
"""An S3 server, and the worker as a process of its own that reads from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

WORKER = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"
MAPS = ("class_map", "maxprob", "entropy", "gap")
BUCKET = "tiles"


@dataclass(frozen=True)
class Store:
    """The server; ``client`` is boto3's, ``variables`` are what a worker must know."""

    client: Any
    port: int
    variables: dict

    def put(self, path, key):
        """Upload a file, or all of a folder under ``key/``."""
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.is_file():
                below = "" if file == path else f"/{file.relative_to(path).as_posix()}"
                everybody = {"ACL": "public-read"}  # by http:// without a signature
                self.client.upload_file(str(file), BUCKET, f"{key}{below}", ExtraArgs=everybody)
        return f"s3://{BUCKET}/{key}"

    def work(self, request, tmp_path, point="", address="", **more):
        """Run the worker on a request, ``more`` in its environment: exit status and events."""
        job = tmp_path / "job.json"
        job.write_text(request.to_json())
        environment = {**os.environ, **self.variables, "COVERLOOM_FAULT": point, **more}
        if address:
            environment["AWS_ENDPOINT_URL"] = address
        done = subprocess.run(
            [sys.executable, "-I", str(WORKER), str(job)], env=environment, cwd=tmp_path,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert not (tmp_path / "s3:").exists(), "an address was taken for a folder"
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def failure(events):
    """What the last event says is wrong, and what to do; it must be one line."""
    assert events[-1]["event"] == "failure", events[-1]
    text = f"{events[-1]['what']} {events[-1]['remedy']}"
    assert "\n" not in text and "Traceback" not in text
    return text


@pytest.fixture(scope="module")
def store():
    """An empty bucket."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",  # pragma: allowlist secret
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield Store(client, port, variables)
    server.stop()
