# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousandth of the official archive: 480,038 official rows, files for the patches it takes."""

from __future__ import annotations

import collections
import json
from importlib import import_module

import numpy as np
import pyarrow.parquet as pq
import pytest
from coverloom.engine.contract.errors import UnusablePatch
from coverloom.engine.contract.jobs import JOBS
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.names import parse
from coverloom.tests.data.make_archive import write_band


@pytest.fixture(scope="module")
def official(real_data):
    """patch_id to row of the official table of clean patches."""
    columns = ["patch_id", "split", "labels", "country"]
    table = pq.read_table(real_data / "bigearthnet_v2" / "metadata.parquet", columns=columns)
    return {row["patch_id"]: row for row in table.to_pylist()}


def write_patch(root, patch_id, rng):
    """Its 60 m coast band and its map; returns the band's pixels."""
    name = parse(patch_id)
    place = name.tile, (name.h, name.v)
    pixels = rng.integers(1, 4000, (20, 20), dtype=np.uint16)
    write_band(root / "BigEarthNet-S2" / name.scene / patch_id, "B01", pixels, *place, nodata=0)
    codes = rng.choice(np.array([211, 312, 999], np.uint16), (120, 120))
    folder = root / "Reference_Maps" / name.scene / patch_id
    write_band(folder, "reference_map", codes, *place, nodata=0)
    return pixels


def test_a_thousandth_of_the_official_metadata(tmp_path, real_data, official, run_job):
    root = tmp_path / "archive"
    for part, name in (("BigEarthNet-S2", "S2A_MSIL2A_20170613T101031_N9999_R022_T33UUP"),
                       ("Reference_Maps", "x")):  # fmt: skip
        (root / part / name).mkdir(parents=True)
    index = str(tmp_path / "index.parquet")
    request = JOBS.load("indexbigearthnet").from_fields(
        {"root": str(root), "output": index,
         "metadata": str(real_data / "bigearthnet_v2" / "metadata.parquet")}
    )  # fmt: skip
    import_module("coverloom.engine.jobs.indexbigearthnet").run(request, lambda event: None)
    fields = {
        "index": index, "output": str(tmp_path / "out"), "bands": ["B01"],
        "fraction": 0.001, "resampling": "nearest", "format": "npz",
    }  # fmt: skip
    with pytest.raises(UnusablePatch, match="None of the 480 patches"):
        run_job("exportdataset", **fields)
    log = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert {entry["status"] for entry in log} == {"MissingBand"}
    rng = np.random.default_rng(0)
    written = {entry["id"]: write_patch(root, entry["id"], rng) for entry in log}
    assert len(written) == 480

    done = run_job("exportdataset", **fields)
    assert (done["WRITTEN"], done["FAILED"]) == (480, 0)
    dataset = open_dataset(tmp_path / "out")
    assert dataset.card.splits == {"train": 238, "validation": 122, "test": 120}
    found = collections.Counter()
    for split in dataset.card.splits:
        for number in dataset.split(split):
            patch = dataset[number]
            row = official[patch.patch_id]
            assert (row["split"], row["country"]) == (split, patch.facts["country"])
            expected = np.kron(written[patch.patch_id], np.ones((6, 6)))
            assert np.array_equal(patch.arrays["s2_data"][..., 0], expected)
            found[patch.patch_id] += 1
    assert set(found) == set(written)
    assert max(found.values()) == 1
