# SPDX-License-Identifier: GPL-3.0-or-later
"""From an archive to a dataset: values, labels, splits, faults, and going on after a stop."""

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
    EmptySelection,
    InvalidRequest,
    NotEnoughDisk,
    OtherSettings,
    UnwritablePath,
)
from coverloom.engine.datasets.encoding import error_bound
from coverloom.engine.datasets.making import Hands, wait_for_room
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.engine.patches.row import MAP

ENTRY = Path(__file__).resolve().parents[3] / "engine" / "__main__.py"
S2_ORDER = ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B11", "B12"]
FORMATS = ["tfrecord", "hdf5", "npz"]


def log_of(folder):
    return [json.loads(line) for line in Path(folder, "log.jsonl").read_text().splitlines()]


def contents(folder):
    """Every file of the shards: relative name to bytes."""
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return {n: b for n, b in found.items() if Path(n).parts[0].startswith(("train", "val", "test"))}


@pytest.mark.parametrize("form", FORMATS)
def test_everything_stored_is_what_the_files_say(tmp_path, archive, run_job, form):
    out = tmp_path / "out"
    result = run_job(
        "exportdataset", index=archive.index, output=str(out), format=form, labels="both",
        resampling="nearest", shard_size=5,
    )  # fmt: skip
    assert (result["WRITTEN"], result["FAILED"]) == (20, 0)
    dataset = open_dataset(out)
    assert dataset.card.splits == {"train": 12, "validation": 4, "test": 4}
    assert dataset.card.arrays == {"s1_data": ("VV", "VH"), "s2_data": tuple(S2_ORDER)}
    names = nomenclature("ben19").scheme.names
    for patch in dataset:
        row = archive.row(patch.patch_id)
        for channel, band in enumerate(S2_ORDER):
            pixels = archive.pixels(patch.patch_id, band)
            times = 120 // len(pixels)
            expected = np.kron(pixels, np.ones((times, times), int))
            assert np.array_equal(patch.arrays["s2_data"][..., channel], expected)
        for channel, band in enumerate(("VV", "VH")):
            assert np.array_equal(
                patch.arrays["s1_data"][..., channel], archive.pixels(patch.patch_id, band)
            )
        assert patch.transform == (10, 0, row.ulx, 0, -10, row.uly)
        assert (patch.epsg, patch.facts["country"]) == (32633, row.country)
        assert (patch.facts["date_s2"], patch.facts["date_s1"]) == ("20170613", "20170612")
        assert [names[i] for i in np.flatnonzero(patch.scene)] == ["Arable land", "Pastures"]
    assert len({patch.patch_id for patch in dataset}) == 20
    assert dataset.verify() == []
    assert [entry["status"] for entry in log_of(out)] == ["ok"] * 20
    counted = sum(
        np.bincount(dataset[i].label.ravel(), minlength=256) for i in dataset.split("train")
    )
    assert dataset.card.histogram["train"] == [*counted[:19].tolist(), counted[255]]


def test_small_bands_are_resampled_not_zero_padded(tmp_path, archive, run_job):
    """The first pipeline put 20 and 60 px bands into a corner of zeros."""
    run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"),
        bands=["B01", "B05", "B8A"],
    )  # fmt: skip
    for patch in open_dataset(tmp_path / "out"):
        data = patch.arrays["s2_data"]
        assert (data > 0).all()
        for channel, band in enumerate(("B01", "B05", "B8A")):
            pixels = archive.pixels(patch.patch_id, band)
            for corner in (np.s_[:60, :60], np.s_[60:, 60:]):
                half = len(pixels) // 2
                part = pixels[:half, :half] if corner[0].start is None else pixels[half:, half:]
                assert data[corner][..., channel].mean() == pytest.approx(part.mean(), rel=0.05)


def test_clc_codes_are_not_cast_to_uint8(tmp_path, archive, run_job):
    """999 became 231 (pastures), 512 became 0, 311 became 55."""
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "out"))
    names = nomenclature("ben19").scheme.names
    expected = {
        111: names.index("Urban fabric"),
        211: names.index("Arable land"),
        231: names.index("Pastures"),
        311: names.index("Broad-leaved forest"),
        312: names.index("Coniferous forest"),
        512: names.index("Inland waters"),
        523: names.index("Marine waters"),
        999: 255,
    }
    seen = set()
    for patch in open_dataset(tmp_path / "out"):
        codes = archive.pixels(patch.patch_id, MAP)
        for code in np.unique(codes).tolist():
            assert (patch.label[codes == code] == expected[code]).all()
            seen.add(code)
    assert seen == set(expected)


