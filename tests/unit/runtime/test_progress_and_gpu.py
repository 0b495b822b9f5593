# SPDX-License-Identifier: GPL-3.0-or-later
"""What pip, uv and NVIDIA's driver print, as they printed it."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import DeviceUnavailable
from coverloom.engine.contract.jobs.setupruntime import TIERS
from coverloom.engine.contract.runtime import lock_digest, lock_path
from coverloom.engine.runtime.gpu import Gpu, find_gpus, parse_smi
from coverloom.engine.runtime.install_progress import InstallProgress
from coverloom.engine.runtime.tiers import SIZES, choose_tier

UV = """Resolved 83 packages in 344ms
Downloading openvino (56.4MiB)
Downloading numpy (15.9MiB)
 Downloaded numpy
 Downloaded openvino
Prepared 83 packages in 1m 02s
Installed 83 packages in 184ms
 + affine==3.0.1"""
PIP = """Collecting affine==3.0.1 (from -r map-cpu.txt (line 1))
  Downloading affine-3.0.1-py3-none-any.whl (15 kB)
Collecting numpy==2.4.6 (from -r map-cpu.txt (line 9))
  Downloading numpy-2.4.6-cp311-cp311-manylinux_2_27_x86_64.whl (15.9 MB)
Collecting openvino==2026.4.1 (from -r map-cpu.txt (line 12))
  Downloading openvino-2026.4.1-22982-cp311-cp311-manylinux_2_28_x86_64.whl (59.1 MB)
Installing collected packages: openvino, numpy, affine
Successfully installed affine-3.0.1 numpy-2.4.6 openvino-2026.4.1"""


@pytest.mark.parametrize("log", [UV, PIP])
def test_progress_grows_by_megabytes(log):
    events = []
    hear = InstallProgress(events.append, 75.0)
    for line in log.splitlines():
        hear(line)
    told = [event.fraction for event in events]
    assert told == sorted(told)
    assert told[0] == 0.02
    assert told[-1] == 0.8
    between = [fraction for fraction in told if 0.02 < fraction < 0.8]
    assert any(f == pytest.approx(0.02 + 0.78 * 15.9 / 75, abs=0.01) for f in between)


def test_reads_what_nvidia_smi_prints():
    assert parse_smi("NVIDIA H200, 570.86.15, 143771\nTesla T4, 550.54, [N/A]\n") == [
        Gpu("NVIDIA H200", "570.86.15", 150755),
        Gpu("Tesla T4", "550.54", 0),
    ]
    assert parse_smi("No devices were found\n") == []


def test_reads_the_drivers_own_files(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_gpus(tmp_path / "none") == ()
    (tmp_path / "version").write_text(
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024\n"
    )
    page = tmp_path / "gpus" / "0000:01:00.0" / "information"
    page.parent.mkdir(parents=True)
    page.write_text("Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   	 120\n")
    assert find_gpus(tmp_path) == (Gpu("NVIDIA GeForce RTX 4090", "550.54.14"),)


def test_auto_takes_the_gpu_tier_where_there_is_one():
    gpu = (Gpu("NVIDIA H200", "570"),)
    assert choose_tier("auto", (), "linux") == "map-cpu"
    assert choose_tier("auto", gpu, "linux") == "map-gpu"
    assert choose_tier("auto", gpu, "darwin") == "map-cpu"
    assert choose_tier("train-cpu", gpu, "linux") == "train-cpu"
    with pytest.raises(DeviceUnavailable, match="macOS"):
        choose_tier("train-gpu", (), "darwin")


def test_every_tier_has_a_size_and_a_lock():
    assert set(SIZES) == set(TIERS)
    digests = {lock_digest(tier) for tier in TIERS}
    assert len(digests) == len(TIERS)
    assert "" not in digests


@pytest.mark.parametrize("tier", TIERS)
def test_locks_have_hashes_no_index_and_nothing_that_reports_users(tier):
    text = lock_path(tier).read_text()
    packages = [line for line in text.splitlines() if line[:1].isalnum()]
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert "://" not in text
    assert "file:" not in text
    assert not any(line.startswith("openvino-telemetry==") for line in packages)
