# SPDX-License-Identifier: GPL-3.0-or-later
"""Which device runs the network, and how ONNX Runtime is set up for it."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Sequence, Tuple, Union

import onnxruntime

from ..contract.errors import DeviceUnavailable

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"
# TensorRT takes minutes to build its engine, and gains less than it costs on most maps: it is used
# only where this is set to 1.
TENSORRT_VARIABLE = "COVERLOOM_TENSORRT"
# Set where several processes share this machine's cores.
CORES_VARIABLE = "COVERLOOM_CORES"
Provider = Union[str, Tuple[str, Dict[str, Any]]]


def usable_cores() -> int:
    """Processor cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    there = len(affinity(0)) if affinity else os.cpu_count() or 1
    share = os.environ.get(CORES_VARIABLE, "")
    return max(1, min(there, int(share))) if share.isdigit() else there


def wanted_providers(device: str, gpu_index: int) -> List[Provider]:
    """Execution providers to try, in order, for DEVICE ``auto``, ``cpu`` or ``cuda``.

    Raises:
        DeviceUnavailable: ``cuda`` was asked for and this ONNX Runtime has no CUDA, or TensorRT
            was and it has none.
    """
    if device == "cpu":
        return [CPU]
    if tensorrt_wanted() and TENSORRT not in onnxruntime.get_available_providers():
        raise no_tensorrt("this ONNX Runtime was built without it")
    if CUDA not in onnxruntime.get_available_providers():
        if device == "cuda":
            raise no_cuda("this runtime was installed without CUDA")
        return [CPU]
    # CUDA and cuDNN come as wheels beside ONNX Runtime; they are found only when loaded by it.
    preload = getattr(onnxruntime, "preload_dlls", None)
    if preload is not None:
        preload()
    first: List[Provider] = [(TENSORRT, {"device_id": gpu_index})] if tensorrt_wanted() else []
    return [*first, (CUDA, {"device_id": gpu_index}), CPU]


def check_started(active: Sequence[str], device: str) -> None:
    """Compare what was asked for with what a session runs on.

    Args:
        active: The session's providers.
        device: DEVICE.

    Raises:
        DeviceUnavailable: It is something else.
    """
    if device == "cuda" and CUDA not in active:
        raise no_cuda("CUDA could not be started (see the log)")
    if device != "cpu" and tensorrt_wanted() and TENSORRT not in active:
        raise no_tensorrt("it could not be started (see the log)")


def on_gpu(provider: str) -> bool:
    """Whether a provider computes on an NVIDIA GPU."""
    return provider.split(",")[0] in (CUDA, TENSORRT)


def tensorrt_wanted() -> bool:
    """Whether the user asked for TensorRT."""
    return os.environ.get(TENSORRT_VARIABLE, "") == "1"


def no_tensorrt(reason: str) -> DeviceUnavailable:
    """The error where TensorRT was asked for and cannot be had."""
    return DeviceUnavailable(
        f"{TENSORRT_VARIABLE} is 1, but {reason}.",
        "Install NVIDIA's tensorrt package into a Python of your own with onnxruntime-gpu and "
        f"choose that as the interpreter, or take {TENSORRT_VARIABLE} away.",
    )


def no_cuda(reason: str) -> DeviceUnavailable:
    """The error for DEVICE ``cuda`` where it cannot be had."""
    return DeviceUnavailable(
        f"DEVICE is cuda, but {reason}.",
        "Run 'Set up the runtime' with the tier map-gpu on a machine with an NVIDIA driver, "
        "or use DEVICE auto or cpu.",
    )


def session_options(cores: int) -> onnxruntime.SessionOptions:
    """Options as measured: one thread a core, no spinning, every graph optimisation.

    Without memory patterns, which are kept for each of the shapes that a raster's edges bring,
    the peak memory is a fifth lower and the speed the same.
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = cores
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
