# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole tile on a GPU: end to end, and the network alone on the same windows.

``python benchmarks/bench_gpu.py --folder build/bench [--side 10980] [--pairs 5]``

Seconds by the clock, for what a GPU does is no processor time: run it with nothing else on the
machine. ``--device cpu --side 1024`` tries the script itself where there is no GPU.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import groupby
from pathlib import Path

import numpy as np
from measure import ROOT, in_turn, machine, median, ratio, run

HERE = Path(__file__).resolve().parent
MAPS = ("class_map", "maxprob", "entropy", "gap")


def job(folder: Path, side: int, device: str, precision: str) -> list[str]:
    """Write the request of one mapping run; gives the command that runs it."""
    request = {
        "input": [str(folder / f"raster_{side}.tif")], "model": str(folder / "unet_19.onnx"),
        "report": str(folder / f"report_gpu_{side}.json"), "device": device,
        "precision": precision,
        **{name: str(folder / f"gpu_{name}_{side}.tif") for name in MAPS},
    }  # fmt: skip
    path = folder / f"job_gpu_{side}.json"
    path.write_text(json.dumps({"schema": 1, "job": "classifyraster", "request": request}))
    return [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(path)]


def batches(chunks: dict, card: object, side: int) -> list[tuple[int, tuple[int, int]]]:
    """Number and shape of the windows of each inference of a run, in its order."""
    from coverloom.engine.core.window import Window
    from coverloom.engine.inference.plan import ChunkPlan

    whole = Window(0, 0, side, side)
    plan = ChunkPlan(side, side, whole, chunks["core_px"], chunks["halo_px"], card.stride)
    found = []
    for shape, alike in groupby(chunk.shape for chunk in plan):
        count, most = len(list(alike)), chunks["batch"]
        found += [(min(most, count - first), shape) for first in range(0, count, most)]
    return found


def alone(folder: Path, side: int, device: str, precision: str) -> None:
    """Run the fused graph on a run's windows, numbers and maps staying on the device."""
    import onnx
    import onnxruntime
    from coverloom.engine.inference.device import on_gpu, wanted_providers
    from coverloom.engine.inference.fused_graph import INPUT, OUTPUT
    from coverloom.engine.inference.fused_network import FusedNetwork
    from coverloom.engine.inference.half import in_half_precision
    from coverloom.engine.model_file import read_model

    chunks = json.loads((folder / f"report_gpu_{side}.json").read_text())["chunks"]
    path = folder / "unet_19.onnx"
    card, proto = read_model(str(path)).card, onnx.load(str(path))
    proto = in_half_precision(proto) if precision == "fast" else proto
    network = FusedNetwork(proto, card, np.dtype("uint16"), wanted_providers(device, 0))
    place = "cuda" if on_gpu(network.device) else "cpu"
    session, todo, bound = network._session, batches(chunks, card, side), {}
    rng = np.random.default_rng(0)
    for count, shape in set(todo):
        windows = rng.integers(1, 3000, (count, len(card.bands) + 1, *shape), dtype=np.uint16)
        binding = session.io_binding()
        value = onnxruntime.OrtValue
        binding.bind_ortvalue_input(INPUT, value.ortvalue_from_numpy(windows, place, 0))
        maps = value.ortvalue_from_shape_and_type([count, 4, *shape], np.float32, place, 0)
        binding.bind_ortvalue_output(OUTPUT, maps)
        bound[count, shape] = binding
        session.run_with_iobinding(binding)
    began = time.perf_counter()
    for key in todo:
        session.run_with_iobinding(bound[key])
        bound[key].synchronize_outputs()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "device": network.device, "runs": len(todo)}))


def rows(folder: Path, side: int, runs: dict) -> list[str]:
    """What was measured."""
    report = json.loads((folder / f"report_gpu_{side}.json").read_text())
    walls, chunks = [r.wall_s for r in runs["ours"]], report["chunks"]
    session = [r.said["seconds"] for r in runs["alone"]]
    place, span = runs["alone"][0].said["device"], f"{min(walls):.2f} to {max(walls):.2f}"
    return [
        f"{side} x {side} px, 10 bands, 19 classes, four maps, on {report['device']}, alone on "
        f"{place}; core {chunks['core_px']} px, batch {chunks['batch']}",
        f"  end to end                 {median(walls):.2f} s ({span})",
        f"  network alone              {median(session):.2f} s",
        f"  network alone / end to end {ratio(session, walls)}",
        f"  stages of the last run     {json.dumps(report['seconds'])}",
        f"  peak memory of the worker  {median([r.peak_mb for r in runs['ours']]):.0f} MB",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--side", type=int, default=10980)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--precision", choices=("exact", "fast"), default="exact")
    parser.add_argument("--only", choices=("alone",))
    options = parser.parse_args()
    folder, side, device = options.folder, options.side, options.device
    if options.only:
        return alone(folder, side, device, options.precision)
    from coverloom.engine.runtime.gpu import find_gpus

    gpus = find_gpus()
    if device == "cuda" and not gpus:
        return print("There is no GPU here: nothing was measured.")
    run([sys.executable, str(HERE / "mapping_inputs.py"), str(folder), str(side)])
    again = [sys.executable, __file__, "--folder", str(folder), "--side", str(side)]
    again += ["--device", device, "--precision", options.precision, "--only", "alone"]
    ours = job(folder, side, device, options.precision)
    runs = in_turn({"ours": ours, "alone": again}, options.pairs)
    print("\n".join([machine(), *map(str, gpus), *rows(folder, side, runs)]))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401  (registers this checkout as coverloom)

    main()
