# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels of version 1: beside the old ones, elsewhere, or in their place with the original kept."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from coverloom.engine.contract.errors import (
    InvalidRequest,
    NotAnArchive,
    NotEnoughDisk,
)
from coverloom.engine.contract.jobs.relabelbigearthnet import RelabelBigEarthNet
from coverloom.engine.core.files import Staging
from coverloom.engine.jobs import relabelbigearthnet
from coverloom.tests.data import make_archive

from .runs import V1_LABELS, index_of


def _records(root):
    return {path: path.read_bytes() for path in root.rglob("*_labels_metadata.json")}


def test_sidecars_leave_the_archive_as_it_is(v1_real, tmp_path):
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    before = _records(root)
    outputs = relabelbigearthnet.run(RelabelBigEarthNet(str(root)), lambda event: None)
    assert outputs == {"OUTPUT": str(root), "UPDATED": 12}
    assert _records(root) == before
    for name, labels in V1_LABELS.items():
        sidecar = json.loads(next(root.rglob(f"{name}_labels_metadata_19.json")).read_text())
        assert sidecar["labels"] == labels
        old = json.loads(next(root.rglob(f"{name}_labels_metadata.json")).read_text())
        assert sidecar["original_labels"] == old["labels"]
        assert sidecar["coordinates"] == old["coordinates"]
    again = relabelbigearthnet.run(RelabelBigEarthNet(str(root)), lambda event: None)
    assert again["UPDATED"] == 0


def test_sidecars_in_another_folder(v1_real, tmp_path):
    request = RelabelBigEarthNet(str(v1_real), str(tmp_path / "labels"))
    outputs = relabelbigearthnet.run(request, lambda event: None)
    assert outputs == {"OUTPUT": str(tmp_path / "labels"), "UPDATED": 12}
    assert len(list((tmp_path / "labels").rglob("*_labels_metadata_19.json"))) == 12
    assert not list(v1_real.rglob("*_19.json"))


def test_json_edited_in_place_keeps_its_original(v1_real, tmp_path):
    """The old tool edited the archive's JSON without a backup."""
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    before = _records(root)
    request = RelabelBigEarthNet(str(root), in_place=True)
    assert relabelbigearthnet.run(request, lambda event: None)["UPDATED"] == 12
    for path, content in before.items():
        assert path.with_name(path.name + ".orig").read_bytes() == content
    after = _records(root)
    assert relabelbigearthnet.run(request, lambda event: None)["UPDATED"] == 0
    assert _records(root) == after
    _, index = index_of(root, tmp_path)
    rows = {row.patch_id: row for row in index.rows()}
    assert {name: list(row.labels) for name, row in rows.items()} == V1_LABELS
    assert rows["S2A_MSIL2A_20170613T101031_87_48"].labels43[0] == "Non-irrigated arable land"


def test_one_bad_json_stops_nothing(v1_real, tmp_path, events):
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    bad, odd = sorted(root.rglob("*_labels_metadata.json"))[:2]
    bad.write_text("{")
    odd.write_text('{"labels": ["Meadow"]}')
    outputs = relabelbigearthnet.run(RelabelBigEarthNet(str(root), in_place=True), events)
    assert outputs["UPDATED"] == 10
    assert any("is no JSON" in text for text in events.warnings())
    assert any(f"{odd}: The label 'Meadow' is no class" in text for text in events.warnings())
    assert bad.read_text() == "{"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_stops_it(v1_real, tmp_path, monkeypatch):
    monkeypatch.setattr(Staging, "path", lambda staging, final: Path("/dev/full"))
    request = RelabelBigEarthNet(str(v1_real), str(tmp_path / "labels"))
    with pytest.raises(NotEnoughDisk, match="is full"):
        relabelbigearthnet.run(request, lambda event: None)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_json_that_may_not_be_read_is_told(v1_real, tmp_path, events):
    root = tmp_path / "v1"
    shutil.copytree(v1_real, root)
    locked = min(root.rglob("*_labels_metadata.json"))
    locked.chmod(0)
    outputs = relabelbigearthnet.run(RelabelBigEarthNet(str(root)), events)
    assert outputs["UPDATED"] == 11
    assert any(f"{locked} cannot be opened" in text for text in events.warnings())


def test_a_patch_without_a_label_left_is_told(tmp_path, events):
    make_archive.v1_patch(
        tmp_path / "v1", "S2A_MSIL2A_20170613T101031_7_5", "33UUP", labels=["Bare rock"]
    )
    relabelbigearthnet.run(RelabelBigEarthNet(str(tmp_path / "v1")), events)
    assert events.warnings() == ["1 patches have no label left in the 19 classes."]


def test_version_2_has_no_such_labels(archive):
    with pytest.raises(NotAnArchive, match="no version 1 patch"):
        relabelbigearthnet.run(RelabelBigEarthNet(str(archive)), lambda event: None)
    with pytest.raises(InvalidRequest, match="IN_PLACE is set"):
        RelabelBigEarthNet(str(archive), "x", in_place=True).validate()
