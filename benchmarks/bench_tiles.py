# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a Sentinel-2 tile: how much of a mapping run's CPU, and how often each JP2 is decoded.

``python benchmarks/bench_tiles.py --folder build/bench [--side 4104] [--pairs 5] [--patches]``

The product is made up: ten bands, JPEG 2000 tiles of 1024 px (10 m) and 640 px (20 m) as ESA's, and
about 9 bits a pixel. ``--side 10980`` is a whole tile; ``--patches`` maps it with a small model of
120 px patches, 60 px apart, instead.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from measure import ROOT, in_turn, machine, median, ratio, run

HERE = Path(__file__).resolve().parent
BANDS = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12")


def make_product(folder: Path, side: int) -> None:
    """Write a SAFE folder whose pictures take about as many bits a pixel as real ones."""
    from coverloom.tests.data.make_safe import NATIVE, TILE, TIME, metadata, write_jp2

    root = folder / f"S2A_MSIL2A_{side}.SAFE"
    rng = np.random.default_rng(0)
    for band in BANDS:
        metres = NATIVE[band]
        file = root / f"GRANULE/L2A_{TILE}/IMG_DATA/R{metres}m/{TILE}_{TIME}_{band}_{metres}m.jp2"
        if not file.exists():
            size = side * 10 // metres
            coarse = rng.integers(1300, 4000, (size // 16 + 1, size // 16 + 1)).astype("uint16")
            pixels = coarse.repeat(16, axis=0).repeat(16, axis=1)[:size, :size]
            pixels = pixels + rng.integers(0, 200, pixels.shape, dtype="uint16")
            write_jp2(file, pixels, metres, 1024 if metres == 10 else 640, resolutions=6)
    (root / "MTD_MSIL2A.xml").write_text(metadata(), encoding="utf-8")


def decode_once(product: Path) -> None:
    """Decode every picture once, tile by tile."""
    import rasterio

    for file in sorted(product.rglob("*.jp2")):
        with rasterio.open(file) as dataset:
            for _, window in dataset.block_windows(1):
                dataset.read(1, window=window)


def read_as_mapped(product: Path, model: Path) -> None:
    """Read the scene in the order, and with the cache, of a mapping run, and do nothing else."""
    import rasterio
    from coverloom.engine.inference.open_network import open_cropped
    from coverloom.engine.inference.settings import Wishes, choose_settings
    from coverloom.engine.model_file import read_model
    from coverloom.engine.scenes.scene import open_scene

    card = read_model(str(model)).card
    network = open_cropped(model, card)
    wishes = Wishes(cropped=network.activation_bytes if network else None)
    with open_scene([str(product)], card, "", lambda event: None) as scene:
        size = scene.grid.height, scene.grid.width
        settings = choose_settings(
            model, card, size, scene.grid.window, scene, scene.dtype, wishes,
            lambda event: None,
        )  # fmt: skip
        began, before = time.perf_counter(), time.process_time()
        with rasterio.Env(GDAL_CACHEMAX=settings.cache_mb * 1_000_000):
            scene.follow([chunk.read for chunk in settings.plan])
            for chunk in settings.plan:
                scene.read(chunk.read)
    spent = time.process_time() - before
    facts = {"cache_mb": settings.cache_mb, "kept_mb": settings.kept_mb, "core": settings.plan.core,
             "side_by_side": settings.plan.band_width, "block": scene.block}  # fmt: skip
    print(json.dumps({**facts, "cpu_s": spent, "wall_s": time.perf_counter() - began}))


def make_patch_model(path: Path) -> None:
    """Write a small classifier of 120 px patches, untrained."""
    from coverloom.engine.core.band import Band
    from coverloom.engine.model_file import save_model
    from coverloom.tests.data.make_models import card_for, patch_net

    card = card_for(BANDS, [f"Class {i}" for i in range(19)], task="patch", activation="sigmoid",
                    output="probabilities", patch=(120, 120), dynamic_space=False,
                    resolution=10.0)  # fmt: skip
    card = replace(card, bands=tuple(Band(name, mean=1600.0, std=800.0) for name in BANDS))
    save_model(patch_net(len(BANDS), 19, size=120), card, path)


def commands(folder: Path, side: int, model_name: str = "unet_19") -> dict[str, list[str]]:
    """What is compared, each a process of its own."""
    product, model = folder / f"S2A_MSIL2A_{side}.SAFE", folder / f"{model_name}.onnx"
    maps = {n: str(folder / f"s2_{n}.tif") for n in ("class_map", "maxprob", "entropy", "gap")}
    request = {"input": [str(product)], "model": str(model), "device": "cpu",
               "report": str(folder / "s2_report.json"), **maps}  # fmt: skip
    job = folder / "job_s2.json"
    job.write_text(json.dumps({"schema": 1, "job": "classifysentinel2", "request": request}))
    here = [sys.executable, str(HERE / "bench_tiles.py"), "--folder", str(folder)]
    here += ["--side", str(side)]
    return {
        "decode": [*here, "--only", "decode"],
        "read": [*here, "--only", "read"],
        "map": [sys.executable, "-I", str(ROOT / "engine" / "__main__.py"), str(job)],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--side", type=int, default=4104)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--patches", action="store_true", help="a model of whole patches instead")
    parser.add_argument("--only", choices=("decode", "read", "make"))
    options = parser.parse_args()
    product = options.folder / f"S2A_MSIL2A_{options.side}.SAFE"
    if options.only == "make":
        return make_product(options.folder, options.side)
    if options.only == "decode":
        return decode_once(product)
    if options.only == "read":
        return read_as_mapped(product, options.folder / "unet_19.onnx")
    run([sys.executable, str(HERE / "mapping_inputs.py"), str(options.folder)])
    make_product(options.folder, options.side)
    if options.patches:
        make_patch_model(options.folder / "patch_19.onnx")
        done = run(commands(options.folder, options.side, "patch_19")["map"])
        report = json.loads((options.folder / "s2_report.json").read_text())
        print(machine())
        print(
            f"{report['patches']} patches: {done.cpu_s:.0f} cpu-s, {done.wall_s:.0f} s, peak "
            f"memory {done.peak_mb:.0f} MB, cores of {report['chunks']['core_px']} px"
        )
        return None
    runs = in_turn(commands(options.folder, options.side), options.pairs)
    mpx = options.side**2 / 1e6
    cpu = {name: [r.cpu_s for r in done] for name, done in runs.items()}
    print(machine())
    print(f"{options.side} x {options.side} px, 10 bands; {runs['read'][0].said}")
    for name, spent in cpu.items():
        print(f"  {name:7s} {median(spent) / mpx:.3f} cpu-s a Mpx")
    print(f"  read / decode once  {ratio(cpu['read'], cpu['decode'])}")
    print(f"  read / map          {ratio(cpu['read'], cpu['map'])}")
    print(f"  peak memory of the worker {median([r.peak_mb for r in runs['map']]):.0f} MB")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tests"))
    import conftest  # noqa: F401  (registers this checkout as coverloom)

    main()
