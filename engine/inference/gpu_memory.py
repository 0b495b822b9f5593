# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory of a GPU is in use, asked of the driver's own library (NVML)."""

from __future__ import annotations

import ctypes
import sys
from typing import Optional

_LIBRARY = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"


class _Memory(ctypes.Structure):
    """``nvmlMemory_t``: bytes."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong),
                ("used", ctypes.c_ulonglong))  # fmt: skip


def gpu_memory_mb(index: int = 0) -> Optional[float]:
    """MB of a GPU that all processes together use; None where there is no such GPU.

    ONNX Runtime gives nothing back while a session lives, so after a run this is its peak.
    """
    memory = _ask(index)
    return None if memory is None else float(memory.used) / 1e6


def free_gpu_memory_mb(index: int = 0) -> Optional[float]:
    """MB of a GPU that nobody uses; None where there is no such GPU."""
    memory = _ask(index)
    return None if memory is None else float(memory.free) / 1e6


def _ask(index: int) -> Optional[_Memory]:
    try:
        nvml = ctypes.CDLL(_LIBRARY)
    except OSError:
        return None
    if nvml.nvmlInit_v2() != 0:
        return None
    try:
        device, memory = ctypes.c_void_p(), _Memory()
        found = nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)) == 0
        if not found or nvml.nvmlDeviceGetMemoryInfo(device, ctypes.byref(memory)) != 0:
            return None
        return memory
    finally:
        nvml.nvmlShutdown()
