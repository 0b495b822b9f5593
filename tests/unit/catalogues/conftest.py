# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAC API of stac-fastapi with pgstac on a PostgreSQL of its own, where they are installed.

Neither is in the locks. ``COVERLOOM_TEST_PGSTAC`` names a Python with ``stac-fastapi.pgstac``,
``pypgstac[psycopg]`` and ``uvicorn``; PostgreSQL with PostGIS is Debian's.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

_PACKAGES = "import stac_fastapi.pgstac, pypgstac.pypgstac, psycopg, uvicorn"
_WAIT_S = 60


def _programs():
    """The folder of PostgreSQL's programs; skips without them or PostGIS."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "pg_config").is_file():
            command = [str(folder / "pg_config"), "--sharedir"]
            shared = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            if Path(shared.strip(), "extension", "postgis.control").is_file():
                return folder
    pytest.skip("PostgreSQL with PostGIS is not installed (Debian: postgresql postgresql-postgis).")


def _python():
    """A Python with stac-fastapi and pgstac; skips without one."""
    python = os.environ.get("COVERLOOM_TEST_PGSTAC", sys.executable)
    if subprocess.run([python, "-c", _PACKAGES], check=False, capture_output=True).returncode:
        pytest.skip(f"{python} lacks stac-fastapi.pgstac; COVERLOOM_TEST_PGSTAC can name another.")
    return python


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _database(stack, programs):
    """Start PostgreSQL in a folder of its own; returns the variables that say where it is."""
    # It refuses to run as root, and its user cannot enter root's temporary folders.
    folder = Path(tempfile.mkdtemp(prefix="coverloom-pg-"))
    stack.callback(shutil.rmtree, folder, True)
    other = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        other = {"user": "postgres", "extra_groups": []}
    data, port = folder / "data", str(_free_port())
    command = [str(programs / "initdb"), "-D", str(data), "-U", "stac", "-A", "trust", "-E", "UTF8"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **other)
    command = [str(programs / "postgres"), "-D", str(data), "-p", port, "-k", str(folder),
               "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]  # fmt: skip
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL, **other)
    stack.callback(process.wait, _WAIT_S)
    stack.callback(process.terminate)
    ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", port]
    _wait(process, lambda: not subprocess.run(ready, check=False, capture_output=True).returncode)
    variables = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": "stac", "PGPASSWORD": "stac",
                 "PGDATABASE": "postgres"}  # fmt: skip
    return {**os.environ, **variables}


def _wait(process, ready):
    for _ in range(_WAIT_S * 10):
        if process.poll() is not None:
            pytest.fail(f"{process.args[0]} ended with {process.returncode}.")
        if ready():
            return
        time.sleep(0.1)
    pytest.fail(f"{process.args[0]} is not ready after {_WAIT_S} s.")


def _answers(address):
    try:
        return requests.get(f"{address}/", timeout=2).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


@pytest.fixture(scope="session")
def pgstac_server(tmp_path_factory):
    """A function from collections and items to the address of a STAC API that has them."""
    python, programs = _python(), _programs()
    with ExitStack() as stack:

        def serve(collections, items):
            environ = _database(stack, programs)
            load = [python, "-m", "pypgstac.pypgstac"]
            subprocess.run([*load, "migrate"], check=True, env=environ, capture_output=True)
            folder = tmp_path_factory.mktemp("pgstac")
            for name, contents in (("collections", collections), ("items", items)):
                path = folder / f"{name}.ndjson"
                path.write_text("".join(json.dumps(content) + "\n" for content in contents))
                command = [*load, "load", name, str(path), "--method", "insert"]
                subprocess.run(command, check=True, env=environ, capture_output=True)
            port = str(_free_port())
            command = [python, "-m", "uvicorn", "stac_fastapi.pgstac.app:create_app", "--factory",
                       "--host", "127.0.0.1", "--port", port, "--log-level", "warning"]  # fmt: skip
            process = subprocess.Popen(command, env=environ, cwd=folder)
            stack.callback(process.wait, _WAIT_S)
            stack.callback(process.terminate)
            address = f"http://127.0.0.1:{port}"
            _wait(process, lambda: _answers(address))
            return address

        yield serve
