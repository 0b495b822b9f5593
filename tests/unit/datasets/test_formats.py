# SPDX-License-Identifier: GPL-3.0-or-later
"""Every registered format: what is written is read back, and damage is noticed."""

from __future__ import annotations

import dataclasses
import json

import h5py
import numpy as np
import pytest
from coverloom.engine.contract.errors import DamagedDataset
from coverloom.engine.contract.jobs.exportdataset import FORMATS as CHOICES
from coverloom.engine.datasets import FORMATS
from coverloom.engine.datasets.example_bytes import example, integers_feature, parse_example


def write(path, name, layout, patches, capacity=None):
    writer = FORMATS.load(name).writer(path, layout, capacity or len(patches))
    sizes = [writer.append(patch) for patch in patches]
    writer.close()
    return sizes


def cases():
    for name in FORMATS:
        for compression in FORMATS.load(name).compressions:
            for dtype in ("float32", "float16", "uint16"):
                yield pytest.param(name, compression, dtype, id=f"{name}-{compression}-{dtype}")


def test_each_can_be_asked_for():
    assert list(FORMATS) == list(CHOICES)


@pytest.mark.parametrize(("name", "compression", "dtype"), list(cases()))
def test_what_is_written_is_read_back(
    tmp_path, layout, name, compression, dtype, random_patch, same
):
    layout = dataclasses.replace(layout, compression=compression, dtype=dtype, limits=True)
    rng = np.random.default_rng(1)
    patches = [random_patch(i, layout, rng) for i in range(3)]
    path = tmp_path / ("shard" + FORMATS.load(name).suffix)
    sizes = write(path, name, layout, patches, capacity=5)  # two of five could not be made
    assert min(sizes) > 100_000
    reader = FORMATS.load(name).reader(path, layout)
    assert len(reader) == 3
    assert all(same(reader[i], patches[i]) for i in range(3))
    reader.close()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("part", ["pixels", "classes"])
def test_labels_may_be_left_out(tmp_path, layout, name, part, random_patch, same):
    layout = dataclasses.replace(layout, **{part: () if part == "classes" else False})
    patch = random_patch(0, layout, np.random.default_rng(2))
    path = tmp_path / "shard"
    write(path, name, layout, [patch])
    assert same(FORMATS.load(name).reader(path, layout)[0], patch)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_patches_give_the_same_bytes(tmp_path, layout, name, random_patch):
    form = FORMATS.load(name)
    for compression in form.compressions:
        layout = dataclasses.replace(layout, compression=compression)
        contents = []
        for turn in ("one", "two"):
            path = tmp_path / f"{compression}-{turn}"
            write(path, name, layout, [random_patch(0, layout, np.random.default_rng(3))])
            files = sorted(path.iterdir()) if form.folder else [path]
            contents.append([file.read_bytes() for file in files])
        assert contents[0] == contents[1]


@pytest.mark.parametrize("name", FORMATS)
def test_so_do_facts_that_come_in_another_order(tmp_path, layout, name, random_patch):
    form = FORMATS.load(name)
    patch = random_patch(0, layout, np.random.default_rng(3))
    turned = dataclasses.replace(patch, facts=dict(reversed(patch.facts.items())))
    assert list(turned.facts) != list(patch.facts)
    contents = []
    for path, one in ((tmp_path / "one", patch), (tmp_path / "two", turned)):
        write(path, name, layout, [one])
        files = sorted(path.iterdir()) if form.folder else [path]
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_an_altered_byte_is_noticed(tmp_path, layout, name, share, random_patch):
    layout = dataclasses.replace(layout, compression="none", dtype="uint16")
    path = tmp_path / "shard"
    write(path, name, layout, [random_patch(0, layout, np.random.default_rng(4))])
    file = next(path.glob("*.npz")) if FORMATS.load(name).folder else path
    content = bytearray(file.read_bytes())
    content[int(share * 400_000)] ^= 0x10
    file.write_bytes(content)
    with pytest.raises(DamagedDataset):
        FORMATS.load(name).reader(path, layout)[0]


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_shard_is_noticed(tmp_path, layout, name, random_patch):
    path = tmp_path / "shard"
    rng = np.random.default_rng(5)
    write(path, name, layout, [random_patch(i, layout, rng) for i in range(2)])
    file = sorted(path.glob("*.npz"))[-1] if FORMATS.load(name).folder else path
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(DamagedDataset):
        FORMATS.load(name).reader(path, layout)[1]


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_tensorflow_parses_our_shards(tmp_path, layout, compression, random_patch):
    tf = pytest.importorskip("tensorflow")
    layout = dataclasses.replace(layout, compression=compression)
    rng = np.random.default_rng(6)
    patches = [random_patch(i, layout, rng) for i in range(3)]
    path = tmp_path / "shard.tfrecord"
    write(path, "tfrecord", layout, patches)
    kind = {"none": "", "gzip": "GZIP"}[compression]
    records = list(tf.data.TFRecordDataset(str(path), compression_type=kind))
    assert len(records) == 3
    for record, patch in zip(records, patches):
        features = tf.train.Example.FromString(record.numpy()).features.feature
        assert {"patch_id", "s1_data", "s2_data", "label"} < set(features)
        assert all(len(features[k].bytes_list.value) == 1 for k in ("patch_id", "s1_data", "label"))
        one = features["s2_data"].bytes_list.value[0]
        assert np.array_equal(
            np.frombuffer(one, "<f4").reshape(120, 120, 12), patch.arrays["s2_data"]
        )
        label = np.frombuffer(features["label"].bytes_list.value[0], np.uint8)
        assert np.array_equal(label.reshape(120, 120), patch.label)
        assert features["patch_id"].bytes_list.value[0].decode() == patch.patch_id
        hot = list(features["BigEarthNet-19_labels_multi_hot"].int64_list.value)
        assert hot == patch.scene.tolist()
        names = [v.decode() for v in features["BigEarthNet-19_labels"].bytes_list.value]
        assert names == [layout.classes[i] for i in np.flatnonzero(patch.scene)]
        assert list(features["epsg"].int64_list.value) == [32633]
        transform = np.frombuffer(features["transform"].bytes_list.value[0], "<f8")
        assert tuple(transform) == patch.transform


