# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the managed environment lies, and what its children may see."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from coverloom.engine.contract.runtime import (
    MARKER,
    Marker,
    clean_environment,
    interpreter_in,
    lock_digest,
    marker_text,
    read_marker,
    runtime_folder,
)


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        ({"HOME": "/home/ann"}, "linux", "/home/ann/.local/share/coverloom/runtime"),
        ({"HOME": "/home/ann", "XDG_DATA_HOME": "/data"}, "linux", "/data/coverloom/runtime"),
        ({"HOME": "/Users/ann"}, "darwin",
         "/Users/ann/Library/Application Support/coverloom/runtime"),
        ({"LOCALAPPDATA": "/Local"}, "win32", "/Local/coverloom/runtime"),
        ({"HOME": "/home/ann", "COVERLOOM_RUNTIME": "/opt/cl"}, "linux", "/opt/cl"),
    ],
)  # fmt: skip
def test_lies_in_the_users_data_folder(environ, platform, folder):
    assert runtime_folder(environ, platform) == Path(folder)


def test_the_interpreter_is_where_venv_puts_it():
    assert interpreter_in(Path("e"), "win32") == Path("e/Scripts/python.exe")
    assert interpreter_in(Path("e"), "linux") == Path("e/bin/python")


def test_a_lock_is_the_same_with_other_line_ends(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"numpy==1\nrasterio==2\n")
    (tmp_path / "b.txt").write_bytes(b"numpy==1\r\nrasterio==2\r\n")
    (tmp_path / "c.txt").write_bytes(b"numpy==1\nrasterio==3\n")
    digests = [lock_digest(name, tmp_path) for name in "abc"]
    assert digests[0] == digests[1] != digests[2]
    assert lock_digest("none", tmp_path) == ""


def test_the_marker_is_read_back(tmp_path):
    marker = Marker("env-map-cpu-1", "map-cpu", "0" * 64, "3.12.4", "uv")
    (tmp_path / MARKER).write_text(marker_text(marker))
    assert read_marker(tmp_path) == marker


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"schema": 2}', '{"schema": 1, "environment": "e"}',
     marker_text(Marker("../elsewhere", "map-cpu", "", "3.12")), '{"schema": 1, "x": 1}'],
)  # fmt: skip
def test_what_is_no_marker_is_none(tmp_path, text):
    (tmp_path / MARKER).write_text(text)
    assert read_marker(tmp_path) is None


def test_a_child_sees_the_allow_list_alone():
    given = {
        "HOME": "/home/ann", "LC_ALL": "C", "https_proxy": "http://proxy", "AWS_REGION": "eu",
        "SSL_CERT_FILE": "/ca.pem", "COVERLOOM_RUNTIME": "/r", "PIP_INDEX_URL": "https://mine",
        "PYTHONHOME": "/x", "PYTHONPATH": "/x", "PYTHONEXECUTABLE": "/x", "VIRTUAL_ENV": "/x",
        "GDAL_DATA": "/x", "PROJ_LIB": "/x", "LD_PRELOAD": "/x", "QGIS_PREFIX_PATH": "/x",
    }  # fmt: skip
    kept = {"HOME", "LC_ALL", "https_proxy", "AWS_REGION", "SSL_CERT_FILE", "COVERLOOM_RUNTIME"}
    assert set(clean_environment(given)) == kept
    assert set(clean_environment(given, installing=True)) == {*kept, "PIP_INDEX_URL"}


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"),
        *("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
        *("AWS_NO_SIGN_REQUEST", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE", "AWS_CA_BUNDLE"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PC_SDK_SUBSCRIPTION_KEY"),
        *("DASK_TEMPORARY_DIRECTORY", "DASK_DISTRIBUTED__COMM__TLS__CA_FILE", "HF_TOKEN"),
    ],
)
def test_what_stores_proxies_and_clusters_need_gets_through(name):
    assert clean_environment({name: "x"}) == {name: "x"}


@pytest.mark.parametrize("name", ["PIP_TARGET", "PIP_USER", "UV_PYTHON", "UV_SYSTEM_PYTHON"])
def test_what_would_divert_an_installation_is_dropped(name):
    assert clean_environment({name: "x"}, installing=True) == {}


def test_folders_of_the_host_leave_the_path():
    path = os.pathsep.join(["/opt/qgis/bin", "/usr/bin", "/opt/qgis", "/opt/qgis-tools", ""])
    cleaned = clean_environment({"PATH": path}, without=["/opt/qgis"])
    assert cleaned == {"PATH": os.pathsep.join(["/usr/bin", "/opt/qgis-tools"])}
