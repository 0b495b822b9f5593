# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate patches as BigEarthNet v2 has them, with their index.

    make_patches.py FOLDER N [FILES]

With FILES only so many patches get files, and the index names them in turn: long runs without an
archive as long.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("_entry", ROOT / "engine" / "__main__.py")
entry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(entry)
entry.register_package()

import numpy as np  # noqa: E402
import rasterio  # noqa: E402
from coverloom.engine.patches.footprints import tile_origin  # noqa: E402
from coverloom.engine.patches.index import rows_table, write_index  # noqa: E402
from coverloom.engine.patches.row import MAP, PX  # noqa: E402
from coverloom.tests.data.make_archive import TILE, v2_row  # noqa: E402
from rasterio.crs import CRS  # noqa: E402
from rasterio.transform import from_origin  # noqa: E402

CODES = (111, 211, 231, 311, 312, 512, 999)
DISTINCT = 64  # patches whose pixels are made; the others hold the same bytes


def make(root: Path, count: int, files: int) -> None:
    """Write ``files`` patches, and an index of ``count`` that names them in turn."""
    rng = np.random.default_rng(0)
    crs, rows, written = CRS.from_epsg(tile_origin(TILE)[0]), [], {}
    for number in range(min(count, files)):
        h, v = number % 91, number // 91
        row = v2_row(root, h, v, split="train", country="Austria")
        for band, px in PX.items():
            key = band, number % DISTINCT
            if key not in written:
                written[key] = _pixels(rng, band, px)
            path = Path(row.file(band))
            path.parent.mkdir(parents=True, exist_ok=True)
            more = {"compress": "deflate"} if band == MAP else {}
            with rasterio.open(
                path, "w", driver="GTiff", width=px, height=px, count=1, crs=crs,
                dtype=written[key].dtype, nodata=None if band in ("VV", "VH") else 0,
                transform=from_origin(row.ulx, row.uly, 1200 / px, 1200 / px), **more,
            ) as target:  # fmt: skip
                target.write(written[key], 1)
        rows.append(row)
    for number in range(files, count):
        row = rows[number % files]
        rows.append(dataclasses.replace(row, patch_id=f"{row.patch_id}_{number // files}"))
    parts = {"s2": "BigEarthNet-S2", "s1": "BigEarthNet-S1", "maps": "Reference_Maps"}
    roots = {name: str(root / folder) for name, folder in parts.items()}
    write_index(str(root / "index.parquet"), [rows_table(rows)], roots, {"by": "metadata"})


def _pixels(rng: np.random.Generator, band: str, px: int) -> np.ndarray:
    """Patches of land with noise, as hard to compress as real ones."""
    if band == MAP:
        return np.kron(rng.choice(CODES, (4, 4)), np.ones((30, 30), int)).astype(np.uint16)
    if band in ("VV", "VH"):
        return rng.normal(-12 if band == "VV" else -19, 4, (px, px)).astype(np.float32)
    fields = np.kron(rng.uniform(500, 3000, (4, 4)), np.ones((px // 4, px // 4)))
    return np.clip(fields + rng.normal(0, 80, (px, px)), 1, None).astype(np.uint16)


if __name__ == "__main__":
    number = int(sys.argv[2])
    make(Path(sys.argv[1]), number, int(sys.argv[3]) if len(sys.argv) > 3 else number)
