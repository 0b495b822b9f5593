# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks over the machine and the worker's environment, and tries both."""

from __future__ import annotations

import logging
import platform
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, List, Sequence

from ..contract.errors import CoverloomError, MissingPackage
from ..contract.events import Emit, Progress
from ..contract.jobs.doctor import Doctor
from ..contract.runtime import read_marker, runtime_folder
from ..core.files import Staging, write_json
from ..core.home import without_home

LOG = logging.getLogger("coverloom")
CUDA = "CUDAExecutionProvider"


def run(request: Doctor, emit: Emit) -> Dict[str, Any]:
    """Write the reports; the outputs say whether all is well."""
    emit(Progress(0.0, None, "Importing packages"))
    facts = without_home(examine(request, emit))
    with Staging() as staging:
        if request.json:
            write_json(staging.path(request.json), facts)
        if request.report:
            from ..reports.doctor import doctor_page

            staging.path(request.report).write_text(doctor_page(facts), encoding="utf-8")
        staging.publish()
    return {
        "REPORT": request.report,
        "JSON": request.json,
        "PROVIDER": facts["provider"],
        "THROUGHPUT": facts["throughput_mpx_per_s"],
        "OK": facts["ok"],
    }


def examine(request: Doctor, emit: Emit) -> Dict[str, Any]:
    """The report's JSON form, with paths as they are."""
    # Imported here, so that a missing package is one of the findings and not the end.
    from ..runtime.gpu import find_gpus
    from ..runtime.packages import broken_packages, installed_versions

    _claim_cache()
    broken = broken_packages(request.tier)
    _need_the_least(broken)
    from ..inference.device import session_options, usable_cores
    from ..runtime.machine import disks, memory, processor
    from ..runtime.packages import trial_raster, trial_tensorflow
    from ..runtime.trial import Trial, try_providers

    emit(Progress(0.3, None, "Running a test inference"))
    trials = try_providers(lambda: session_options(usable_cores()), request.model)
    active: List[Trial] = [trial for trial in trials if trial.active]
    used = next((t for t in active if t.provider == CUDA), active[-1])
    emit(Progress(0.7, None, "Trying other packages"))
    problems = [*broken, *_idle_gpu(trials, request.tier, bool(find_gpus())), *trial_raster()]
    tensorflow = {} if any("tensorflow" in text for text in broken) else trial_tensorflow()
    if request.tier:
        _warm_kernels()
    folder = runtime_folder()
    return {
        "schema": 1,
        "ok": not problems,
        "problems": problems,
        "provider": used.provider,
        "throughput_mpx_per_s": used.mpx_per_s,
        "model": request.model or "a small built-in network",
        "fast": _fast(request.model),
        "trials": [trial.to_json() for trial in trials],
        "host": dict(request.host),
        "worker": _worker(folder),
        "processor": processor(),
        "memory": memory(),
        "disks": disks({"temporary files": _temporary(), "runtime": folder, "home": Path.home()}),
        "gpus": [vars(gpu) for gpu in find_gpus()],
        "tensorflow": tensorflow,
        "packages": installed_versions(),
    }


def _fast(model: str) -> Dict[str, Any]:
    """What PRECISION fast would give here."""
    from ..inference.agreement import fast_agreement, plain_card
    from ..model_file import read_card
    from ..runtime.trial import small_network

    try:
        card = read_card(model) if model else None
        if card is not None:
            return fast_agreement(model, card)
        return fast_agreement(small_network(), plain_card(10, 19))
    except CoverloomError as error:  # the test inference says what is wrong with a model
        return {"available": False, "reason": error.what}


def _claim_cache() -> None:
    """Let numba be imported first by the module that says where its machine code is kept."""
    if find_spec("numba") is not None:
        try:
            import_module("..core.compiled", __package__)
        except Exception as error:  # a damaged numba raises whatever it likes; it is found below
            LOG.info("numba: %s", error)


def _need_the_least(broken: Sequence[str]) -> None:
    """Without these nothing can be tried, nor the report be made."""
    least = ("numpy", "onnx", "onnxruntime", "onnxruntime-gpu", "psutil", "jinja2", "rasterio")
    missing = [text for text in broken if text.split()[0] in least]
    if missing:
        raise MissingPackage(
            f"In the worker's Python {sys.executable} {missing[0]}.",
            "Run the algorithm 'Set up the runtime', with RECREATE if it was run before.",
        )


def _idle_gpu(trials: Sequence[Any], tier: str, driver: bool) -> List[str]:
    """Where there is a driver and a build for CUDA, CUDA must be what runs."""
    idle = [t for t in trials if t.provider == CUDA and not t.active]
    if idle and driver:
        return [f"CUDA is not active on a machine with an NVIDIA driver: {idle[0].reason}"]
    if tier.endswith("-gpu") and not any(t.provider == CUDA for t in trials):
        return ["this ONNX Runtime was built without CUDA"]
    return []


def _worker(folder: Path) -> Dict[str, Any]:
    import rasterio

    marker = read_marker(folder)
    return {
        "python": platform.python_version(),
        "interpreter": sys.executable,
        "system": platform.platform(),
        "GDAL": rasterio.__gdal_version__,
        "managed_environment": str(folder) if marker else "none",
        "tier": marker.tier if marker else "none",
    }


def _temporary() -> Path:
    import tempfile

    return Path(tempfile.gettempdir())


def _warm_kernels() -> None:
    """Compile the per-pixel passes now, so that the first map does not wait for it."""
    import numpy as np

    from ..layers.activation import AS_THEY_ARE, SIGMOID, SOFTMAX
    from .compiling import compile_passes

    for dtype in (np.uint8, np.uint16, np.int16, np.float32):
        compile_passes(np.dtype(dtype), 2, SOFTMAX)
    for classes in (2, 300):  # class rasters are uint8 up to 255 classes, then uint16
        for activation in (SOFTMAX, SIGMOID, AS_THEY_ARE):
            compile_passes(np.dtype(np.uint8), classes, activation)
