# SPDX-License-Identifier: GPL-3.0-or-later
"""Going on: after bad patches, a kill, a full disk, damage, and with other settings."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from coverloom.engine.contract.errors import (
    DamagedDataset,
    MissingInput,
    NotEnoughDisk,
    OtherSettings,
    UnusablePatch,
    UnwritablePath,
)
from coverloom.engine.datasets.making import Hands, wait_for_room
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.row import MAP

from .runs import ENTRY, FORMATS, contents, log_of


def damage(archive, patch, band):
    path = Path(archive.rows[patch].file(band))
    return path, path.read_bytes()


def test_one_bad_patch_never_stops_the_job(tmp_path, own_archive, run_job):
    archive, expected = own_archive, {}
    path, content = damage(archive, 0, "B02")
    path.write_bytes(content[:-1000])
    expected[0] = ("UnreadableRaster", "cut short")
    Path(archive.rows[1].file("B11")).unlink()
    expected[1] = ("MissingBand", "B11")
    shutil.copy(archive.rows[3].file("VV"), archive.rows[2].file("VV"))
    expected[2] = ("GridMismatch", "VV")
    for patch, band, value, kind in ((4, MAP, 777, "UnknownClass"), (5, "B03", 0, "UnusablePatch")):
        with rasterio.open(archive.rows[patch].file(band), "r+") as target:
            target.write(np.full((120, 120), value, "u2"), 1)
        expected[patch] = (kind, "777" if value else "zero")
    with rasterio.open(archive.rows[6].file("VH"), "r+") as target:
        pixels = target.read(1)
        pixels[3, 4] = np.nan
        target.write(pixels, 1)
    expected[6] = ("UnusablePatch", "no number")
    shutil.copy(archive.rows[7].file("B05"), archive.rows[7].file("B08"))
    expected[7] = ("UnreadableRaster", "60 x 60")
    result = run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), shard_size=4
    )
    assert (result["WRITTEN"], result["FAILED"]) == (20 - len(expected), len(expected))
    log = {entry["id"]: entry for entry in log_of(result["LOG"][: -len("/log.jsonl")])}
    assert len(log) == 20
    for number, (kind, text) in expected.items():
        entry = log[archive.rows[number].patch_id]
        assert (entry["status"], entry["ok"], entry["bytes"]) == (kind, False, 0)
        assert text in entry["reason"]
    dataset = open_dataset(tmp_path / "out")
    assert (len(dataset), dataset.card.failed) == (20 - len(expected), len(expected))
    # Mended, the same run writes what is missing.
    path.write_bytes(content)
    again = run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), shard_size=4
    )
    assert (again["WRITTEN"], again["FAILED"]) == (21 - len(expected), len(expected) - 1)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("point", ["before:shard", "after:shard", "before:replace"])
def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, archive, run_job, form, point):
    fields = {
        "index": archive.index,
        "format": form,
        "shard_size": 8,
        "workers": 1,
        "bands": ["rgb"],
    }
    run_job("exportdataset", output=str(tmp_path / "whole"), **fields)
    out = tmp_path / "killed"
    envelope = {"schema": 1, "job": "exportdataset", "request": {**fields, "output": str(out)}}
    (tmp_path / "job.json").write_text(json.dumps(envelope))
    killed = subprocess.run(
        [sys.executable, "-I", str(ENTRY), str(tmp_path / "job.json")],
        env={**os.environ, "COVERLOOM_FAULT": point}, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(Exception, match=r"no finished dataset"):
        open_dataset(out)
    result = run_job("exportdataset", output=str(out), **fields)
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    assert contents(out) == contents(tmp_path / "whole")
    assert sorted(entry["id"] for entry in log_of(out)) == sorted(r.patch_id for r in archive.rows)
    assert not list(out.glob(".*part*"))


def test_finished_shards_are_kept_and_altered_ones_written_again(tmp_path, archive, run_job):
    out = tmp_path / "out"
    fields = {"index": archive.index, "output": str(out), "shard_size": 8, "bands": ["rgb"]}
    run_job("exportdataset", **fields)
    before = contents(out)
    times = {path.name: path.stat().st_mtime_ns for path in out.glob("*.tfrecord")}
    altered = out / "train-00001-of-00002.tfrecord"
    content = bytearray(altered.read_bytes())
    content[5000] ^= 1
    altered.write_bytes(content)
    run_job("exportdataset", **fields)
    assert contents(out) == before
    kept = {p.name for p in out.glob("*.tfrecord") if p.stat().st_mtime_ns == times[p.name]}
    assert kept == set(times) - {altered.name}


def test_journal_without_its_shard_is_not_believed(tmp_path, archive, run_job):
    out = tmp_path / "out"
    fields = {"index": archive.index, "output": str(out), "bands": ["VV"], "shard_size": 8}
    run_job("exportdataset", **fields)
    before = contents(out)
    (out / "test-00000-of-00001.tfrecord").unlink()
    run_job("exportdataset", **fields)
    assert contents(out) == before


def test_other_settings_are_refused_by_name(tmp_path, archive, run_job):
    fields = {"index": archive.index, "output": str(tmp_path / "out"), "bands": ["VV"]}
    run_job("exportdataset", **fields)
    with pytest.raises(OtherSettings, match=r"DTYPE was 'float32', is 'float16'") as caught:
        run_job("exportdataset", **fields, dtype="float16")
    assert "SEED" not in str(caught.value)
    run_job("exportdataset", **fields, min_free_gb=0.0)  # who works, and how, may differ
    with pytest.raises(UnwritablePath, match="RESUME"):
        run_job("exportdataset", **fields, resume=False)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "mine.txt").write_text("x")
    with pytest.raises(UnwritablePath, match="not empty"):
        run_job("exportdataset", **{**fields, "output": str(tmp_path / "foreign")})
    assert [p.name for p in (tmp_path / "foreign").iterdir()] == ["mine.txt"]


def test_too_little_room_pauses_then_stops(tmp_path, archive):
    events = []
    hands = Hands(min_free_gb=1e9, pause_s=0.0)
    with pytest.raises(NotEnoughDisk, match="3 shards are finished"):
        wait_for_room(str(tmp_path), hands, events.append, 3)
    assert len(events) == 1 and events[0].level == "warning"
    wait_for_room(str(tmp_path), Hands(min_free_gb=1e-9), events.append, 0)
    assert len(events) == 1


_FULL_DISK = """
set -e
mount -t tmpfs -o size={size} none {disk}
set +e
{python} -I {entry} {job}
code=$?
ls -A {disk}/out > {listing}
exit $code
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare to make a small disk")
@pytest.mark.parametrize(
    ("form", "size", "shard"),
    # HDF5 says it in another way where the disk becomes full after its first pages.
    [*((form, "4m", 4) for form in FORMATS), ("hdf5", "6m", 12)],
)
def test_a_full_disk_is_said_and_leaves_no_half_shard(tmp_path, archive, form, size, shard):
    disk, job, listing = tmp_path / "disk", tmp_path / "job.json", tmp_path / "listing"
    disk.mkdir()
    fields = {"index": archive.index, "output": str(disk / "out"), "format": form, "workers": 1}
    fields.update(min_free_gb=0.0, shard_size=shard)
    job.write_text(json.dumps({"schema": 1, "job": "exportdataset", "request": fields}))
    script = _FULL_DISK.format(
        disk=disk, size=size, python=sys.executable, entry=ENTRY, job=job, listing=listing
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False
    )  # fmt: skip
    if not listing.exists():
        pytest.skip(f"no small disk here: {done.stderr[-200:]}")
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["kind"] == "NotEnoughDisk"
    assert done.returncode == 1
    assert "Exception ignored" not in done.stderr  # a library that tried to write once more
    left = [
        name
        for name in listing.read_text().split()
        if name not in ("export.json", "journal", "log.jsonl")
    ]
    assert not [name for name in left if name.startswith(".") or name == "dataset.json"]


