# SPDX-License-Identifier: GPL-3.0-or-later
"""What RESUME costs and what PRECISION fast gains, in paired runs, and how well fast agrees.

``python benchmarks/bench_fast.py --folder build/bench [--side 4096] [--pairs 5]``
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from measure import ROOT, in_turn, machine, median, ratio, run

HERE = Path(__file__).resolve().parent
MAPS = ("class_map", "maxprob", "entropy", "gap")


def job(folder: Path, side: int, kind: str, **fields: object) -> list[str]:
    """Write the request of one mapping run; gives the command that runs it."""
    request = {
        "input": [str(folder / f"raster_{side}.tif")],
        "model": str(folder / "unet_19.onnx"),
        "report": str(folder / f"report_{kind}_{side}.json"),
        "device": "cpu",
        **{name: str(folder / f"{kind}_{name}_{side}.tif") for name in MAPS},
        **fields,
    }
    path = folder / f"job_{kind}_{side}.json"
    path.write_text(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    return [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(path)]


def agreement(folder: Path, side: int) -> list[str]:
    """Share of pixels of the same class in the exact and the fast map."""
    import numpy as np
    import rasterio

    def read(kind: str, name: str) -> np.ndarray:
        with rasterio.open(folder / f"{kind}_{name}_{side}.tif") as dataset:
            return dataset.read(1)

    same = read("exact", "class_map") == read("fast", "class_map")
    sure = read("exact", "gap") > 0.1
    off = abs(read("exact", "maxprob") - read("fast", "maxprob"))
    return [
        f"  same class: {same.mean():.4%} of all pixels, {same[sure].mean():.4%} where gap > 0.1 "
        f"({sure.mean():.1%} of the map)",
        f"  highest probability differs by {off.mean():.5f} on average, {off.max():.4f} at most",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--side", type=int, default=4096)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    folder, side = options.folder, options.side
    run([sys.executable, str(HERE / "mapping_inputs.py"), str(folder), str(side)])
    reports = {kind: str(folder / f"report_{kind}_{side}.json") for kind in ("exact", "fast")}
    model, alone = str(folder / "unet_19.onnx"), str(HERE / "session_alone.py")
    runs = in_turn({
        "exact": job(folder, side, "exact"),
        "resume": job(folder, side, "resume", resume=True),
        "fast": job(folder, side, "fast", precision="fast"),
        "alone": [sys.executable, alone, model, str(side), reports["fast"], "fast"],
    }, options.pairs)  # fmt: skip
    cpu = {kind: [r.cpu_s for r in runs[kind]] for kind in ("exact", "resume", "fast")}
    session = [r.said["session_cpu_s"] for r in runs["alone"]]
    rows = [machine(), f"19 classes, {side} x {side} px, four maps, {options.pairs} pairs"]
    for kind, values in cpu.items():
        peak = median([r.peak_mb for r in runs[kind]])
        rows.append(
            f"  {kind}: {median(values) / side**2 * 1e6:.3f} cpu-s a Mpx, peak {peak:.0f} MB"
        )
    rows += [
        f"  resume / exact             {ratio(cpu['resume'], cpu['exact'])}",
        f"  exact / fast               {ratio(cpu['exact'], cpu['fast'])}",
        f"  fast: session alone / ours {ratio(session, cpu['fast'])}",
        f"  device of fast: {json.loads(Path(reports['fast']).read_text())['device']}",
    ]
    print("\n".join([*rows, *agreement(folder, side)]))


if __name__ == "__main__":
    main()
