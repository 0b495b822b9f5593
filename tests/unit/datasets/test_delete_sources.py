# SPDX-License-Identifier: GPL-3.0-or-later
"""DELETE_SOURCES: only true pairs, only after reading back, and with a dry run."""

from __future__ import annotations

from pathlib import Path

import pytest
from coverloom.engine.contract.errors import InvalidRequest
from coverloom.engine.datasets.reader import open_dataset

from .runs import log_of


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


def test_sources_are_kept_where_pairs_were_only_found(tmp_path, run_job, request):
    maker = request.getfixturevalue("archive_by_discovery")
    with pytest.raises(InvalidRequest, match="metadata"):
        run_job(
            "exportdataset", index=maker.index, output=str(tmp_path / "out"), delete_sources=True
        )  # fmt: skip
    assert len(list(maker.root.rglob("*.tif"))) == 300
