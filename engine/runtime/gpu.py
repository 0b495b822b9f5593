# SPDX-License-Identifier: GPL-3.0-or-later
"""NVIDIA's GPUs and driver, as the driver itself tells."""

from __future__ import annotations

import os
import shutil
import subprocess  # nosec B404 - nvidia-smi is the driver's own program
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

from ..contract.runtime import clean_environment
from .child import no_window

_PROC = Path("/proc/driver/nvidia")
_FIELDS = "name,driver_version,memory.total"


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Args:
        name: Its model.
        driver: The driver's version.
        memory_mb: Its memory, MB; 0 if unknown.
    """

    name: str
    driver: str
    memory_mb: int = 0


def find_gpus(proc: Path = _PROC) -> Tuple[Gpu, ...]:
    """The NVIDIA GPUs of this machine; empty where there is no working driver."""
    return tuple(_from_smi() or _from_proc(proc))


def _from_smi() -> List[Gpu]:
    program = shutil.which("nvidia-smi")
    if not program:
        return []
    command = [program, f"--query-gpu={_FIELDS}", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(  # noqa: S603 # nosec B603 - fixed arguments, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            creationflags=no_window(),
            timeout=20,
            check=True,
            env=clean_environment(os.environ),
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return parse_smi(done.stdout)


def parse_smi(text: str) -> List[Gpu]:
    """Read nvidia-smi's lines ``name, driver, MiB``."""
    rows = [[cell.strip() for cell in line.split(",")] for line in text.splitlines()]
    return [
        Gpu(row[0], row[1], round(int(row[2]) * 1.048576) if row[2].isdigit() else 0)
        for row in rows
        if len(row) == 3
    ]


def _from_proc(proc: Path) -> List[Gpu]:
    """Inside a container nvidia-smi may be missing while the device is there."""
    try:
        first = (proc / "version").read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError):
        return []
    # "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 …"
    versions = [w for w in first.split() if w[:1].isdigit() and w.count(".") >= 1]
    driver = versions[0] if versions else "unknown"
    names = []
    for page in sorted(proc.glob("gpus/*/information")):
        lines = page.read_text(encoding="utf-8", errors="replace").splitlines()
        names += [line.split(":", 1)[1].strip() for line in lines if line.startswith("Model:")]
    return [Gpu(name, driver) for name in names]
