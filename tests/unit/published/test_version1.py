# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints of the version 1 models answer as TensorFlow does, and damaged ones are refused."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from coverloom.engine.contract.errors import CoverloomError, InvalidRequest, UnreadableModel
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.importmodel import ImportModel
from coverloom.engine.jobs import importmodel
from coverloom.engine.model_file import read_model
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.engine.published.tensor_bundle import Checkpoint

tf = pytest.importorskip("tensorflow", reason="TensorFlow writes the checkpoints of this test")
from . import version1_reference as reference  # noqa: E402 - it needs TensorFlow

TEN = ["B04", "B03", "B02", "B08"]
TWENTY = ["B05", "B06", "B07", "B8A", "B11", "B12"]
NETWORKS = {
    "K-BranchCNN": (reference.kbranch, {}, "K-Branch CNN", ["B01", "B09"]),
    "ResNet50": (reference.resnet, {}, "resnet_v1_50", []),
    "ResNet101": (
        reference.resnet,
        {"units": (1, 2, 4, 1), "name": "resnet_v1_101"},
        "resnet_v1_101",
        [],
    ),
    "VGG16": (reference.vgg, {}, "vgg_16", []),
    "VGG19": (reference.vgg, {"depths": (2, 2, 4, 4, 4), "name": "vgg_19"}, "vgg_19", []),
}


def bands_of(count=2):
    rng = np.random.default_rng(5)
    sizes = {10: (120, 4), 20: (60, 6), 60: (20, 2)}
    return {
        m: rng.standard_normal((count, side, side, c)).astype("f4")
        for m, (side, c) in sizes.items()
    }


def stack_of(bands, fine_only):
    """(N, C, 120, 120), every band enlarged by nearest neighbour."""
    parts = [
        bands[m].repeat(m // 10, axis=1).repeat(m // 10, axis=2)
        for m in bands
        if m < 60 or not fine_only
    ]
    return np.concatenate(parts, axis=-1).transpose(0, 3, 1, 2)


def take_in(source, target, **fields):
    request = ImportModel(str(source), str(target), **fields)
    importmodel.run(read_job(request.to_json()), lambda event: None)
    return read_model(target)


@pytest.mark.parametrize(
    ("name", "classes"), [("K-BranchCNN", 43), *((name, 19) for name in NETWORKS)]
)
def test_a_checkpoint_answers_as_tensorflow_does(tmp_path, name, classes):
    build, options, title, coarse = NETWORKS[name]
    folder, bands = tmp_path / name, bands_of()
    folder.mkdir()
    theirs = reference.published(build, folder, f"{name}_BigEarthNet", bands, classes, **options)
    assert np.ptp(theirs) > 0.1
    card = take_in(folder, tmp_path / "model.onnx").card
    assert card.band_names == [*TEN, *TWENTY, *coarse]
    expected = nomenclature("ben19_v1" if classes == 19 else "ben43").scheme
    assert card.classes == expected and card.activation == "sigmoid"
    assert card.resampling == "nearest" and title in card.name
    numbers = {band.name: (band.mean, band.std) for band in card.bands}
    assert numbers["B8A"] == (2266.46036911, 1356.13789355)
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"))
    (ours,) = session.run(None, {"input": stack_of(bands, not coarse)})
    assert np.abs(ours - theirs).max() <= 1e-4 * max(1, np.abs(theirs).max())


@pytest.fixture
def checkpoint(tmp_path):
    """A folder with a narrow K-Branch CNN, and the path of its index."""
    folder = tmp_path / "K-BranchCNN"
    folder.mkdir()
    reference.published(reference.kbranch, folder, "model", bands_of(1), 19, 16)
    return folder / "model.index"


def test_the_reader_reads_what_tensorflow_does(checkpoint):
    theirs = tf.train.load_checkpoint(str(checkpoint.with_suffix("")))
    ours = Checkpoint(checkpoint)
    assert set(ours) == set(theirs.get_variable_to_shape_map())
    assert len(ours) > 100
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs.get_tensor(name))


def test_the_index_may_be_given_and_a_folder_of_several_is_refused(checkpoint, tmp_path):
    assert take_in(checkpoint, tmp_path / "m.onnx", version="1").card.name.endswith("K-Branch CNN")
    (checkpoint.parent / "other.index").write_bytes(checkpoint.read_bytes())
    with pytest.raises(InvalidRequest, match="several checkpoints"):
        take_in(checkpoint.parent, tmp_path / "n.onnx")
    with pytest.raises(InvalidRequest, match=r"VERSION is '0\.2\.0'"):
        take_in(checkpoint, tmp_path / "n.onnx", version="0.2.0")


def test_damage_is_found(checkpoint, tmp_path):
    data = checkpoint.with_name("model.data-00000-of-00001")
    index, numbers = checkpoint.read_bytes(), data.read_bytes()
    flipped = bytearray(numbers)
    flipped[len(numbers) // 2] ^= 1
    for content in (numbers[: len(numbers) // 2], bytes(flipped)):
        data.write_bytes(content)
        with pytest.raises(UnreadableModel, match="no whole TensorFlow checkpoint"):
            take_in(checkpoint, tmp_path / "m.onnx")
    data.unlink()
    with pytest.raises(UnreadableModel, match="data-00000-of-00001"):
        take_in(checkpoint, tmp_path / "m.onnx")
    data.write_bytes(numbers)
    for place in range(0, len(index) - 8, 97):
        spoilt = bytearray(index)
        spoilt[place] ^= 0x55
        checkpoint.write_bytes(bytes(spoilt))
        with pytest.raises(CoverloomError):
            take_in(checkpoint, tmp_path / "m.onnx")
    for content in (index[:-60], b"", b"x" * 100):
        checkpoint.write_bytes(content)
        with pytest.raises(UnreadableModel, match="no whole TensorFlow checkpoint"):
            take_in(checkpoint, tmp_path / "m.onnx")
    assert not (tmp_path / "m.onnx").exists()


def test_another_network_is_refused(tmp_path):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.compat.v1.get_variable("dense/kernel", initializer=np.zeros((3, 3), "f4"))
        session.run(tf.compat.v1.global_variables_initializer())
        tf.compat.v1.train.Saver().save(session, str(tmp_path / "mine"))
    with pytest.raises(UnreadableModel, match="first tensor is dense/kernel"):
        take_in(tmp_path / "mine.index", tmp_path / "m.onnx")


def test_twelve_channels_are_refused(tmp_path):
    """Models with Sentinel-1 bands are of another series, whose order nobody states."""
    bands = bands_of(1)
    bands[10] = np.concatenate([bands[10], bands[10][..., :2]], axis=-1)
    reference.published(reference.resnet, tmp_path, "mm", bands, 19)
    with pytest.raises(UnreadableModel, match="takes 12 channels, not 10"):
        take_in(tmp_path, tmp_path / "m.onnx")
