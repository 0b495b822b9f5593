# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder while a dataset is made in it: what is refused, kept, written again, and swept away."""

from __future__ import annotations

import json

import pytest
from coverloom.engine.contract.errors import DamagedDataset, OtherSettings, UnwritablePath
from coverloom.engine.core.dataset_card import DatasetBand, DatasetCard
from coverloom.engine.datasets.folder import DatasetFolder
from coverloom.engine.datasets.shards import ShardPlan
from crc32c import crc32c

SETTINGS = {"format": "hdf5", "bands": ["B02"], "seed": 1}
PLAN = ShardPlan("train-00000-of-00001", "train", (0, 1))
BODY = b"shard" * 1000


def opened(folder, resume=False, settings=SETTINGS, **options):
    return DatasetFolder(str(folder), settings, resume, **options)


def finished(folder, ok=(True, True), **more):
    """A shard in its place, with its record in the journal."""
    path = f"{PLAN.name}.h5"
    (folder / path).write_bytes(BODY)
    entries = [{"id": f"p{i}", "ok": good} for i, good in enumerate(ok)]
    record = {"shard": PLAN.name, "path": path, "size": len(BODY), "crc32c": f"{crc32c(BODY):08x}"}
    record.update(entries=entries, **more)
    opened(folder, resume=True).add(record, fresh=True)
    return record


@pytest.fixture
def folder(tmp_path):
    opened(tmp_path / "set")
    return tmp_path / "set"


def test_a_dataset_is_gone_on_with_only_if_asked(folder):
    with pytest.raises(UnwritablePath, match="holds a dataset already"):
        opened(folder)
    opened(folder, resume=True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({**SETTINGS, "seed": 2}, "SEED was 1, is 2"),
        ({**SETTINGS, "extent": [1, 2]}, r"EXTENT was None, is \[1, 2\]"),
        ({"format": "hdf5", "bands": ["B02"]}, "SEED was 1, is None"),
    ],
)
def test_other_settings_are_named(folder, settings, told):
    with pytest.raises(OtherSettings, match=told):
        opened(folder, resume=True, settings=settings)
    kept = json.loads((folder / "export.json").read_text())
    assert kept == SETTINGS


def test_a_tuple_is_what_json_makes_of_it(tmp_path):
    settings = {"extent": (1.0, 2.0), "split": {1: "a"}}
    opened(tmp_path, settings=settings)
    opened(tmp_path, resume=True, settings=settings)


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_settings_that_are_none_are_not_those_of_this_run(folder, text):
    (folder / "export.json").write_text(text)
    with pytest.raises((OtherSettings, UnwritablePath)):
        opened(folder, resume=True)


@pytest.mark.parametrize("resume", [False, True])
def test_what_is_not_ours_is_neither_mixed_with_nor_deleted(tmp_path, resume):
    (tmp_path / "notes.part.txt").write_text("mine")
    with pytest.raises(UnwritablePath, match="is not empty"):
        opened(tmp_path, resume)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.part.txt"]


LEFT = (".train-00000-of-00001.0a1b2c3d.part.h5", ".export.json.0a1b2c3d.part")


def test_what_a_killed_run_left_is_swept_and_stops_nobody(tmp_path, folder):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    for place in (fresh, folder):
        for name in LEFT:
            (place / name).write_text("half")
        (place / ".train-00001-of-00002.0a1b2c3d.part").mkdir()  # of NPZ
        (place / ".train-00001-of-00002.0a1b2c3d.part" / "a.npz").write_text("half")
    opened(fresh)
    (folder / ".hidden").write_text("mine")
    opened(folder, resume=True)
    for place, more in ((fresh, set()), (folder, {".hidden"})):
        assert {path.name for path in place.iterdir()} == {"export.json", "log.jsonl", *more}


def test_a_sound_shard_is_kept_and_an_altered_one_is_not(folder):
    assert opened(folder, resume=True).kept(PLAN) is None
    record = finished(folder)
    kept = opened(folder, resume=True).kept(PLAN)
    assert kept["entries"] == record["entries"]
    assert opened(folder, resume=True).kept(ShardPlan("test-00000-of-00001", "test", (2,))) is None
    (folder / record["path"]).write_bytes(BODY[:-1] + b"D")
    assert opened(folder, resume=True).kept(PLAN) is None
    (folder / record["path"]).unlink()
    assert opened(folder, resume=True).kept(PLAN) is None


def test_a_journal_that_cannot_be_read_is_none(folder):
    finished(folder)
    (folder / "journal" / f"{PLAN.name}.json").write_text('{"shard": "tra')
    assert opened(folder, resume=True).kept(PLAN) is None


def test_failed_patches_are_tried_again_unless_sources_are_gone(folder):
    finished(folder, ok=(True, False))
    assert opened(folder, resume=True).kept(PLAN) is None
    finished(folder, ok=(True, False), deletion="done")
    assert opened(folder, resume=True, deleting=True).kept(PLAN)["deletion"] == "done"


@pytest.mark.parametrize("deletion", ["begun", "done"])
def test_a_shard_whose_sources_are_gone_is_not_written_over(folder, deletion):
    record = finished(folder, deletion=deletion)
    (folder / record["path"]).write_bytes(BODY[1:])
    for deleting in (False, True):
        with pytest.raises(DamagedDataset, match="sources of its patches were deleted"):
            opened(folder, resume=True, deleting=deleting).kept(PLAN)


@pytest.mark.parametrize(
    ("more", "kept"), [({}, 0), ({"deletion": "begun"}, 0), ({"deletion": "done"}, 1)]
)
def test_a_deletion_is_gone_on_with(folder, more, kept):
    finished(folder, **more)
    assert bool(opened(folder, resume=True, deleting=True).kept(PLAN)) == bool(kept)
    assert opened(folder, resume=True).kept(PLAN)


def test_the_log_has_each_patch_once_however_often_it_is_gone_on_with(folder):
    record = finished(folder)
    for _ in range(2):
        again = opened(folder, resume=True)
        again.add(record, fresh=False)
        again.close()
        lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == ["p0", "p1"]


def test_the_card_that_makes_it_a_dataset_comes_last(folder):
    card = DatasetCard("a", "hdf5", (DatasetBand("B02", "s2_data"),), (4, 4))
    (folder / "croissant.json").mkdir()  # a file cannot be put there
    with pytest.raises((UnwritablePath, OSError)):
        opened(folder, resume=True).finish(card)
    assert not (folder / "dataset.json").exists()
    (folder / "croissant.json").rmdir()
    opened(folder, resume=True).finish(card)
    assert (folder / "dataset.json").read_text() == card.to_json()
