# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor's report, against what psutil, platform and ONNX Runtime say themselves."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from html.parser import HTMLParser
from importlib import metadata
from pathlib import Path

import onnxruntime
import psutil
import pytest
import rasterio
from coverloom.engine.contract.events import Failure, Result, decode
from coverloom.engine.contract.jobs.doctor import Doctor
from coverloom.engine.runtime.trial import small_network

ROOT = Path(__file__).resolve().parents[3]
HOST = (("QGIS", "3.22.16-Białowieża"), ("folder", "<script>alert(1)</script>"))


class Text(HTMLParser):
    """The words of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.elements = [], []

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)

    def handle_data(self, data):
        self.words.append(data.strip())


def run_doctor(folder: Path, home: Path, request: Doctor):
    """Run it in the worker, as QGIS does; its last event and status."""
    job = folder / "job.json"
    job.write_text(request.to_json())
    command = [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(job)]
    environ = {**os.environ, "HOME": str(home), "USERPROFILE": str(home)}
    for name in ("COVERLOOM_RUNTIME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "ORT_DISABLE_TELEMETRY"):
        environ.pop(name, None)
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    return decode(done.stdout.splitlines()[-1]), done.returncode


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doctor")
    home = folder / "home" / "ann"
    home.mkdir(parents=True)
    model = home / "mine.onnx"
    model.write_bytes(small_network())
    request = Doctor(str(model), str(home / "report.html"), str(home / "report.json"), HOST)
    event, status = run_doctor(folder, home, request)
    assert isinstance(event, Result), event
    assert status == 0
    html = (home / "report.html").read_text(encoding="utf-8")
    return event.outputs, json.loads((home / "report.json").read_text(encoding="utf-8")), html, home


def test_says_what_the_machine_says(report):
    _, facts, _, _ = report
    assert facts["processor"]["cores"] == psutil.cpu_count(logical=False)
    assert facts["processor"]["threads"] == psutil.cpu_count()
    assert facts["memory"]["total_mb"] == round(psutil.virtual_memory().total / 1e6)
    if sys.platform == "linux" and platform.machine() == "x86_64":
        flags = Path("/proc/cpuinfo").read_text()
        assert facts["processor"]["amx_bf16"] == (" amx_bf16 " in flags)
        assert facts["processor"]["avx512_bf16"] == (" avx512_bf16 " in flags)
    assert facts["worker"]["python"] == platform.python_version()
    assert facts["worker"]["GDAL"] == rasterio.__gdal_version__
    assert facts["packages"]["rasterio"] == metadata.version("rasterio")
    assert facts["host"] == dict(HOST)


def test_says_which_providers_are_active(report):
    outputs, facts, _, _ = report
    active = {trial["provider"] for trial in facts["trials"] if trial["active"]}
    assert "CPUExecutionProvider" in active
    assert active <= set(onnxruntime.get_available_providers())
    assert outputs["PROVIDER"] in active
    assert outputs["THROUGHPUT"] > 0
    assert outputs["OK"] is (not facts["problems"])


def test_the_home_folder_is_hidden_in_both_reports(report):
    outputs, facts, html, home = report
    assert facts["model"] == "~/mine.onnx"
    assert facts["disks"]["home"]["folder"] == "~"
    assert str(home) not in json.dumps(facts)
    assert str(home) not in html
    assert outputs["JSON"] == str(home / "report.json")


def test_nothing_is_reported_to_anybody(report):
    # openvino_telemetry keeps an identifier of the user there, and reports each import; ONNX
    # Runtime keeps its own with what it has not sent yet.
    assert not (report[3] / "intel").exists()
    assert not [path for path in report[3].rglob("*") if path.name in ("Microsoft", "deviceid")]


def test_the_page_says_the_same_and_runs_nothing(report):
    _, facts, html, _ = report
    page = Text()
    page.feed(html)
    assert "script" not in page.elements
    assert "<script>alert(1)</script>" in page.words
    assert "3.22.16-Białowieża" in page.words
    for name, version in facts["packages"].items():
        assert name.replace("_", " ") in page.words
        assert version in page.words


@pytest.mark.parametrize(
    ("content", "kind"), [(None, "MissingInput"), (b"no model", "UnreadableModel")]
)
def test_a_bad_model_fails_and_leaves_no_report(tmp_path, content, kind):
    model = tmp_path / "bad.onnx"
    if content is not None:
        model.write_bytes(content)
    request = Doctor(str(model), str(tmp_path / "r.html"), str(tmp_path / "r.json"))
    home = tmp_path / "home"
    home.mkdir()
    event, status = run_doctor(tmp_path, home, request)
    assert isinstance(event, Failure)
    assert (event.kind, status) == (kind, 1)
    left = {path.name for path in tmp_path.iterdir()} - {"bad.onnx", "job.json", "home"}
    assert left == set()
