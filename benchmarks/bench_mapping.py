# SPDX-License-Identifier: GPL-3.0-or-later
"""Mapping on a CPU: ours, the network alone, and an ordinary loop, in paired runs.

``python benchmarks/bench_mapping.py --folder build/bench [--pairs 5] [--large]``
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from measure import ROOT, in_turn, machine, median, ratio, run

SIDE, LARGE = 4096, 10980
HERE = Path(__file__).resolve().parent


def job(folder: Path, classes: int, side: int) -> Path:
    """Write the request of one mapping run."""
    maps = {
        name: str(folder / f"{name}_{classes}_{side}.tif")
        for name in ("class_map", "maxprob", "entropy", "gap")
    }
    request = {
        "input": [str(folder / f"raster_{side}.tif")],
        "model": str(folder / f"unet_{classes}.onnx"),
        "report": str(folder / f"report_{classes}_{side}.json"),
        "device": "cpu",
        **maps,
    }
    path = folder / f"job_{classes}_{side}.json"
    path.write_text(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    return path


def commands(folder: Path, classes: int, side: int) -> dict[str, list[str]]:
    """What is compared, by name; each a process of its own."""
    python, model = sys.executable, str(folder / f"unet_{classes}.onnx")
    report = str(folder / f"report_{classes}_{side}.json")
    raster = str(folder / f"raster_{side}.tif")
    return {
        "ours": [
            python,
            "-I",
            str(ROOT / "engine" / "__main__.py"),
            str(job(folder, classes, side)),
        ],
        "alone": [python, str(HERE / "session_alone.py"), model, str(side), report],
        "loop": [python, str(HERE / "ordinary_loop.py"), model, raster, str(folder)],
    }


def compare(folder: Path, classes: int, pairs: int) -> list[str]:
    """The rows for one number of classes."""
    runs = in_turn(commands(folder, classes, SIDE), pairs)
    ours, loop = [r.cpu_s for r in runs["ours"]], [r.cpu_s for r in runs["loop"]]
    alone = [r.said["session_cpu_s"] for r in runs["alone"]]
    mpx = SIDE * SIDE / 1e6
    report = json.loads((folder / f"report_{classes}_{SIDE}.json").read_text())
    wall = median([r.wall_s for r in runs["ours"]]), median([r.wall_s for r in runs["loop"]])
    return [
        f"{classes} classes, {SIDE} x {SIDE} px, core {report['chunks']['core_px']} px, "
        f"halo {report['chunks']['halo_px']} px",
        f"  cpu-s a Mpx: session.run alone {median(alone) / mpx:.3f}, ours {median(ours) / mpx:.3f}, "
        f"ordinary loop {median(loop) / mpx:.3f}",
        f"  session.run alone / ours      {ratio(alone, ours)}",
        f"  ordinary loop / ours          {ratio(loop, ours)}",
        f"  wall: ours {wall[0]:.1f} s, ordinary loop {wall[1]:.1f} s",
        f"  peak memory of the worker     {median([r.peak_mb for r in runs['ours']]):.0f} MB",
        f"  start to first chunk          {report['seconds_to_first_chunk']:.2f} s",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="also a 10980 px raster, for memory")
    options = parser.parse_args()
    sides = [SIDE, LARGE] if options.large else [SIDE]
    run([sys.executable, str(HERE / "mapping_inputs.py"), str(options.folder), *map(str, sides)])
    rows = [machine()]
    for classes in (19, 256):
        rows += compare(options.folder, classes, options.pairs)
    if options.large:
        small = run(commands(options.folder, 19, SIDE)["ours"])
        large = run(commands(options.folder, 19, LARGE)["ours"])
        rows.append(
            f"peak memory: {small.peak_mb:.0f} MB at {SIDE} px, {large.peak_mb:.0f} MB at {LARGE} px"
        )
    print("\n".join(rows))


if __name__ == "__main__":
    main()
