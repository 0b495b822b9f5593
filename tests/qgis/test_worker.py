# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker as QGIS starts it: what it says, how it ends, and what it leaves alone."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import numpy
import pytest
from osgeo import gdal
from qgis import processing
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsSettings,
)

ALGORITHM = "coverloom:createsampledata"


def run(tmp_path, ears):
    return processing.run(ALGORITHM, {"OUTPUT": str(tmp_path / "out")}, feedback=ears)


def test_what_qgis_set_for_itself_does_not_reach_the_worker(
    provider, probe, tmp_path, ears, monkeypatch
):
    probe("environment")
    leaks = {
        "PYTHONHOME": "/nowhere", "PYTHONPATH": str(tmp_path),
        "PYTHONEXECUTABLE": "/nowhere/python",
        "VIRTUAL_ENV": "/nowhere", "PROJ_LIB": "/nowhere", "PROJ_DATA": "/nowhere",
        "GDAL_DATA": "/nowhere", "GDAL_DRIVER_PATH": "/nowhere", "QGIS_PREFIX_PATH": "/nowhere",
        "LD_PRELOAD": "libm.so.6", "LD_LIBRARY_PATH": "/nowhere",
    }  # fmt: skip
    for name, value in leaks.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    run(tmp_path, ears)
    facts = json.loads((tmp_path / "out" / "facts.json").read_text())
    assert not set(leaks) & set(facts["environ"])
    assert facts["environ"]["AWS_REGION"] == "eu-central-1"
    assert facts["environ"]["https_proxy"] == "http://proxy.example:3128"
    assert str(tmp_path) not in facts["path"]
    assert not any("dist-packages" in entry for entry in facts["path"])


def test_qgis_is_the_same_before_and_after(provider, probe, tmp_path, ears):
    def state():
        options = {n: gdal.GetConfigOption(n) for n in ("GDAL_DATA", "PROJ_LIB", "GDAL_CACHEMAX")}
        drivers = [gdal.GetDriver(i).ShortName for i in range(gdal.GetDriverCount())]
        return (
            list(sys.path), dict(os.environ), numpy.__file__, numpy.__version__,
            sys.modules["numpy"], gdal.__file__, gdal.VersionInfo(), options, drivers,
            gdal.GetCacheMax(), Path.cwd(), threading.active_count(),
        )  # fmt: skip

    probe("environment")
    before, modules = state(), set(sys.modules)
    run(tmp_path, ears)
    assert state() == before
    # Nothing of the worker's, and nothing but the standard library and ours, has come in.
    assert {n.partition(".")[0] for n in set(sys.modules) - modules} <= {
        "coverloom", *sys.stdlib_module_names,
    }  # fmt: skip


def test_chunks_become_lines_and_no_stream_blocks(provider, probe, tmp_path, ears):
    probe("noisy")
    assert run(tmp_path, ears)["OUTPUT"] == str(tmp_path / "out")
    messages = [text for text in ears.said if text.startswith("ü")]
    assert [len(text) for text in messages] == [20_000 if n % 100 == 0 else 20 for n in range(400)]
    QgsApplication.processEvents()  # progress comes from another thread
    assert ears.steps == sorted(ears.steps) and ears.steps[-1] == 100
    texts = [text for text in ears.said if text.startswith("Counting")]
    assert texts and len(texts) < 20  # QGIS logs each
    assert "about 7 min left" in texts[0]
    assert ears.errors == []


def test_a_failure_is_one_sentence_and_its_remedy(provider, probe, tmp_path, ears):
    probe("refuse")
    with pytest.raises(QgsProcessingException) as failure:
        run(tmp_path, ears)
    assert str(failure.value) == "The model asks for B08, which the scene lacks. Give BAND_MAP."
    assert ears.errors == []


def test_a_crash_is_told_with_its_signal_and_the_last_lines_of_the_log(
    provider, probe, tmp_path, ears, monkeypatch
):
    probe("crash")
    monkeypatch.setenv("COVERLOOM_FAULT", "probe")
    with pytest.raises(QgsProcessingException) as failure:
        run(tmp_path, ears)
    assert "signal 9 (SIGKILL)" in str(failure.value)
    log = [text for text in ears.said if text.startswith("log line")]
    assert log == [f"log line {n}" for n in range(40, 100)]