def test_vh_is_not_vv(tmp_path, archive, run_job):
    """Old tools read VH from VV."""
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "out"), bands=["VH"])
    dataset = open_dataset(tmp_path / "out")
    for number, patch in enumerate(dataset):
        vh = archive.pixels(patch.patch_id, "VH")
        assert np.array_equal(dataset.image(number, ["VH"])[..., 0], vh)
        assert not np.array_equal(vh, archive.pixels(patch.patch_id, "VV"))


def test_both_orders_of_the_19_classes_mean_the_same(tmp_path, archive, run_job):
    found = {}
    for name in ("ben19", "ben19_v1"):
        out = tmp_path / name
        run_job(
            "exportdataset", index=archive.index, output=str(out), nomenclature=name, bands=["B02"]
        )
        dataset = open_dataset(out)
        scheme = np.array([*dataset.card.classes.names, *[""] * 236, "none"])
        assert dataset.card.classes.nomenclature == name
        found[name] = {patch.patch_id: scheme[patch.label] for patch in dataset}
    for patch_id, names in found["ben19"].items():
        assert np.array_equal(names, found["ben19_v1"][patch_id])


@pytest.mark.parametrize("name", ["ben43", "clc"])
def test_scene_labels_come_from_the_map_where_the_index_has_none(tmp_path, archive, run_job, name):
    run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), nomenclature=name,
        labels="scene", bands=["VV"],
    )  # fmt: skip
    scheme = nomenclature(name)
    for patch in open_dataset(tmp_path / "out"):
        present = np.unique(scheme.classes_of(archive.pixels(patch.patch_id, MAP)))
        assert np.flatnonzero(patch.scene).tolist() == [i for i in present if i != 255]
        assert patch.label is None


def test_zscores_use_the_training_split_alone(tmp_path, archive, run_job):
    out = tmp_path / "out"
    run_job(
        "exportdataset", index=archive.index, output=str(out), scaling="zscore", bands=["B02", "VV"]
    )  # fmt: skip
    dataset = open_dataset(out)
    train = [dataset[i].patch_id for i in dataset.split("train")]
    for band in ("B02", "VV"):
        values = np.stack([archive.pixels(name, band) for name in train]).astype(np.float64)
        card = dataset.card.band(band)
        assert card.mean == pytest.approx(values.mean(), rel=1e-5)
        assert card.std == pytest.approx(values.std(), rel=1e-4)
        stored = np.stack([dataset[i].arrays[card.array] for i in dataset.split("train")])
        assert stored.mean() == pytest.approx(0, abs=1e-4)
        assert stored.std() == pytest.approx(1, abs=1e-4)
    for number, patch in enumerate(dataset):
        back = dataset.image(number, ["B02"])[..., 0]
        assert np.abs(back - archive.pixels(patch.patch_id, "B02")).max() < 0.01


def test_zscores_may_use_the_official_statistics(tmp_path, archive, run_job):
    out = tmp_path / "out"
    run_job(
        "exportdataset", index=archive.index, output=str(out), scaling="zscore",
        statistics="official", bands=["B04"],
    )  # fmt: skip
    dataset = open_dataset(out)
    mean, std = 588.4096069335938, 684.56884765625
    pixels = archive.pixels(dataset[0].patch_id, "B04").astype(np.float64)
    assert dataset[0].arrays["s2_data"][..., 0] == pytest.approx((pixels - mean) / std, abs=1e-5)
    assert (dataset.card.band("B04").mean, dataset.card.statistics) == (mean, "official")


@pytest.mark.parametrize("dtype", ["float32", "float16", "uint16"])
@pytest.mark.parametrize("scaling", ["none", "zscore", "minmax", "reflectance"])
def test_every_scaling_can_be_undone_within_its_bound(tmp_path, archive, run_job, scaling, dtype):
    out = tmp_path / "out"
    run_job(
        "exportdataset", index=archive.index, output=str(out), scaling=scaling, dtype=dtype,
        bands=["six"], labels="none", fraction=0.25,
    )  # fmt: skip
    dataset = open_dataset(out)
    assert dataset.card.splits == {"train": 3, "validation": 1, "test": 1}
    for number, patch in enumerate(dataset):
        assert {a.dtype.name for a in patch.arrays.values()} == {dtype}
        for band in dataset.card.bands:
            pixels = archive.pixels(patch.patch_id, band.name).astype(np.float64)
            limits = patch.limits.get(band.array, (0.0, 0.0))
            bound = error_bound(band, dtype, scaling, limits, float(np.abs(pixels).max()))
            error = np.abs(dataset.image(number, [band.name])[..., 0] - pixels).max()
            assert error <= bound
            assert bound < 4  # DN, or dB: never a useless bound