def test_we_parse_what_tensorflow_wrote():
    tf = pytest.importorskip("tensorflow")
    feature = {
        "i": tf.train.Feature(int64_list=tf.train.Int64List(value=[0, 1, -5, 2**40])),
        "f": tf.train.Feature(float_list=tf.train.FloatList(value=[1.5, -2.0])),
        "b": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"x" * 300, b""])),
        "empty": tf.train.Feature(),
    }
    text = tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString()
    parsed = parse_example(memoryview(text))
    assert parsed["i"].tolist() == [0, 1, -5, 2**40]
    assert parsed["f"].tolist() == [1.5, -2.0]
    assert [bytes(v) for v in parsed["b"]] == [b"x" * 300, b""]


def test_negative_integers_are_written_as_tensorflow_reads_them():
    tf = pytest.importorskip("tensorflow")
    text = b"".join(example([integers_feature(b"n", [-3, 0, 2**33])]))
    value = tf.train.Example.FromString(text).features.feature["n"].int64_list.value
    assert list(value) == [-3, 0, 2**33]


def test_plain_h5py_reads_our_shards(tmp_path, layout, random_patch):
    layout = dataclasses.replace(layout, compression="lzf")
    rng = np.random.default_rng(7)
    patches = [random_patch(i, layout, rng) for i in range(3)]
    write(tmp_path / "shard.h5", "hdf5", layout, patches, capacity=4)
    with h5py.File(tmp_path / "shard.h5") as file:
        data = file["s2_data"]
        assert (data.chunks, data.compression) == ((1, 120, 120, 12), "lzf")
        assert data.shuffle and data.fletcher32
        assert np.array_equal(data[:], np.stack([p.arrays["s2_data"] for p in patches]))
        assert np.array_equal(file["label"][:], np.stack([p.label for p in patches]))
        assert file["patch_id"].asstr()[:].tolist() == [p.patch_id for p in patches]
        assert file["transform"][1].tolist() == list(patches[1].transform)
        assert list(data.attrs["bands"]) == list(layout.arrays["s2_data"])


def test_plain_numpy_reads_the_six_array_archive(tmp_path, layout, random_patch):
    arrays = {"s1_data": ("VV", "VH"), "s2_data": ("B02", "B03", "B04", "B08")}
    layout = dataclasses.replace(layout, arrays=arrays, dtype="float16", pixels=False, classes=())
    layout = dataclasses.replace(layout, limits=True, compression="gzip")
    patch = random_patch(0, layout, np.random.default_rng(8))
    write(tmp_path / "shard", "npz", layout, [patch])
    with np.load(tmp_path / "shard" / f"{patch.patch_id}.npz") as archive:
        assert set(archive) == {"s2_b2", "s2_b3", "s2_b4", "s2_b8", "s1_vv", "s1_vh"}
        assert all(archive[n].shape == (120, 120) and archive[n].dtype == "f2" for n in archive)
        # The old tools read VH from VV.
        assert np.array_equal(archive["s1_vh"], patch.arrays["s1_data"][..., 1])
    content = json.loads((tmp_path / "shard" / f"{patch.patch_id}.json").read_text())
    assert {"id", "height", "width", "date_s2", "date_s1", "country", "split"} < set(content)
    assert set(content["s2_normalization"]) == {"min", "max", "mean", "std"}
    assert content["s1_normalization"]["max"] == 4000.5


@pytest.mark.parametrize("name", FORMATS)
def test_a_shard_none_of_whose_patches_could_be_made_is_empty_and_sound(tmp_path, layout, name):
    for compression in FORMATS.load(name).compressions:
        layout = dataclasses.replace(layout, compression=compression, limits=True)
        write(tmp_path / compression, name, layout, [], capacity=4)
        assert len(FORMATS.load(name).reader(tmp_path / compression, layout)) == 0
