# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export does to measurements: z-scores, limits of a patch, and how to undo them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from coverloom.engine.contract.errors import InvalidRequest, UnusablePatch
from coverloom.engine.core.units import Outcome
from coverloom.engine.datasets.encoding import error_bound
from coverloom.engine.datasets.reader import open_dataset


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


def test_without_a_training_patch_the_same_folder_takes_the_official_statistics(
    tmp_path, archive, run_job
):
    lists = tmp_path / "test.csv"
    lists.write_text("\n".join(row.patch_id for row in archive.rows))
    fields = {"index": archive.index, "output": str(tmp_path / "out"), "bands": ["B04"]}
    fields.update(scaling="zscore", splits="files", split_files=[str(lists)])
    with pytest.raises(InvalidRequest, match="Set STATISTICS to official"):
        run_job("exportdataset", **fields)
    assert run_job("exportdataset", **fields, statistics="official")["WRITTEN"] == 20


def test_zscores_of_training_patches_that_cannot_be_read(tmp_path, own_archive, run_job):
    fields = {"index": own_archive.index, "bands": ["B04"], "scaling": "zscore"}
    run_job("exportdataset", **fields, output=str(tmp_path / "sound"))
    sound = open_dataset(tmp_path / "sound")
    for number in sound.split("train"):
        row = own_archive.row(sound[number].patch_id)
        Path(row.file("B04")).write_bytes(b"II*\0")
    with pytest.raises(UnusablePatch, match="none can be read"):
        run_job("exportdataset", **fields, output=str(tmp_path / "out"))
    assert not (tmp_path / "out" / "dataset.json").exists()


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


def test_what_a_lost_process_did_not_measure_is_told(tmp_path, archive, run_job, monkeypatch):
    """Of 200 patches that ended every process the statistics knew nothing, and nobody else did."""

    def lose(function, units, *settings, **more):
        for number, (name, payload) in enumerate(units):
            lost = "" if number else "it ended every worker"
            yield Outcome(name, None if lost else function(payload), lost)

    monkeypatch.setattr("coverloom.engine.jobs.patch_statistics.run_units", lose)
    monkeypatch.setattr("coverloom.engine.jobs.patch_statistics._CHUNK", 5)
    out = str(tmp_path / "out")
    run_job("exportdataset", index=archive.index, output=out, scaling="zscore", bands=["VV"])
    said = [event.text for event in run_job.events if getattr(event, "level", "") == "warning"]
    assert "5 training patches are not in the statistics: it ended every worker." in said
