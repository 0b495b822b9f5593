# SPDX-License-Identifier: GPL-3.0-or-later
"""From nothing to a land-cover map on a picture of the QGIS canvas, all under ``build/demo``.

``scripts/demo`` runs it with the system's Python, after ``make setup``: sample data and the map
through qgis_process, as a user's jobs would run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import List, Sequence

from setup_environments import BUILD, ROOT, _contract_runtime

DEMO = BUILD / "demo"
SAMPLE = DEMO / "sample"
MODEL = DEMO / "model.onnx"
BANDS = "B02,B03,B04,B05,B06,B07,B08,B8A,B11,B12"
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
    train()
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


def train() -> None:
    """Index the archive, export it as a dataset, and train on that."""
    archive, index, dataset = SAMPLE / "bigearthnet_v2", DEMO / "index.parquet", DEMO / "dataset"
    metadata = f"METADATA={archive / 'metadata.parquet'}"
    qgis_process("indexbigearthnet", [f"ROOT={archive}", metadata, f"OUTPUT={index}"])
    stored = ["DTYPE=uint16", "RESAMPLING=nearest", "STATISTICS=official"]
    qgis_process(
        "exportdataset", [f"INDEX={index}", f"BANDS={BANDS}", *stored, f"OUTPUT={dataset}"]
    )
    how = ["EPOCHS=12", "LEARNING_RATE=0.006", "VALIDATE_EVERY=3", "SEED=42", "LICENCE=CC0-1.0"]
    outputs = [f"RUN={DEMO / 'run'}", f"MODEL={MODEL}"]
    qgis_process("trainmodel", [f"DATASET={dataset}", *how, *outputs])


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
