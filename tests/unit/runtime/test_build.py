# SPDX-License-Identifier: GPL-3.0-or-later
"""Environments are really built here, from wheels made on the fly."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
from collections import namedtuple
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import (
    MissingInput,
    NotEnoughDisk,
    RuntimeBuildFailed,
    UnsuitablePython,
    UnwritablePath,
)
from coverloom.engine.contract.runtime import (
    COMPLETE,
    INTERRUPTED,
    MISSING,
    STALE,
    find_environment,
    read_marker,
)
from coverloom.engine.runtime.base_python import BasePython

from .conftest import TIER, Workshop, use_tinymap

ROOT = Path(__file__).resolve().parents[3]


def test_builds_what_is_locked_and_finds_it_again(tmp_path, each_installer, monkeypatch):
    workshop = Workshop(tmp_path, each_installer)
    # What would lead an installer astray must not reach it.
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "astray"))
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert find_environment(workshop.target, workshop.requirements).state == MISSING

    built = workshop.build()

    assert built.fresh
    assert built.facts["version"] == "1.0"
    assert not (tmp_path / "astray").exists()
    found = find_environment(workshop.target, workshop.requirements)
    assert (found.state, found.reason, found.python) == (COMPLETE, "", built.python)
    assert found.marker.installer == ("uv" if each_installer.uv else "pip")
    assert found.marker.tier == TIER
    told = [e.fraction for e in workshop.events if e.event == "progress"]
    assert told == sorted(told)

    again = workshop.build()
    assert (again.fresh, again.python) == (False, built.python)
    assert workshop.environments() == [found.marker.environment]


def test_another_lock_makes_it_stale_and_it_is_built_again(workshop):
    old = workshop.build()
    workshop.release("2.0")
    found = find_environment(workshop.target, workshop.requirements)
    assert (found.state, found.python) == (STALE, old.python)

    built = workshop.build()
    assert built.facts["version"] == "2.0"
    assert not old.python.exists()
    assert len(workshop.environments()) == 1


def test_a_lost_base_python_makes_it_stale(workshop):
    built = workshop.build()
    config = built.python.parents[1] / "pyvenv.cfg"
    config.write_text(re.sub("(?m)^home = .*$", "home = /nowhere/bin", config.read_text()))
    found = find_environment(workshop.target, workshop.requirements)
    assert (found.state, found.python) == (STALE, None)
    assert workshop.build().fresh


def test_one_that_stopped_working_is_built_again(workshop):
    built = workshop.build()
    next((built.python.parents[1]).rglob("tinymap.py")).unlink()
    assert find_environment(workshop.target, workshop.requirements).state == COMPLETE
    again = workshop.build()
    assert again.fresh
    assert again.python != built.python
    assert any("built again" in e.text for e in workshop.events if e.event == "message")


def test_recreate_builds_again(workshop):
    first = workshop.build()
    assert workshop.build(recreate=True).python != first.python


def test_one_that_does_not_work_is_not_published_and_the_old_one_stays(workshop):
    old = workshop.build()

    def refuse(python, tier):
        raise RuntimeBuildFailed("It does not work.", "")

    with pytest.raises(RuntimeBuildFailed):
        workshop.build(verify=refuse, recreate=True)
    found = find_environment(workshop.target, workshop.requirements)
    assert (found.state, found.python) == (COMPLETE, old.python)
    assert len(workshop.environments()) == 1


def test_what_a_cut_build_left_goes_even_if_nothing_is_built(workshop):
    built = workshop.build()
    (workshop.target / "env-train-cpu-cut").mkdir()
    assert not workshop.build().fresh
    assert workshop.environments() == [built.marker.environment]


@pytest.mark.parametrize("point", ["after:install", "before:replace"])
def test_a_killed_build_is_recognised_and_built_again(workshop, point):
    done = run_builder(workshop, {"COVERLOOM_FAULT": point})
    assert done.returncode == -signal.SIGKILL
    found = find_environment(workshop.target, workshop.requirements)
    assert found.state == INTERRUPTED
    assert found.python is None
    cut = workshop.environments()
    assert len(cut) == 1

    assert workshop.build().fresh
    assert cut[0] not in workshop.environments()
    assert sorted(p.name for p in workshop.target.iterdir()) == sorted(
        [".build.lock", "environment.json", *workshop.environments()]
    )


def test_two_at_once_build_once(workshop):
    both = [start_builder(workshop, {}) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(words[0] for words in said) == ["False", "True"]
    assert said[0][1] == said[1][1]
    assert len(workshop.environments()) == 1


def test_a_tampered_wheel_is_refused(tmp_path, each_installer):
    workshop = Workshop(tmp_path, each_installer)
    wheel = next(workshop.wheelhouse.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(RuntimeBuildFailed, match="not the one that was locked") as caught:
        workshop.build()
    assert "tinymap" in caught.value.what
    assert workshop.environments() == []
    assert find_environment(workshop.target, workshop.requirements).state == MISSING


def test_a_wheelhouse_without_the_package_names_it(tmp_path, each_installer):
    workshop = Workshop(tmp_path, each_installer)
    wheel = next(workshop.wheelhouse.glob("*.whl"))
    wheel.rename(wheel.with_name("other-1.0-py3-none-any.whl"))
    with pytest.raises(RuntimeBuildFailed) as caught:
        workshop.build()
    assert "tinymap" in caught.value.what
    assert str(workshop.wheelhouse) in caught.value.remedy


def test_too_little_disk_is_told_before_anything_is_made(workshop, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 9 * 10**8, 10**8))
    with pytest.raises(NotEnoughDisk, match=r"1\.[01] GB.*0\.1 GB"):
        workshop.build()
    assert workshop.environments() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"version": (3, 10)}, "3.10"),
        ({"version": (3, 14)}, "3.14"),
        ({"bits": 32}, "32-bit"),
        ({"has_venv": False, "has_ensurepip": False, "uv": None}, "venv"),
        ({"has_ensurepip": False, "uv": None}, "ensurepip"),
    ],
)
def test_an_unsuitable_python_is_refused(workshop, change, word):
    workshop.base = dataclasses.replace(workshop.base, **change)
    with pytest.raises(UnsuitablePython, match=word) as caught:
        workshop.build()
    assert caught.value.remedy
    assert not workshop.target.exists()


def test_with_uv_no_ensurepip_is_needed():
    base = dataclasses.replace(
        BasePython.running(), version=(3, 12), bits=64, has_ensurepip=False, uv=Path("/usr/bin/uv")
    )
    base.check()


def test_an_empty_wheelhouse_is_refused(workshop, tmp_path):
    with pytest.raises(MissingInput, match="no wheels"):
        workshop.build(wheelhouse=str(tmp_path / "none"))


def test_a_target_that_cannot_be_made_is_refused(workshop, tmp_path):
    (tmp_path / "file").write_text("")
    workshop.target = tmp_path / "file" / "runtime"
    with pytest.raises(UnwritablePath, match="cannot be written"):
        workshop.build()


def test_auto_keeps_the_tier_that_is_there(workshop):
    shutil.copy(workshop.requirements / f"{TIER}.txt", workshop.requirements / "train-cpu.txt")
    built = workshop.build(tier="train-cpu")
    assert workshop.build(tier="auto").python == built.python
    assert read_marker(workshop.target).tier == "train-cpu"


def start_builder(workshop: Workshop, environ: dict[str, str]) -> subprocess.Popen[str]:
    """Build in another process, as another QGIS would; prints ``fresh python``."""
    code = f"""
        import importlib.util, sys
        import runpy
        runpy.run_path({str(ROOT / "engine" / "__main__.py")!r})["register_package"]()
        from tests.unit.runtime.conftest import Workshop
        from coverloom.engine.runtime.base_python import BasePython
        from pathlib import Path
        import dataclasses
        uv = {str(workshop.base.uv or "")!r}
        base = dataclasses.replace(BasePython.running(), uv=Path(uv) if uv else None)
        built = Workshop(Path({str(workshop.target.parent)!r}), base).build()
        print(built.fresh, built.python)
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def run_builder(workshop: Workshop, environ: dict[str, str]) -> subprocess.Popen[str]:
    process = start_builder(workshop, environ)
    process.communicate(timeout=120)
    return process


def test_the_trial_of_the_tests_can_fail(workshop):
    built = workshop.build()
    next((built.python.parents[1]).rglob("tinymap.py")).unlink()
    with pytest.raises(RuntimeBuildFailed):
        use_tinymap(built.python, TIER)