def test_an_end_without_a_result_is_told_with_its_code(provider, probe, tmp_path, ears):
    probe("vanish")
    with pytest.raises(QgsProcessingException) as failure:
        run(tmp_path, ears)
    assert "ended with code 7" in str(failure.value)
    assert "about to leave" in ears.said


def test_without_a_runtime_one_sentence_says_how_to_get_it(provider, tmp_path, ears, monkeypatch):
    monkeypatch.delenv("COVERLOOM_PYTHON", raising=False)
    monkeypatch.setenv("COVERLOOM_RUNTIME", str(tmp_path / "none"))
    with pytest.raises(QgsProcessingException) as failure:
        run(tmp_path, ears)
    said = str(failure.value)
    assert "coverloom:setupruntime" in said and str(tmp_path / "none") in said


def test_the_interpreter_is_the_variable_then_the_setting_then_the_managed_one(
    qgis_app, tmp_path, monkeypatch
):
    from coverloom.engine.contract.errors import RuntimeMissing
    from coverloom.processing_provider.interpreter import SETTING, worker_python

    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        path.touch()
    monkeypatch.setenv("COVERLOOM_RUNTIME", str(tmp_path / "none"))
    monkeypatch.setenv("COVERLOOM_PYTHON", str(first))
    QgsSettings().setValue(SETTING, str(second))
    try:
        assert worker_python() == first
        monkeypatch.delenv("COVERLOOM_PYTHON")
        assert worker_python() == second
        second.unlink()
        with pytest.raises(RuntimeMissing, match=r"setting .* names .*second, which is no file"):
            worker_python()
        QgsSettings().remove(SETTING)
        with pytest.raises(RuntimeMissing, match="There is no environment"):
            worker_python()
    finally:
        QgsSettings().remove(SETTING)


def test_the_base_python_runs_and_is_never_taken_from_sys_executable(qgis_app, monkeypatch):
    from coverloom.processing_provider.interpreter import base_python

    monkeypatch.delenv("COVERLOOM_PYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", "/nowhere/qgis.bin")
    assert base_python().is_file()


def test_a_python_that_uv_installed_is_found_although_path_does_not_name_it(
    qgis_app, monkeypatch, tmp_path
):
    from coverloom.processing_provider.interpreter import base_python, candidates

    monkeypatch.delenv("COVERLOOM_PYTHON", raising=False)
    suits, mark = base_python(), tmp_path / "tried"
    mine = tmp_path / ".local" / "bin" / "python3.12"
    mine.parent.mkdir(parents=True)
    mine.write_text(f'#!/bin/sh\ntouch "{mark}"\nexec "{suits}" "$@"\n')
    mine.chmod(0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert mine in list(candidates())
    # The others stand for those of a system whose Python is too new.
    monkeypatch.setattr("coverloom.processing_provider.interpreter.which", lambda name: None)
    real = type(mine).is_file
    monkeypatch.setattr(type(mine), "is_file", lambda path: real(path) and tmp_path in path.parents)
    assert base_python() == mine and mark.exists()


@pytest.mark.parametrize("kind", ["family", "compiled"])
def test_cancel_ends_a_task_and_the_workers_children_within_a_second(
    provider, probe, tmp_path, ears, family, alive, wait_for, kind
):
    pids = probe(kind)
    context = QgsProcessingContext()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(ALGORITHM)
    ended = []
    task = QgsProcessingAlgRunnerTask(algorithm, {"OUTPUT": str(tmp_path / "out")}, context, ears)
    task.executed.connect(lambda *outcome: ended.append(outcome))
    QgsApplication.taskManager().addTask(task)
    wait_for(pids.exists, between=QgsApplication.processEvents)
    processes = family(pids)
    task.cancel()
    # Measured 0.05 s and 0.65 s; the patience only tells an end by Cancel from the probe's own.
    wait_for(lambda: not any(map(alive, processes)), 10)
    wait_for(lambda: ended, 10, QgsApplication.processEvents)
    assert ended[0][0] is False
    assert [path.name for path in (tmp_path / "out").rglob("*")] == []


def test_cancel_from_another_thread_reaches_a_run_in_the_main_one(
    provider, probe, tmp_path, ears, family, alive, wait_for
):
    pids = probe("family")

    def cancel():
        wait_for(pids.exists)
        ears.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(QgsProcessingException, match=r"The job was cancelled\."):
        run(tmp_path, ears)
    canceller.join()
    wait_for(lambda: not any(map(alive, family(pids))), 10)
