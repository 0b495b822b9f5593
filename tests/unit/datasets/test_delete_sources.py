# SPDX-License-Identifier: GPL-3.0-or-later
"""DELETE_SOURCES: only true pairs, only after reading back, and with a dry run."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import CardMismatch, DamagedDataset, InvalidRequest
from coverloom.engine.datasets.encoding import band_codes
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.jobs.patch_export import PatchMaker, SourceDeleter

from .runs import ENTRY, contents, log_of


def test_sources_are_deleted_only_after_a_true_reading_back(tmp_path, own_archive, run_job):
    fields = {"index": own_archive.index, "output": str(tmp_path / "out"), "bands": ["B02", "VV"]}
    files = {path: path.stat().st_size for path in own_archive.root.rglob("*.tif")}
    run_job("exportdataset", **fields, delete_sources=True, dry_run=True)
    assert {path: path.stat().st_size for path in own_archive.root.rglob("*.tif")} == files
    entries = log_of(tmp_path / "out")
    named = {name for entry in entries for name in entry["files"]}
    gone = {str(p) for p in files if p.stem.endswith(("_B02", "_VV", "_reference_map"))}
    assert named == gone
    size = sum(files[Path(name)] for name in gone) / 1e6
    assert sum(entry["would_delete_mb"] for entry in entries) == pytest.approx(size, abs=1e-4)
    other = {**fields, "output": str(tmp_path / "other")}
    run_job("exportdataset", **other, delete_sources=True)
    left = {str(path) for path in own_archive.root.rglob("*.tif")}
    assert left == {str(path) for path in files} - gone
    assert len(open_dataset(tmp_path / "other")) == 20
    # Going on afterwards must not write the patches again from sources that are gone.
    assert run_job("exportdataset", **other, delete_sources=True)["WRITTEN"] == 20


def test_a_dry_run_may_be_followed_by_the_deletion(tmp_path, own_archive, run_job):
    """The same folder: the shards are there already, and still their sources must go."""
    fields = {"index": own_archive.index, "output": str(tmp_path / "out"), "bands": ["VV"]}
    run_job("exportdataset", **fields, delete_sources=True, dry_run=True)
    said = [event.text for event in run_job.events if hasattr(event, "level")]
    assert any("40 source files" in text and "would be deleted" in text for text in said)
    before = contents(tmp_path / "out")
    run_job("exportdataset", **fields, delete_sources=True)
    said = [event.text for event in run_job.events if hasattr(event, "level")]
    assert any("40 source files" in text and "were deleted" in text for text in said)
    assert not any("would be deleted" in text for text in said)
    assert all("would_delete_mb" not in entry for entry in log_of(tmp_path / "out"))
    assert contents(tmp_path / "out") == before
    assert not list(own_archive.root.rglob("*_VV.tif"))


@pytest.mark.parametrize("times", [1, 2])
def test_a_kill_between_two_deletions_loses_no_patch(tmp_path, own_archive, run_job, times):
    """Written again from what is left, the shard would lack the patches deleted before."""
    fields = {
        "index": own_archive.index, "output": str(tmp_path / "out"), "bands": ["B02", "VV"],
        "delete_sources": True, "shard_size": 6, "workers": 1,
    }  # fmt: skip
    whole = {**fields, "output": str(tmp_path / "whole"), "delete_sources": False}
    run_job("exportdataset", **whole)
    envelope = {"schema": 1, "job": "exportdataset", "request": fields}
    (tmp_path / "job.json").write_text(json.dumps(envelope))
    files = len(list(own_archive.root.rglob("*.tif")))
    for _ in range(times):
        killed = subprocess.run(
            [sys.executable, "-I", str(ENTRY), str(tmp_path / "job.json")],
            env={**os.environ, "COVERLOOM_FAULT": "after:delete"}, capture_output=True, check=False,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL
        assert len(list(own_archive.root.rglob("*.tif"))) == files - 3  # one patch's
    result = run_job("exportdataset", **fields)
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    left = {path.name.rsplit("_", 1)[1] for path in own_archive.root.rglob("*.tif")}
    assert not left & {"B02.tif", "VV.tif", "map.tif"}
    kept = [entry for entry in log_of(tmp_path / "out") if "kept" in entry]
    assert len(kept) == 1 and "not complete" in kept[0]["kept"]


def test_a_damaged_shard_without_sources_is_not_written_over(tmp_path, own_archive, run_job):
    fields = {
        "index": own_archive.index, "output": str(tmp_path / "out"), "bands": ["VV"],
        "delete_sources": True,
    }  # fmt: skip
    run_job("exportdataset", **fields)
    shard = tmp_path / "out" / "train-00000-of-00001.tfrecord"
    damaged = bytearray(shard.read_bytes())
    damaged[-100] ^= 1
    shard.write_bytes(damaged)
    for more in ({}, {"delete_sources": False}):
        with pytest.raises(DamagedDataset, match="sources of its patches were deleted"):
            run_job("exportdataset", **{**fields, **more})
        assert shard.read_bytes() == damaged


def test_sources_are_kept_where_pairs_were_only_found(tmp_path, run_job, request):
    maker = request.getfixturevalue("archive_by_discovery")
    with pytest.raises(InvalidRequest, match="metadata"):
        run_job(
            "exportdataset", index=maker.index, output=str(tmp_path / "out"), delete_sources=True
        )  # fmt: skip
    assert len(list(maker.root.rglob("*.tif"))) == 300


@pytest.mark.parametrize(
    ("field", "altered"), [("limits", {"s1_data": (-30.0, 0.0)}), ("epsg", 32600)]
)
def test_a_patch_that_reads_back_otherwise_keeps_its_sources(own_archive, field, altered):
    """Without the limits of its scaling, equal numbers are other measurements."""
    bands = band_codes(["VV", "VH"], "minmax", "uint16", {})
    maker = PatchMaker(bands, "uint16", "minmax", "bilinear", "none", "ben19")
    item = own_archive.rows[0], "train"
    stored = dataclasses.replace(maker(item).patch, **{field: altered})
    with pytest.raises(CardMismatch, match="reads back otherwise"):
        SourceDeleter(maker, dry_run=False)(item, stored)
    assert Path(own_archive.rows[0].file("VV")).is_file()
    SourceDeleter(maker, dry_run=False)(item, maker(item).patch)
    assert not Path(own_archive.rows[0].file("VV")).exists()
