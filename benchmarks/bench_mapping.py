# SPDX-License-Identifier: GPL-3.0-or-later
"""Mapping on a CPU: ours, the network alone, an ordinary loop, and Deepness, in paired runs.

``python benchmarks/bench_mapping.py --folder build/bench [--pairs 5] [--part 19] [--large]``

Deepness takes part where it is installed: in a QGIS profile, or in the folder that ``--deepness``
names. ``--qgis-python`` is the Python that can import ``qgis`` and what Deepness needs.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import deepness
from measure import ROOT, Run, in_turn, machine, median, ratio, run, worker_python

SIDE, LARGE = 4096, 10980
HERE = Path(__file__).resolve().parent
# Part to classes and raster.
PARTS = {"19": (19, f"{SIDE}"), "deflate": (19, f"{SIDE}_deflate"), "256": (256, f"{SIDE}")}


def job(folder: Path, classes: int, raster: str) -> Path:
    """Write the request of one mapping run."""
    run_name = f"{classes}_{raster}"
    maps = {
        name: str(folder / f"{name}_{run_name}.tif")
        for name in ("class_map", "maxprob", "entropy", "gap")
    }
    request = {
        "input": [str(folder / f"raster_{raster}.tif")],
        "model": str(folder / f"unet_{classes}.onnx"),
        "report": str(folder / f"report_{run_name}.json"),
        "device": "cpu",
        **maps,
    }
    path = folder / f"job_{run_name}.json"
    path.write_text(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    return path


def commands(folder: Path, classes: int, raster: str) -> dict[str, list[str]]:
    """What is compared, by name; each a process of its own."""
    python, model = worker_python(), str(folder / f"unet_{classes}.onnx")
    report, source = folder / f"report_{classes}_{raster}.json", folder / f"raster_{raster}.tif"
    entry = str(ROOT / "engine" / "__main__.py")
    return {
        "ours": [python, "-I", entry, str(job(folder, classes, raster))],
        "alone": [sys.executable, str(HERE / "session_alone.py"), model, str(SIDE), str(report)],
        "loop": [python, str(HERE / "ordinary_loop.py"), model, str(source), str(folder)],
    }


def compare(
    folder: Path, classes: int, raster: str, pairs: int, others: dict[str, list[str]]
) -> list[str]:
    """The rows for one model and one raster; ``others`` are commands that run beside ours."""
    runs = in_turn({**commands(folder, classes, raster), **others}, pairs)
    ours, loop = [r.cpu_s for r in runs["ours"]], [r.cpu_s for r in runs["loop"]]
    alone = [r.said["session_cpu_s"] for r in runs["alone"]]
    walls = [r.wall_s for r in runs["ours"]], [r.wall_s for r in runs["loop"]]
    mpx = SIDE * SIDE / 1e6
    report = json.loads((folder / f"report_{classes}_{raster}.json").read_text())
    chunks = report["chunks"]
    return [
        f"{classes} classes, raster_{raster}.tif, core {chunks['core_px']} px, "
        f"halo {chunks['halo_px']} px",
        f"  cpu-s a Mpx: session.run alone {median(alone) / mpx:.3f}, "
        f"ours {median(ours) / mpx:.3f}, ordinary loop {median(loop) / mpx:.3f}",
        f"  cpu, session.run alone / ours {ratio(alone, ours)}",
        f"  cpu, ordinary loop / ours     {ratio(loop, ours)}",
        f"  time, ordinary loop / ours    {ratio(walls[1], walls[0])}",
        f"  Mpx/s: ours {mpx / median(walls[0]):.2f}, ordinary loop {mpx / median(walls[1]):.2f}",
        f"  peak memory of the worker     {median([r.peak_mb for r in runs['ours']]):.0f} MB",
        f"  start to first chunk          {report['seconds_to_first_chunk']:.2f} s",
        *against_deepness(runs, mpx),
    ]


def against_deepness(runs: dict[str, list[Run]], mpx: float) -> list[str]:
    """The rows for Deepness, if it took part; of its time only what it took once QGIS stood."""
    if "deepness" not in runs:
        return []
    ours, theirs = runs["ours"], runs["deepness"]
    wall, cpu = ([r.said[name] for r in theirs] for name in ("seconds", "cpu_s"))
    rasters = [r.said["seconds"] - r.said["polygons"]["seconds"] for r in theirs]
    version = theirs[0].said["onnxruntime"]
    return [
        f"  time, Deepness / ours         {ratio(wall, [r.wall_s for r in ours])}",
        f"  the same without its polygons {ratio(rasters, [r.wall_s for r in ours])}",
        f"  cpu, Deepness / ours          {ratio(cpu, [r.cpu_s for r in ours])}",
        f"  Deepness: {mpx / median(wall):.2f} Mpx/s, {median(cpu) / mpx:.3f} cpu-s a Mpx, peak "
        f"{median([r.peak_mb for r in theirs]):.0f} MB, ONNX Runtime {version}",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--part", choices=PARTS, action="append", help="all where none is given")
    parser.add_argument("--large", action="store_true", help="also a 10980 px raster, for memory")
    parser.add_argument("--deepness", type=Path, help="the plugin's folder")
    parser.add_argument("--qgis-python", default="/usr/bin/python3")
    options = parser.parse_args()
    sides = [SIDE, LARGE] if options.large else [SIDE]
    run([sys.executable, str(HERE / "mapping_inputs.py"), str(options.folder), *map(str, sides)])
    plugin, python = deepness.installed_deepness(options.deepness), options.qgis_python
    missing = deepness.why_not(plugin, python)
    rows = [machine(), missing or f"Deepness is that of {plugin}."]
    for classes, raster in [PARTS[part] for part in options.part or PARTS]:
        model, source = options.folder / "unet_19.onnx", options.folder / f"raster_{raster}.tif"
        beside = {"deepness": deepness.command(plugin, python, str(model), str(source))}
        others = beside if not missing and (classes, raster) == (19, f"{SIDE}") else {}
        rows += compare(options.folder, classes, raster, options.pairs, others)
    if options.large:
        peaks = [run(commands(options.folder, 19, str(s))["ours"]).peak_mb for s in (SIDE, LARGE)]
        rows.append(f"peak memory: {peaks[0]:.0f} MB at {SIDE} px, {peaks[1]:.0f} MB at {LARGE} px")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
