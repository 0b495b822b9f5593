# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine has: processor, memory, disk."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any, Dict, Optional

import psutil

_FLAGS = {"amx_bf16": "amx_bf16", "avx512_bf16": "avx512_bf16", "avx512": "avx512f", "avx2": "avx2"}


def processor() -> Dict[str, Any]:
    """Its name, cores, and instructions that make networks fast (None where it cannot be told)."""
    affinity = getattr(os, "sched_getaffinity", None)
    name, flags = _cpuinfo()
    return {
        "name": name or platform.processor() or platform.machine(),
        "machine": platform.machine(),
        "cores": psutil.cpu_count(logical=False),
        "threads": psutil.cpu_count(logical=True),
        "usable_threads": len(affinity(0)) if affinity else psutil.cpu_count(logical=True),
        **{key: None if flags is None else flag in flags for key, flag in _FLAGS.items()},
        "bfloat16": _bfloat16(),
    }


def _cpuinfo() -> tuple[str, Optional[frozenset[str]]]:
    """The processor's name and flags, from Linux; elsewhere they are not told."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "", None
    fields = {}
    for line in text.split("\n\n", 1)[0].splitlines():
        key, _, value = line.partition(":")
        fields[key.strip()] = value.strip()
    words = fields.get("flags") or fields.get("Features")
    return fields.get("model name", ""), None if words is None else frozenset(words.split())


def _bfloat16() -> Optional[bool]:
    """Whether OpenVINO computes in bfloat16 here, on any system; None without OpenVINO."""
    try:
        import openvino
    except ImportError:
        return None
    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def memory() -> Dict[str, int]:
    """Total and free memory, MB."""
    seen = psutil.virtual_memory()
    return {"total_mb": round(seen.total / 1e6), "free_mb": round(seen.available / 1e6)}


def disks(folders: Dict[str, Path]) -> Dict[str, Dict[str, Any]]:
    """Free and total space of the disks that hold ``folders``, GB.

    Args:
        folders: What each is for, and its path; of one that is not there, its parent is asked.
    """
    found = {}
    for purpose, folder in folders.items():
        here = folder.absolute()
        while not here.exists() and here != here.parent:
            here = here.parent
        usage = psutil.disk_usage(str(here))
        sizes = {"free_gb": round(usage.free / 1e9, 1), "total_gb": round(usage.total / 1e9, 1)}
        found[purpose] = {"folder": str(folder), **sizes}
    return found
