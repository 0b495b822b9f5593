# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapping run writes beside its rasters: report, legend, picture, STAC item."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Mapping

from .. import __version__
from ..core.files import write_json
from ..inference.legend import class_map, write_preview, write_side_file
from ..inference.memory import peak_memory_mb
from ..inference.scored import Tally
from ..layers.most_likely import class_storage
from ..reports.map_run import RunClock
from ..reports.stac_item import map_item
from .map_task import MapTask


def run_report(task: MapTask, tally: Tally, clock: RunClock, device: str) -> Dict[str, Any]:
    """REPORT: what was done, with what, and what it took."""
    settings, mapped = task.settings, clock.seconds["finished"]
    valid_mpx = tally.valid_px / 1e6
    return {
        "schema": 1,
        "software": f"Coverloom {__version__}",
        "request": asdict(task.request),
        "sources": list(task.scene.sources),
        "model_sha256": task.model.file.sha256,
        "device": device,
        "chunks": {
            "planned": len(settings.plan), "mapped": tally.done, "skipped": dict(tally.skipped),
            "core_px": settings.plan.core, "halo_px": settings.plan.halo,
            "batch": settings.batch_size, "resumed": tally.resumed,
            "seamless": settings.seamless,
        },
        "patches": getattr(task.network, "patches", None),
        "valid_mpx": valid_mpx,
        "window_mpx": tally.window_px / 1e6,
        "mpx_per_s": valid_mpx / mapped,
        "seconds": {**tally.seconds, **clock.seconds},
        "seconds_to_first_chunk": clock.first_chunk,
        "cpu_seconds": clock.cpu_seconds(),
        "cache_mb": settings.cache_mb,
        "kept_mb": settings.kept_mb,
        "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def describe(
    task: MapTask, paths: Mapping[str, Path], finals: Mapping[str, Path], report: Dict[str, Any]
) -> None:
    """Write what goes beside the rasters: legend, picture, report, STAC item."""
    classes = task.model.card.classes
    if "class_map" in paths:
        write_side_file(paths["class_map"], classes)
    if "classmap" in paths:
        write_json(paths["classmap"], class_map(classes, class_storage(len(classes))[1]))
    if "preview" in paths:
        write_preview(paths["class_map"], classes, paths["preview"])
    if "report" in paths:
        write_json(paths["report"], report)
    assets = {name: path for name, path in finals.items() if name != "stac"}
    facts = {f"coverloom:{key}": report[key] for key in ("model_sha256", "device", "chunks")}
    made = datetime.now(timezone.utc)
    name = Path(task.request.main).stem
    item = map_item(finals["stac"], name, task.grid, assets, made, facts)
    write_json(paths["stac"], item)
    for name, form in task.products.formats.items():
        if form.categorical and name != "class":
            write_side_file(paths[name], classes)
