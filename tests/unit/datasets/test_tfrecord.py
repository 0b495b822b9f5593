# SPDX-License-Identifier: GPL-3.0-or-later
"""TFRecord shards around their arrays: sums, names, the gzip head, and records that are none."""

from __future__ import annotations

import dataclasses
import gzip
import struct

import numpy as np
import pytest
from coverloom.engine.contract.errors import DamagedDataset
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.example_bytes import (
    bytes_feature,
    example,
    integer_feature,
    parse_example,
    varint,
)
from coverloom.engine.datasets.patch import DatasetPatch
from crc32c import crc32c
from hypothesis import given
from hypothesis import strategies as st

TFRECORD = FORMATS.load("tfrecord")


@pytest.fixture
def small(layout):
    return dataclasses.replace(layout, arrays={"s2_data": ("B02", "B8A")}, size=(3, 4))


def write(path, layout, patches):
    writer = TFRECORD.writer(path, layout, len(patches))
    sizes = []
    for patch in patches:
        writer.room(patch.patch_id)
        sizes.append(writer.append(patch))
    return sizes, writer.close()


@pytest.mark.parametrize("seed", range(40))  # one sum in sixteen begins with a 0
def test_the_sum_is_that_of_the_file(tmp_path, small, random_patch, seed):
    rng = np.random.default_rng(seed)
    patches = [random_patch(i, small, rng) for i in range(1 + seed % 4)]
    sizes, told = write(tmp_path / "shard", small, patches)
    content = (tmp_path / "shard").read_bytes()
    assert told == f"{crc32c(content):08x}" and len(told) == 8
    assert sum(sizes) == len(content)


def test_a_compressed_one_has_none_and_no_time_and_no_name(tmp_path, small, random_patch):
    patches = [random_patch(i, small, np.random.default_rng(i)) for i in range(3)]
    plain, _ = write(tmp_path / "plain", small, patches)
    small = dataclasses.replace(small, compression="gzip")
    sizes, told = write(tmp_path / "shard", small, patches)
    head = (tmp_path / "shard").read_bytes()[:10]
    assert told is None and sizes == plain
    assert head[:4] == b"\x1f\x8b\x08\0" and head[4:8] == bytes(4)  # RFC 1952: FLG, MTIME
    with gzip.open(tmp_path / "shard") as file:
        assert file.read() == (tmp_path / "plain").read_bytes()


@pytest.mark.parametrize(
    ("nomenclature", "names", "hot"),
    [
        ("ben19_v1", "BigEarthNet-19_labels", "BigEarthNet-19_labels_multi_hot"),
        ("ben43", "original_labels", "original_labels_multi_hot"),
        ("ben19", "labels", "labels_multi_hot"),  # another order than the old shards'
        ("", "labels", "labels_multi_hot"),
    ],
)
def test_labels_have_the_old_shards_names_in_their_order_alone(
    tmp_path, small, random_patch, nomenclature, names, hot
):
    small = dataclasses.replace(small, nomenclature=nomenclature)
    patch = random_patch(0, small, np.random.default_rng(5))
    write(tmp_path / "shard", small, [patch])
    content = (tmp_path / "shard").read_bytes()
    found = parse_example(memoryview(content)[12:-4])
    assert found[hot].tolist() == patch.scene.tolist()
    shown = [name for name, there in zip(small.classes, patch.scene) if there]
    assert [bytes(name).decode() for name in found[names]] == shown
    assert struct.unpack("<6d", found["transform"][0]) == patch.transform
    assert len([key for key in found if "labels" in key]) == 2


def record(message):
    """TensorFlow's ``record_writer.h``."""

    def masked(data):
        crc = crc32c(data)
        return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)

    length = struct.pack("<Q", len(message))
    return length + masked(length) + message + masked(message)


