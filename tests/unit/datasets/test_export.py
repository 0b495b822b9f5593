# SPDX-License-Identifier: GPL-3.0-or-later
"""From an archive to a dataset: values, labels, and which patches are taken."""

from __future__ import annotations

import numpy as np
import pytest
from coverloom.engine.contract.errors import EmptySelection, InvalidRequest
from coverloom.engine.datasets.reader import open_dataset
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.engine.patches.row import MAP

from .runs import FORMATS, S2_ORDER, log_of


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


def test_arrays_of_one_shape_do_not_share_memory(tmp_path, archive, run_job):
    """Buffers are used again from patch to patch, never within one."""
    run_job("exportdataset", index=archive.index, output=str(tmp_path / "out"), bands=["B02", "VV"])
    dataset = open_dataset(tmp_path / "out")
    for number, patch in enumerate(dataset):
        for band in ("B02", "VV"):
            expected = archive.pixels(patch.patch_id, band)
            assert np.array_equal(dataset.image(number, [band])[..., 0], expected)


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


def test_splits_say_how_far_they_leak(tmp_path, archive, run_job):
    """Rows of twelve, four and four neighbours, far apart: each country alternates along them."""
    run_job(
        "exportdataset", index=archive.index, output=str(tmp_path / "out"), splits="country",
        bands=["VV"],
    )  # fmt: skip
    dataset = open_dataset(tmp_path / "out")
    split = {p.patch_id[-5:]: p.facts["split"] for p in dataset}
    touching = sum(
        any(split.get(f"{int(at[:2]) + step:02d}{at[2:]}", own) != own for step in (-1, 1))
        for at, own in split.items()
    )
    leaked = dataset.card.provenance["leakage"]
    assert leaked == {"patches": 20, "touching": touching, "overlapping": 0}
    said = [event.text for event in run_job.events if hasattr(event, "level")]
    assert any(f"{touching} of 20 patches touch a patch of another split" in t for t in said)


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


def test_nothing_left_to_write_says_why(tmp_path, archive, run_job):
    with pytest.raises(EmptySelection, match="20 in no split"):
        run_job(
            "exportdataset", index=archive.index, output=str(tmp_path / "out"), splits="metadata"
        )
