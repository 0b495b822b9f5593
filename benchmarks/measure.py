# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands in turn, A B A B …, and compares what the operating system counted for each.

Processor time is quoted, not wall time: it is the same whatever else the machine does. Ratios are
taken pair by pair, so that a machine which slows down in between slows both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Run:
    """One finished command: processor seconds, seconds, peak MB, and the JSON it printed last."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    said: dict = field(default_factory=dict)


def worker_python() -> str:
    """The Python that QGIS would start: of the environment that ``make setup`` built."""
    state = ROOT / "build" / "runtime.json"
    return json.loads(state.read_text())["python"] if state.exists() else sys.executable


def run(command: list[str]) -> Run:
    """Run a command to its end and take its account; it must exit with 0."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = process.stdout.read().strip().splitlines()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}.")
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    wall_s = time.perf_counter() - began
    return Run(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss * 1024 / 1e6, said)


def in_turn(commands: dict[str, list[str]], pairs: int) -> dict[str, list[Run]]:
    """Run every command once to warm up, then ``pairs`` times in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for turn in range(pairs + 1):
        for name, command in commands.items():
            done = run(command)
            print(f"  {turn}/{pairs} {name}: {done.cpu_s:.2f} cpu-s", file=sys.stderr, flush=True)
            if turn:
                runs[name].append(done)
    return runs


def ratio(top: list[float], bottom: list[float]) -> str:
    """Median and range of the pairwise ratios."""
    pairs = [a / b for a, b in zip(top, bottom)]
    return f"{statistics.median(pairs):.3f} ({min(pairs):.3f} to {max(pairs):.3f})"


def median(values: list[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def machine() -> str:
    """What the figures were taken on, in a line."""
    cpu = Path("/proc/cpuinfo")
    names = (
        [x for x in cpu.read_text().splitlines() if x.startswith("model name")]
        if cpu.exists()
        else []
    )
    model = names[0].split(":", 1)[1].strip() if names else "unknown processor"
    return f"{os.cpu_count()} cores of {model}, Python {sys.version.split()[0]}"
