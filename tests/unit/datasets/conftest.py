# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches and a small archive, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import List

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.jobs import JOBS
from coverloom.engine.datasets.patch import DatasetPatch, Layout
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.index import rows_table, write_index
from coverloom.engine.patches.row import MAP, PX, PatchRow
from coverloom.tests.data.make_archive import v2_row, write_band

S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12")
NAMES = ("Arable land", "Pastures", "Mixed forest", "Marine waters")


def _random_patch(number: int, layout: Layout, rng: np.random.Generator) -> DatasetPatch:
    arrays = {}
    for name in layout.arrays:
        values = rng.uniform(0, 4000, layout.shape(name))
        arrays[name] = values.astype(layout.dtype)
    present = rng.integers(0, 2, len(layout.classes)).astype(np.uint8)
    return DatasetPatch(
        patch_id=f"S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP_26_{number:02d}",
        arrays=arrays,
        label=rng.integers(0, 19, layout.size).astype(np.uint8) if layout.pixels else None,
        scene=present if layout.classes else None,
        epsg=32633,
        transform=(10.0, 0.0, 331200.0 + 1200 * number, 0.0, -10.0, 5331600.0),
        limits={name: (0.0, 4000.5) for name in arrays} if layout.limits else {},
        facts={"country": "Österreich", "date_s2": "20170613", "split": "train"},
    )


@pytest.fixture
def layout() -> Layout:
    arrays = {"s1_data": ("VV", "VH"), "s2_data": S2}
    return Layout(arrays, "float32", (120, 120), True, NAMES, "ben19_v1")


def _same(one: DatasetPatch, two: DatasetPatch) -> bool:
    """Equal to the last bit, NaN included."""
    arrays = one.arrays.keys() == two.arrays.keys() and all(
        one.arrays[n].dtype == two.arrays[n].dtype
        and np.array_equal(one.arrays[n], two.arrays[n], equal_nan=True)
        for n in one.arrays
    )
    labels = all(
        (a is None and b is None) or np.array_equal(a, b)
        for a, b in ((one.label, two.label), (one.scene, two.scene))
    )
    rest = ("patch_id", "epsg", "transform", "limits", "facts")
    return arrays and labels and all(getattr(one, k) == getattr(two, k) for k in rest)


@pytest.fixture(scope="session")
def random_patch():
    """``random_patch(number, layout, rng)``."""
    return _random_patch


@pytest.fixture(scope="session")
def same():
    """``same(one, two)``: equal to the last bit, NaN included."""
    return _same


@dataclass(frozen=True)
class Archive:
    """A generated BigEarthNet v2 archive with its index.

    Args:
        root: Its folder.
        index: Path of the patch index.
        rows: The index's rows.
    """

    root: Path
    index: str
    rows: List[PatchRow]

    def row(self, patch_id: str) -> PatchRow:
        return next(row for row in self.rows if row.patch_id == patch_id)

    def pixels(self, patch_id: str, band: str) -> np.ndarray:
        """One file, read by rasterio."""
        with rasterio.open(self.row(patch_id).file(band)) as source:
            return source.read(1)


@pytest.fixture(scope="session")
def crcs():
    """Path to CRC-32C of each file of a dataset, by its card."""
    return lambda folder: {file.path: file.crc32c for file in open_dataset(folder).card.files}


# By the official rule: along the tile's border train, in the middle test.
PLACES = [(h, 0) for h in range(12)] + [(h, 17) for h in range(17, 21)]
PLACES += [(h, 45) for h in range(45, 49)]
CODES = (111, 211, 231, 311, 312, 512, 523, 999)


def _write_band(row: PatchRow, band: str, px: int, rng: np.random.Generator) -> None:
    """One file of a patch, with pixels drawn at random."""
    if band == MAP:
        pixels = np.kron(rng.choice(CODES, (4, 4)), np.ones((30, 30), int)).astype("u2")
    elif band in ("VV", "VH"):
        pixels = rng.normal(-12 if band == "VV" else -19, 4, (px, px)).astype("f4")
    else:
        pixels = rng.integers(1, 4000, (px, px)).astype("u2")
    options = {"compress": "deflate"} if band == MAP else {}
    nodata = None if pixels.dtype == "f4" else 0
    folder = Path(row.file(band)).parent
    write_band(folder, band, pixels, row.tile, (row.h, row.v), nodata=nodata, **options)


def make_archive(root: Path, made: str = "metadata") -> Archive:
    rng = np.random.default_rng(0)
    rows = [
        v2_row(
            root, h, v, country="Austria" if h % 2 else "Finland",
            contains_seasonal_snow=h == 11, contains_cloud_or_shadow=h == 10,
        )
        for h, v in PLACES
    ]  # fmt: skip
    for row in rows:
        for band, px in PX.items():
            _write_band(row, band, px, rng)
    index = str(root / "index.parquet")
    parts = ("BigEarthNet-S2", "BigEarthNet-S1", "Reference_Maps")
    roots = dict(zip(("s2", "s1", "maps"), (str(root / part) for part in parts)))
    write_index(index, [rows_table(rows)], roots, {"by": made})
    return Archive(root, index, rows)


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Archive:
    """Twenty patches: 12 train, 4 validation, 4 test. Not to be changed."""
    return make_archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture
def own_archive(tmp_path) -> Archive:
    """The same, to be damaged."""
    return make_archive(tmp_path / "archive")


@pytest.fixture(scope="session")
def run_job():
    """``run_job(name, **fields)``: the outputs; events go to ``run_job.events``."""

    def run(name, **fields):
        run.events = []
        job = JOBS.load(name).from_fields(
            {"workers": 1, **fields} if name != "describedataset" else fields
        )
        job.validate()
        return import_module(f"coverloom.engine.jobs.{name}").run(job, run.events.append)

    return run


@pytest.fixture
def archive_by_discovery(tmp_path) -> Archive:
    """An archive whose pairs come from names and dates, not from the metadata."""
    return make_archive(tmp_path / "found", made="discovery")
