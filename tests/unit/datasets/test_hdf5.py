# SPDX-License-Identifier: GPL-3.0-or-later
"""HDF5 shards: small numbers are guarded as pixels are, and what is no shard is said."""

from __future__ import annotations

import dataclasses

import h5py
import numpy as np
import pytest
from coverloom.engine.contract.errors import DamagedDataset
from coverloom.engine.datasets import FORMATS

HDF5 = FORMATS.load("hdf5")


@pytest.fixture
def shard(tmp_path, layout, random_patch):
    """(path, layout) of three patches with limits, made with room for five."""
    arrays = {"s1_data": ("VV", "VH"), "s2_data": ("B02", "B8A")}
    layout = dataclasses.replace(layout, arrays=arrays, size=(6, 9), limits=True)
    rng = np.random.default_rng(1)
    writer = HDF5.writer(tmp_path / "shard.h5", layout, 5)
    for i in range(3):
        writer.append(random_patch(i, layout, rng))
    writer.close()
    return tmp_path / "shard.h5", layout


@pytest.mark.parametrize(
    "name", ["epsg", "transform", "labels_multi_hot", "s1_data_minmax", "label", "s2_data"]
)
def test_an_altered_number_is_noticed_wherever_it_stands(shard, name):
    path, layout = shard
    with h5py.File(path) as file:
        place = file[name].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedDataset, match="Patch 0 of"):
        HDF5.reader(path, layout)[0]


def test_names_of_bands_and_classes_are_with_the_arrays(shard):
    path, layout = shard
    with h5py.File(path) as file:
        assert list(file["s2_data"].attrs["bands"]) == ["B02", "B8A"]
        assert list(file["labels_multi_hot"].attrs["classes"]) == list(layout.classes)
        assert all(len(dataset) == 3 for dataset in file.values())


@pytest.mark.parametrize("size", [(9, 6), (6, 8)])
def test_a_shard_of_another_size_is_no_shard_of_the_card(shard, size):
    path, layout = shard
    with pytest.raises(DamagedDataset, match="s1_data has shape"):
        HDF5.reader(path, dataclasses.replace(layout, size=size))


@pytest.mark.parametrize("missing", ["patch_id", "s1_data"])
def test_a_file_without_the_arrays_is_no_shard(shard, missing):
    path, layout = shard
    with h5py.File(path, "r+") as file:
        del file[missing]
    with pytest.raises(DamagedDataset, match=missing):
        HDF5.reader(path, layout)


def test_any_other_file_is_no_shard(shard):
    path, layout = shard
    path.write_bytes(b"no HDF5" * 1000)
    with pytest.raises(DamagedDataset, match="cut, altered"):
        HDF5.reader(path, layout)
