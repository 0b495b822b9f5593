# SPDX-License-Identifier: GPL-3.0-or-later
"""Speed of indexing the official metadata, and of reading patches, against plain rasterio.

    python benchmarks/bench_patches.py [PATCHES]

Needs the folder of real data (``COVERLOOM_REAL_DATA``, as in tests/conftest.py). PATCHES copies
of its patch files, 200 unless said, are made in a temporary folder. Reading is measured in turns,
ours and the ordinary loop, five times.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, List


def _register() -> None:
    main = Path(__file__).resolve().parents[1] / "engine" / "__main__.py"
    spec = importlib.util.spec_from_file_location("_entry", main)
    entry = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(entry)
    entry.register_package()


_register()

from coverloom.engine.contract.jobs.indexbigearthnet import IndexBigEarthNet  # noqa: E402
from coverloom.engine.core.storage import Storage  # noqa: E402
from coverloom.engine.jobs.indexbigearthnet import run  # noqa: E402
from coverloom.engine.patches.pixels import read_patch  # noqa: E402
from coverloom.engine.patches.resample import resample  # noqa: E402
from coverloom.engine.patches.row import FILES, MAP, PatchRow  # noqa: E402


def bench_index(data: Path, folder: Path) -> None:
    """Index all official rows once."""
    began, cpu = time.perf_counter(), time.process_time()
    archive = str(data / "bigearthnet_v2")
    request = IndexBigEarthNet(archive, str(folder / "index.parquet"), metadata=archive)
    counts = run(request, lambda event: None)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"index: {counts['PATCHES']} rows, {counts['PAIRS']} pairs in "
        f"{time.perf_counter() - began:.1f} s ({time.process_time() - cpu:.1f} cpu-s), "
        f"peak {peak:.0f} MB"
    )


def copies(data: Path, folder: Path, count: int) -> List[PatchRow]:
    """``count`` patches, each with the real files of 12 + 2 + 1 bands under one name."""
    source = {}
    for path in (data / "bigearthnet_v2").rglob("*.tif"):
        band = next(name for name in FILES if path.name.endswith(f"_{name}.tif"))
        source[band] = path
    rows = []
    for number in range(count):
        patch = folder / "patches" / f"p{number:05d}"
        patch.mkdir(parents=True)
        for band, path in source.items():
            shutil.copyfile(path, patch / f"{patch.name}_{band}.tif")
        rows.append(
            PatchRow(patch.name, s2_path=str(patch), s1_path=str(patch), map_path=str(patch))
        )
    return rows


def with_rasterio(rows: List[PatchRow]) -> None:
    """The ordinary loop: one ``rasterio.open`` a file."""
    import rasterio

    for row in rows:
        for band in FILES:
            with rasterio.open(row.file(band)) as source:
                source.read(1)


def with_ours(rows: List[PatchRow]) -> None:
    """``read_patch``."""
    storage = Storage()
    for row in rows:
        read_patch(row, FILES, storage)


def with_resampling(rows: List[PatchRow]) -> None:
    """``read_patch``, and all bands brought to 120 px."""
    storage = Storage()
    for row in rows:
        for band, pixels in read_patch(row, FILES, storage).items():
            if band != MAP:
                resample(pixels, 120, "bilinear")


def per_patch(work: Callable[[List[PatchRow]], None], rows: List[PatchRow]) -> float:
    """CPU milliseconds a patch."""
    began = time.process_time()
    work(rows)
    return (time.process_time() - began) / len(rows) * 1000


def bench_reading(rows: List[PatchRow]) -> None:
    """Median of five paired runs."""
    ways = (with_rasterio, with_ours, with_resampling)
    figures = {way.__name__: [] for way in ways}
    for _ in range(5):
        for way in ways:
            figures[way.__name__].append(per_patch(way, rows))
    for name, values in figures.items():
        print(f"{name}: {statistics.median(values):.2f} cpu-ms a patch (15 files)")
    ratio = [a / b for a, b in zip(figures["with_rasterio"], figures["with_ours"])]
    print(f"rasterio / ours: {statistics.median(ratio):.1f}")


def main() -> None:
    """Run both."""
    root = Path(__file__).resolve().parents[1]
    data = Path(os.environ.get("COVERLOOM_REAL_DATA", root.parent / "shared" / "data"))
    if not data.is_dir():
        print(f"No real data at {data}; set COVERLOOM_REAL_DATA.")
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        bench_index(data, Path(folder))
        bench_reading(copies(data, Path(folder), count))


if __name__ == "__main__":
    main()
