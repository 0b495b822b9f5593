# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to a land-cover map on a picture of the QGIS canvas, all under ``build/demo``.

``scripts/demo`` runs it with the system's Python, after ``make setup``: sample data and the map
through qgis_process, the training in the worker, as a user's jobs would run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import List, Sequence

from setup_environments import BUILD, ENTRY, ROOT, _contract_runtime

DEMO = BUILD / "demo"
SAMPLE = DEMO / "sample"
MODEL = DEMO / "model.onnx"
MAPS = ("CLASS", "MAXPROB", "ENTROPY", "GAP")


def main() -> int:
    """Run every step; a failing one ends the demo with its status."""
    began = time.monotonic()
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.mkdir(parents=True)
    python = worker_python()
    step("1/5 Generating sample data (nothing in it was measured)")
    qgis_process("createsampledata", ["SIZE=small", "SEED=42", f"OUTPUT={SAMPLE}"])
    step("2/5 Training a U-Net on it")
    train(python)
    step("3/5 Mapping the sample scene")
    classify()
    step("4/5 Comparing the map with the truth that the generator knows")
    call([python, "-I", str(ROOT / "scripts" / "compare_maps.py"), *truth_and_map()])
    step("5/5 Drawing the QGIS canvas")
    picture = DEMO / "canvas.png"
    maps = [str(map_path("CLASS")), str(map_path("ENTROPY"))]
    call([str(ROOT / "scripts" / "canvas_picture"), *maps, str(picture)])
    print(f"\nDone in {time.monotonic() - began:.0f} s. Everything is in {DEMO}:")
    for path in (picture, DEMO / "preview.png", map_path("CLASS"), MODEL, DEMO / "report.json"):
        print(f"  {path.relative_to(ROOT)}")
    return 0


def step(text: str) -> None:
    """Say what comes."""
    print(f"\n== {text}", flush=True)


def worker_python() -> str:
    """The interpreter that the plugin would take."""
    if os.environ.get("COVERLOOM_PYTHON"):
        return os.environ["COVERLOOM_PYTHON"]
    folder = Path(os.environ.get("COVERLOOM_RUNTIME") or BUILD / "runtime")
    runtime = _contract_runtime()
    found = runtime.find_environment(folder)
    if found.state != runtime.COMPLETE:
        sys.exit(f"{found.reason} Run 'make setup'.")
    return str(found.python)


def qgis_process(algorithm: str, parameters: Sequence[str]) -> None:
    """Run an algorithm headless, as ``qgis_process run`` does."""
    program = str(ROOT / "scripts" / "qgis_process")
    options = [f"--{parameter}" for parameter in parameters]
    call([program, "run", f"coverloom:{algorithm}", *options])


def train(python: str) -> None:
    """Train in the worker, without QGIS, and show what its events say."""
    request = {"archive": str(SAMPLE / "bigearthnet_v2"), "model": str(MODEL)}
    job = DEMO / "train.json"
    job.write_text(json.dumps({"schema": 1, "job": "trainsample", "request": request}, indent=2))
    with (
        (DEMO / "train.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(  # noqa: S603
            [python, "-I", str(ENTRY), str(job)], stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        for line in process.stdout or ():
            event = json.loads(line)
            if event["event"] in ("message", "failure"):
                said = (event.get(key) for key in ("text", "what", "remedy"))
                print("  " + " ".join(text for text in said if text), flush=True)
    if process.returncode != 0:
        sys.exit(process.returncode)


def classify() -> None:
    """Map the scene's class, its uncertainty, a preview and a report."""
    outputs = [f"{key}={map_path(key)}" for key in MAPS]
    files = [f"PREVIEW={DEMO / 'preview.png'}", f"REPORT={DEMO / 'report.json'}"]
    scene = SAMPLE / "scene" / "sentinel2.tif"
    qgis_process("classifyraster", [f"INPUT={scene}", f"MODEL={MODEL}", *outputs, *files])


def truth_and_map() -> List[str]:
    """What the comparison takes: map, truth, and where the sky was clear."""
    scene = SAMPLE / "scene"
    paths = (map_path("CLASS"), scene / "truth_ben19.tif", scene / "clear_mask.tif", MODEL)
    return [str(path) for path in paths]


def map_path(key: str) -> Path:
    """Where a map of the demo goes."""
    return DEMO / f"{key.lower()}.tif"


def call(command: Sequence[str]) -> None:
    """Run a program; if it fails, the demo ends with its status."""
    status = subprocess.run(list(command), check=False).returncode  # noqa: S603
    if status != 0:
        sys.exit(status)


if __name__ == "__main__":
    sys.exit(main())