FEATURES = {
    "patch_id": bytes_feature(b"patch_id", [b"a"]),
    "s2_data": bytes_feature(b"s2_data", [bytes(3 * 4 * 2 * 4)]),
    "label": bytes_feature(b"label", [bytes(12)]),
    "epsg": integer_feature(b"epsg", 32633),
    "transform": bytes_feature(b"transform", [bytes(48)]),
    "facts": bytes_feature(b"facts", [b"{}"]),
}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (None, []),
        ("label", []),
        ("s2_data", bytes_feature(b"s2_data", [bytes(95)])),
        ("s2_data", bytes_feature(b"s2_data", [bytes(4)])),
        ("patch_id", bytes_feature(b"patch_id", [])),
        ("facts", bytes_feature(b"facts", [b"{"])),
    ],
)
def test_a_record_of_another_layout_is_said(tmp_path, small, name, other):
    small = dataclasses.replace(small, classes=())
    features = {**FEATURES, name: other} if name else FEATURES
    (tmp_path / "shard").write_bytes(record(b"".join(example(list(features.values())))))
    reader = TFRECORD.reader(tmp_path / "shard", small)
    assert len(reader) == 1
    if name is None:
        assert (reader[0].patch_id, reader[0].epsg) == ("a", 32633)
        return
    with pytest.raises(DamagedDataset, match=r"Record 0 of .* is not of the card's layout"):
        reader[0]


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(bytes(5000))[:-20]])
def test_a_compressed_file_that_is_cut_or_none_is_said(tmp_path, small, content):
    small = dataclasses.replace(small, compression="gzip")
    (tmp_path / "shard").write_bytes(content)
    if not content:
        assert len(TFRECORD.reader(tmp_path / "shard", small)) == 0
        return
    with pytest.raises(DamagedDataset, match="cannot be read"):
        TFRECORD.reader(tmp_path / "shard", small)


def test_any_altered_byte_of_a_compressed_file_is_said(tmp_path, small, random_patch, same):
    small = dataclasses.replace(small, compression="gzip")
    path = tmp_path / "shard"
    patches = [random_patch(i, small, np.random.default_rng(i)) for i in range(2)]
    write(path, small, patches)
    whole = path.read_bytes()
    for place in range(10, len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        try:
            reader = TFRECORD.reader(path, small)
        except DamagedDataset:
            continue
        # A bit that means nothing to the stream, such as those that fill its last byte.
        assert all(same(reader[i], patch) for i, patch in enumerate(patches))


def test_an_empty_file_has_no_record_and_a_missing_one_is_said(tmp_path, small):
    (tmp_path / "shard").write_bytes(b"")
    assert len(TFRECORD.reader(tmp_path / "shard", small)) == 0
    with pytest.raises(DamagedDataset, match="cannot be read"):
        TFRECORD.reader(tmp_path / "other", small)


def test_arrays_in_another_order_of_memory_are_stored_as_they_are_seen(tmp_path, small):
    small = dataclasses.replace(small, classes=(), dtype="uint16")
    seen = np.arange(24, dtype=">u2").reshape(2, 4, 3).transpose(2, 1, 0)
    label = np.arange(12, dtype=np.uint8).reshape(4, 3).T
    write(tmp_path / "shard", small, [DatasetPatch("a", {"s2_data": seen}, label)])
    back = TFRECORD.reader(tmp_path / "shard", small)[0]
    assert np.array_equal(back.arrays["s2_data"], seen) and np.array_equal(back.label, label)


@given(st.integers(0, 2**64 - 1))
def test_numbers_are_written_seven_bits_at_a_time_the_lowest_first(number):
    """protobuf.dev/programming-guides/encoding: no group more than the number needs."""
    groups = [number >> shift & 0x7F for shift in range(0, max(1, number.bit_length()), 7)]
    assert varint(number) == bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


def test_at_the_edges_of_a_group():
    assert [varint(n) for n in (0, 127, 128, 16383, 16384)] == [
        b"\0", b"\x7f", b"\x80\x01", b"\xff\x7f", b"\x80\x80\x01",
    ]  # fmt: skip
