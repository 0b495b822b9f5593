# SPDX-License-Identifier: GPL-3.0-or-later
"""One of many tiles: mapped into a folder of its own, or kept if that was done before."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Optional

import numpy as np
import psutil
import rasterio

from ..contract.copies import lasting
from ..contract.errors import Cancelled, CoverloomError, MissingPackage, UnwritablePath
from ..contract.events import Emit, Message
from ..contract.jobs.classifysentinel2 import ClassifySentinel2
from ..core.files import Staging, write_json
from ..core.grid import Grid
from ..core.stamps import stamps_under
from ..inference.device import CORES_VARIABLE
from ..inference.gpu_memory import gpu_memory_mb
from ..inference.memory import forget_peak_memory
from ..reports.benchmark import row_of_report
from ..reports.map_run import RunClock
from ..scenes.ground import pixel_metres
from ..scenes.tiles import open_tile, size_of
from .classifysentinel2 import options_of
from .mapping import LoadedModel, load_model, map_scene

MAPS = {"class_map": "class", "maxprob": "maxprob", "entropy": "entropy", "gap": "gap"}
SCHEMA = 1
_WARM: Dict[str, LoadedModel] = {}
# A Dask worker may have several threads; a tile takes all its memory and cores, and the model.
_ONE = threading.Lock()
_MARK, _EXTRA = "_tile.json", "layers"


@dataclass(frozen=True)
class TileTask:
    """What a process needs to map one tile.

    Args:
        name: The tile's.
        folder: For its results.
        request: As for a single product; its paths lie in ``folder``.
        model_sha256: Of the model file.
        cores: Processor cores for this process; 0 for all.
    """

    name: str
    folder: Path
    request: ClassifySentinel2
    model_sha256: str
    cores: int = 0

    @property
    def mark(self) -> Path:
        """Written last: says that the tile is done, and with which request."""
        return self.folder / f"{self.name}{_MARK}"

    def fingerprint(self) -> str:
        """Equal for equal requests on unchanged input."""
        request = self.request
        stamps = [stamps_under(request.input[0])]
        stamps += [stamps_under(path) for path in (request.s1, request.mask, request.layers_file)
                   if path]  # fmt: skip
        asked = {name: lasting(value) for name, value in asdict(request).items()}
        said = json.dumps([asked, self.model_sha256, stamps], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def tile_task(
    name: str, path: str, folder: Path, settings: Dict[str, Any], model: str, probs: bool,
    model_sha256: str, cores: int,
) -> TileTask:  # fmt: skip
    """The task for a tile.

    Args:
        name: The tile's.
        path: Where it is.
        folder: For its results.
        settings: Fields of the request that all tiles share.
        model: The model file.
        probs: Whether all probabilities are kept.
        model_sha256: Of the model file.
        cores: Processor cores for a process; 0 for all.
    """
    paths: Dict[str, Any] = {
        field: str(folder / f"{name}_{layer}.tif") for field, layer in MAPS.items()
    }
    if probs:
        paths["probs"] = str(folder / f"{name}_probs.tif")
    if settings.get("layers") or settings.get("expressions") or settings.get("layers_file"):
        paths["extra"] = str(folder / _EXTRA)
    request = ClassifySentinel2(
        input=(path,), model=model, classmap=str(folder / f"{name}_classmap.json"),
        preview=str(folder / "preview.png"), report=str(folder / f"{name}_report.json"),
        **paths, **settings,
    )  # fmt: skip
    return TileTask(name, folder, request, model_sha256, cores)


def map_tile(task: TileTask, emit: Emit = lambda event: None) -> Dict[str, Any]:
    """Map a tile, or find that it was mapped; never raises for what is wrong with one tile.

    Returns:
        ``row``: the columns of ``benchmark_report.csv``; ``areas``: class id to km2.

    Raises:
        Cancelled: The user stopped the job.
        MissingPackage, ModuleNotFoundError: This Python lacks what every tile needs.
    """
    if task.cores:
        os.environ[CORES_VARIABLE] = str(task.cores)
    began = time.perf_counter()
    row: Dict[str, Any] = {"tile_name": task.name}
    try:
        kept = _kept(task)
        if kept is not None:
            return {"row": {**kept["row"], "kept": True}, "areas": kept["areas"]}
        with _ONE:
            return _map_now(task, row, emit)
    except (Cancelled, MissingPackage, ModuleNotFoundError):
        raise
    except CoverloomError as error:
        row["error"] = str(error)
    except Exception as error:  # whatever it is, the other tiles must not suffer
        row["error"] = f"{type(error).__name__}: {error}"
    emit(Message(f"Failed: {row['error']}", "warning"))
    row["processing_time_seconds"] = time.perf_counter() - began
    return {"row": row, "areas": {}}


def _kept(task: TileTask) -> Optional[Dict[str, Any]]:
    """What is known of a tile that an earlier run finished with the same request."""
    try:
        found: Dict[str, Any] = json.loads(task.mark.read_text(encoding="utf-8"))
        same = found["schema"] == SCHEMA and found["fingerprint"] == task.fingerprint()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    complete = all(Path(path).exists() for path in task.request.outputs().values())
    return found if same and complete else None


def _map_now(task: TileTask, row: Dict[str, Any], emit: Emit) -> Dict[str, Any]:
    task.request.validate()
    made = _claim(task)
    psutil.cpu_percent(None)  # the next call counts from here
    process, clock = psutil.Process(), RunClock(whole_process=False)
    row["cpu_percent_start"] = psutil.cpu_percent(0.05)
    row["memory_mb_start"] = process.memory_info().rss / 1e6
    row["input_size_mb"] = size_of(task.request.input[0])[0] / 1e6
    forget_peak_memory()
    began = time.perf_counter()
    fingerprint = task.fingerprint()
    request, options = task.request, options_of(task.request, task.request.band_map)
    try:
        map_scene(
            request, lambda card: open_tile(request.input[0], card, options, emit), emit,
            _warm(task, emit), clock,
        )  # fmt: skip
    except BaseException:
        if made and not request.resume:
            shutil.rmtree(task.folder, ignore_errors=True)
        raise
    row["processing_time_seconds"] = seconds = time.perf_counter() - began
    report = json.loads(Path(request.report).read_text(encoding="utf-8"))
    row.update(row_of_report(report, seconds))
    row["cpu_seconds"] = report["cpu_seconds"]
    row["cpu_percent_end"] = psutil.cpu_percent(None)
    row["memory_mb_end"] = process.memory_info().rss / 1e6
    on_gpu = not str(report["device"]).startswith("CPU")
    row["gpu_memory_mb"] = gpu_memory_mb(request.gpu_index) if on_gpu else None
    size, row["file_count"] = size_of(str(task.folder))
    row["output_size_mb"] = size / 1e6
    done = {"schema": SCHEMA, "fingerprint": fingerprint, "row": row, "areas": _areas(request)}
    with Staging() as staging:
        write_json(staging.path(task.mark), done)
        staging.publish()
    return {"row": row, "areas": done["areas"]}


def _claim(task: TileTask) -> bool:
    """Make the tile's folder, or take it over from an earlier run; True if it was made.

    Raises:
        UnwritablePath: It holds something that no run of this job wrote.
    """
    folder = task.folder
    names = [path.name for path in folder.iterdir()] if folder.exists() else []
    known = (f"{task.name}_", ".", "preview.png", _EXTRA)
    foreign = [name for name in names if not name.startswith(known)]
    if foreign:
        raise UnwritablePath(
            f"{folder} holds {foreign[0]}, which is not of an earlier run.", "Give another OUTPUT."
        )
    made = not folder.exists()
    task.mark.unlink(missing_ok=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritablePath(
            f"{folder} cannot be made: {error.strerror or error}.", "Choose another folder."
        ) from error
    return made


def _warm(task: TileTask, emit: Emit) -> LoadedModel:
    """The model, loaded once a process."""
    request = task.request
    key = json.dumps([task.model_sha256, request.model, request.device, request.gpu_index,
                      request.precision])  # fmt: skip
    if key not in _WARM:
        _WARM.clear()
        _WARM[key] = load_model(request.model, emit)
    return _WARM[key]


def _areas(request: ClassifySentinel2) -> Dict[str, float]:
    """km2 of every class that is on the map."""
    with rasterio.open(request.class_map) as dataset:
        counts = np.zeros(65_536, np.int64)
        for _, window in dataset.block_windows(1):
            ids = dataset.read(1, window=window)
            counts += np.bincount(ids.ravel(), minlength=len(counts))
        crs = dataset.crs.to_wkt() if dataset.crs else ""
        grid = Grid(dataset.width, dataset.height, dataset.transform, crs)
        nodata = dataset.nodata
    along, down = pixel_metres(grid)
    return {
        str(i): float(counts[i]) * along * down / 1e6
        for i in np.flatnonzero(counts).tolist()
        if i != nodata
    }
