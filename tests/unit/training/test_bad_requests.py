# SPDX-License-Identifier: GPL-3.0-or-later
"""Trainings that cannot be: told in a sentence, before anything is left behind."""

from __future__ import annotations

import pytest
from coverloom.engine.contract.errors import (
    CoverloomError,
    DamagedDataset,
    InvalidCard,
    InvalidRequest,
)

from .runs import train


@pytest.mark.parametrize(
    ("fields", "error", "what"),
    [
        ({"bands": ("B02", "B99")}, InvalidCard, "no band 'B99'"),
        ({"architecture": "kbranch"}, InvalidRequest, "windows of 24 x 24|no band of 60 m"),
        ({"architecture": "resnet50"}, InvalidRequest, "windows of 24 x 24 px"),
        ({"crop_size": 20}, InvalidRequest, "CROP_SIZE is 20"),
        ({"crop_size": 48}, InvalidRequest, "CROP_SIZE is 48"),
        ({"learning_rate": 0.0}, InvalidRequest, "LEARNING_RATE"),
        ({"architecture": "transformer"}, InvalidRequest, "ARCHITECTURE is 'transformer'"),
        ({"bands": ("B02", "B02")}, InvalidRequest, "BANDS"),
        ({"model": "best.h5"}, InvalidRequest, r"MODEL is 'best\.h5'"),
        ({"device": "cuda"}, CoverloomError, "GPUs are asked for"),
    ],
)
def test_bad_requests_are_told_before_anything_starts(dataset, tmp_path, fields, error, what):
    with pytest.raises(error, match=what):
        train(dataset, tmp_path / "run", **fields)
    assert not (tmp_path / "run" / "checkpoint.npz").exists()


def one_class(split, number, pixels, label):
    label[:] = 1


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"counts": {"train": 3, "validation": 0}}, "validation split is empty"),
        ({"counts": {"train": 3}}, "no split 'validation'"),
        ({"spoil": one_class}, "train split has labels of 1 classes"),
    ],
)
def test_bad_datasets_are_told_before_anything_starts(make_dataset, tmp_path, fields, what):
    folder = make_dataset(tmp_path / "d", **fields)
    with pytest.raises(CoverloomError, match=what):
        train(folder, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_label_outside_the_classes_stops_it(make_dataset, tmp_path):
    def spoil(split, number, pixels, label):
        label[0, 0] = 9

    folder = make_dataset(tmp_path / "d", spoil=spoil)
    with pytest.raises(InvalidRequest, match="has label 9"):
        train(folder, tmp_path / "run", architecture="unet_baseline", width=0.1)


def test_a_changed_dataset_is_refused(make_dataset, tmp_path):
    folder = make_dataset(tmp_path / "d")
    shard = folder / "train-00000.tfrecord"
    content = bytearray(shard.read_bytes())
    content[5000] ^= 1
    shard.write_bytes(content)
    with pytest.raises(DamagedDataset, match=r"such as train-00000\.tfrecord"):
        train(folder, tmp_path / "run")