def test_minmax_limits_are_joint_over_a_modality(tmp_path, archive, run_job):
    run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), format="npz",
        scaling="minmax", dtype="float16", bands=["six"],
    )  # fmt: skip
    for patch in open_dataset(tmp_path / "out"):
        values = [archive.pixels(patch.patch_id, band) for band in ("B02", "B03", "B04", "B08")]
        assert patch.limits["s2_data"] == (np.min(values), np.max(values))
        values = [archive.pixels(patch.patch_id, band) for band in ("VV", "VH")]
        assert patch.limits["s1_data"] == (np.min(values), np.max(values))


def test_exclusions_and_countries_are_counted(tmp_path, archive, run_job):
    result = run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), bands=["VV"],
        exclude_snow=True, exclude_cloud=True, countries=["Finland"],
    )  # fmt: skip
    card = open_dataset(tmp_path / "out").card
    assert result["WRITTEN"] == 9  # of ten with even H, one is cloudy; the snowy one has odd H
    assert card.provenance["left_out"] == {"in other countries": 10, "with cloud or shadow": 1}
    with pytest.raises(InvalidRequest, match="Atlantis"):
        run_job(
            "exportdataset",
            index=archive.index,
            output=str(tmp_path / "no"),
            countries=["Atlantis"],
        )
    assert not (tmp_path / "no").exists()


def test_split_files_as_published(tmp_path, archive, run_job):
    names = [row.patch_id for row in archive.rows]
    lists = {"train": names[:5], "val": names[5:7], "test": names[7:8]}
    for split, listed in lists.items():
        (tmp_path / f"{split}.csv").write_text("\n".join(listed) + "\n")
    run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), splits="files",
        split_files=[str(tmp_path / f"{split}.csv") for split in lists], bands=["VV"],
    )  # fmt: skip
    dataset = open_dataset(tmp_path / "out")
    assert {dataset[i].patch_id for i in dataset.split("train")} == set(names[:5])
    assert {dataset[i].patch_id for i in dataset.split("validation")} == set(names[5:7])
    assert dataset.card.provenance["left_out"] == {"in no split": 12}


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
mount -t tmpfs -o size=4m none {disk}
set +e
{python} -I {entry} {job}
code=$?
ls -A {disk}/out > {listing}
exit $code
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare to make a small disk")
@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_said_and_leaves_no_half_shard(tmp_path, archive, form):
    disk, job, listing = tmp_path / "disk", tmp_path / "job.json", tmp_path / "listing"
    disk.mkdir()
    fields = {"index": archive.index, "output": str(disk / "out"), "format": form, "workers": 1}
    fields.update(min_free_gb=0.0, shard_size=4)
    job.write_text(json.dumps({"schema": 1, "job": "exportdataset", "request": fields}))
    script = _FULL_DISK.format(
        disk=disk, python=sys.executable, entry=ENTRY, job=job, listing=listing
    )
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False
    )  # fmt: skip
    if not listing.exists():
        pytest.skip(f"no small disk here: {done.stderr[-200:]}")
    last = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, last["kind"]) == (1, "NotEnoughDisk")
    left = [
        name
        for name in listing.read_text().split()
        if name not in ("export.json", "journal", "log.jsonl")
    ]
    assert not [name for name in left if name.startswith(".") or name == "dataset.json"]


def test_nothing_left_to_write_says_why(tmp_path, archive, run_job):
    with pytest.raises(EmptySelection, match="20 in no split"):
        run_job(
            "exportdataset", index=archive.index, output=str(tmp_path / "out"), splits="metadata"
        )


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


def test_journal_without_its_shard_is_not_believed(tmp_path, archive, run_job):
    out = tmp_path / "out"
    fields = {"index": archive.index, "output": str(out), "bands": ["VV"], "shard_size": 8}
    run_job("exportdataset", **fields)
    before = contents(out)
    (out / "test-00000-of-00001.tfrecord").unlink()
    run_job("exportdataset", **fields)
    assert contents(out) == before


def test_arrays_of_one_shape_do_not_share_memory(tmp_path, archive, run_job):
    """Buffers are used again from patch to patch, never within one."""
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "out"), bands=["B02", "VV"])
    dataset = open_dataset(tmp_path / "out")
    for number, patch in enumerate(dataset):
        for band in ("B02", "VV"):
            expected = archive.pixels(patch.patch_id, band)
            assert np.array_equal(dataset.image(number, [band])[..., 0], expected)