_FULL_SHARD = """
import importlib.util, resource, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("_entry", sys.argv[1])
entry = importlib.util.module_from_spec(spec)
spec.loader.exec_module(entry)
entry.register_package()
import numpy as np
from coverloom.engine.datasets.hdf5 import HDF5Writer
from coverloom.engine.datasets.patch import DatasetPatch, Layout

layout = Layout({"data": ("a", "b")}, "float32", (120, 120))
pixels = np.random.default_rng(0).random((120, 120, 2), np.float32)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
writer = None
try:
    writer = HDF5Writer(Path(sys.argv[2]), layout, 50)
    for number in range(50):
        writer.append(DatasetPatch(str(number), {"data": pixels}))
except (OSError, RuntimeError) as error:
    print("said")
try:
    if writer:
        writer.close()
except (OSError, RuntimeError) as error:
    print("said")
"""


@pytest.mark.parametrize("size", [0, 100, 2000, 5000, 100_000, 1_000_000])
def test_a_process_ends_well_after_an_hdf5_shard_could_not_be_written(tmp_path, size):
    """The library tried again when it was unloaded, and crashed."""
    command = [sys.executable, "-I", "-c", _FULL_SHARD, str(ENTRY), str(tmp_path / "s.h5")]
    done = subprocess.run([*command, str(size)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "said" in done.stdout


def test_a_damaged_card_or_shard_is_named(tmp_path, archive, run_job):
    out = tmp_path / "out"
    run_job("exportdataset", index=archive.index, output=str(out), bands=["VV"])
    shard = out / "test-00000-of-00001.tfrecord"
    content = shard.read_bytes()
    # Cut exactly between two records: the framing alone does not notice.
    record = 16 + int.from_bytes(content[:8], "little")
    shard.write_bytes(content[:record])
    dataset = open_dataset(out)
    assert dataset.verify() == [shard.name]
    with pytest.raises(DamagedDataset, match="has 1 patches; the card says 4"):
        dataset[dataset.split("test")[0]]
    card = json.loads((out / "dataset.json").read_text())
    for change, text in (({"schema": 2}, "schema 2"), ({"colour": 1}, "unknown fields: colour")):
        (out / "dataset.json").write_text(json.dumps({**card, **change}))
        with pytest.raises(Exception, match=text):
            open_dataset(out)


def test_an_archive_that_is_not_there_is_told_once_and_the_run_goes_on_later(
    tmp_path, own_archive, run_job
):
    archive = own_archive
    index = shutil.copy(archive.index, tmp_path / "index.parquet")
    fields = {"index": str(index), "bands": ["rgb"]}
    away = archive.root.with_name("unplugged")
    for scaling in ("none", "zscore"):
        fields.update(scaling=scaling, output=str(tmp_path / scaling))
        archive.root.rename(away)
        with pytest.raises(MissingInput, match="index the archive where it lies now") as error:
            run_job("exportdataset", **fields)
        assert str(archive.root) in str(error.value)
        assert not (tmp_path / scaling / "dataset.json").exists()
        away.rename(archive.root)
        assert run_job("exportdataset", **fields)["WRITTEN"] == 20


def test_a_dataset_of_no_patch_is_no_success(tmp_path, own_archive, run_job):
    fields = {"index": own_archive.index, "output": str(tmp_path / "out"), "bands": ["rgb"]}
    contents_of = {}
    for row in own_archive.rows:
        path = Path(row.file("B03"))
        contents_of[path] = path.read_bytes()
        path.unlink()
    with pytest.raises(UnusablePatch, match="None of the 20 patches could be written"):
        run_job("exportdataset", **fields)
    assert len(log_of(tmp_path / "out")) == 20
    assert not (tmp_path / "out" / "dataset.json").exists()
    path, content = next(iter(contents_of.items()))
    path.write_bytes(content)
    assert run_job("exportdataset", **fields)["WRITTEN"] == 1


_HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows locks by other means")
def test_two_processes_do_not_write_one_folder(tmp_path, archive, run_job):
    """Each would delete what the other has half written, and its log had every patch twice."""
    out = tmp_path / "out"
    out.mkdir()
    fields = {"index": archive.index, "output": str(out), "bands": ["VV"]}
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(out / "log.jsonl")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout.readline() == "held\n"
    with pytest.raises(UnwritablePath, match="Another run is writing"):
        run_job("exportdataset", **fields)
    other.communicate("")  # it ends, however: the system lets go
    assert run_job("exportdataset", **fields)["WRITTEN"] == 20
    assert len(log_of(out)) == 20
