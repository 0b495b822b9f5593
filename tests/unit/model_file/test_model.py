# SPDX-License-Identifier: GPL-3.0-or-later
"""Model files are read without trust, and say what is wrong with them."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import onnx
import pytest
from coverloom.engine.contract.errors import (
    CardMismatch,
    InvalidCard,
    MissingCard,
    MissingInput,
    UnreadableModel,
    UnwritablePath,
)
from coverloom.engine.model_file import read_card, read_model, save_model
from coverloom.engine.model_file.model import metadata_of
from coverloom.engine.model_file.onnx_file import load_proto, load_whole
from coverloom.tests.data.make_models import (
    card_for,
    global_net,
    linear_net,
    patch_net,
    pixel_net,
    unet,
)


def test_what_is_saved_is_read_back(tmp_path, runtime):
    proto, card = pixel_net(), card_for(receptive_field=3, provenance={"licence": "CC0 é"})
    save_model(proto, card, tmp_path / "m.onnx")
    model = read_model(tmp_path / "m.onnx")
    assert (model.card, read_card(tmp_path / "m.onnx")) == (card, card)
    assert model.sha256 == hashlib.sha256((tmp_path / "m.onnx").read_bytes()).hexdigest()
    assert (model.graph.input.name, model.graph.output.name) == ("input", "scores")
    assert model.graph.input.shape == (None, 3, None, None)
    window = np.random.default_rng(0).standard_normal((2, 3, 8, 9)).astype("float32")
    np.testing.assert_array_equal(runtime(model.path, window), runtime(pixel_net(), window))


def test_metadata_of_others_stays_and_an_older_card_goes(tmp_path):
    proto = pixel_net()
    onnx.helper.set_model_props(proto, {"author": "someone", "coverloom": "old"})
    save_model(proto, card_for(), tmp_path / "m.onnx")
    metadata = metadata_of(onnx.load(tmp_path / "m.onnx"))
    assert metadata["author"] == "someone"
    assert json.loads(metadata["coverloom"])["schema"] == 1


def test_no_such_file(tmp_path):
    with pytest.raises(MissingInput, match="There is no model file"):
        read_model(tmp_path / "m.onnx")


def test_without_a_card_the_remedy_is_importmodel(stored):
    with pytest.raises(MissingCard, match="carries no Coverloom card") as caught:
        read_model(stored(pixel_net()))
    assert "importmodel" in caught.value.remedy


@pytest.mark.parametrize("kept", [0, 1, 40, 0.5, 0.9])
def test_a_truncated_model(tmp_path, kept):
    save_model(unet(), card_for(), tmp_path / "m.onnx")
    whole = (tmp_path / "m.onnx").read_bytes()
    cut = kept if isinstance(kept, int) else int(kept * len(whole))
    (tmp_path / "m.onnx").write_bytes(whole[:cut])
    with pytest.raises(UnreadableModel, match=r"m\.onnx.*again"):
        read_model(tmp_path / "m.onnx")


def test_a_file_that_is_no_model(tmp_path):
    (tmp_path / "m.onnx").write_text("<html>404</html>")
    with pytest.raises(UnreadableModel):
        read_model(tmp_path / "m.onnx")


@pytest.mark.parametrize("text", ['{"schema": 1, "na', "[]", '{"schema": 2}', '{"schema": 1}'])
def test_a_damaged_card(stored, text):
    proto = pixel_net()
    onnx.helper.set_model_props(proto, {"coverloom": text})
    with pytest.raises(InvalidCard) as caught:
        read_model(stored(proto))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("proto", "card", "sentence"),
    [
        (pixel_net(classes=5), card_for(), "names 4 classes, but the model has 5 output channels"),
        (pixel_net(bands=2), card_for(), "names 3 bands, but the model has 2 input channels"),
        (pixel_net(), card_for(layout="NHWC"), None),
        (pixel_net(layout="NHWC"), card_for(), None),
        (pixel_net(size=32), card_for(), "windows of any size, but the model is fixed to 32 x 32"),
        (pixel_net(size=32), card_for(dynamic_space=False, patch=(64, 64)), "patch (64, 64)"),
        (pixel_net(batch=1), card_for(), "any number of windows at once, but the model takes 1"),
        (pixel_net(batch=4), card_for(), "takes exactly 4 windows"),
        (pixel_net(), card_for(task="patch"), "task is 'patch', which gives 2 axes"),
        (patch_net(), card_for(dynamic_space=False, patch=(16, 16)), "the model's output has 2"),
        (
            pixel_net(dtype=onnx.TensorProto.UINT16),
            card_for(),
            "takes uint16 numbers, but the card scales",
        ),
        (
            unet(size=36),
            card_for(dynamic_space=False, patch=(36, 36), stride=8),
            "no multiple of its stride 8",
        ),
    ],
)
def test_a_card_that_lies_is_neither_saved_nor_read(tmp_path, stored, proto, card, sentence):
    with pytest.raises(CardMismatch) as caught:
        save_model(proto, card, tmp_path / "m.onnx")
    assert sentence is None or sentence in caught.value.what
    assert caught.value.remedy
    assert not list(tmp_path.iterdir()), "something was written"
    onnx.helper.set_model_props(proto, {"coverloom": card.to_json()})
    with pytest.raises(CardMismatch):
        read_model(stored(proto))


def test_class_ids_are_no_scores(stored):
    proto = pixel_net()
    proto.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.INT64
    onnx.helper.set_model_props(proto, {"coverloom": card_for().to_json()})
    with pytest.raises(CardMismatch, match="class ids and no scores"):
        read_model(stored(proto))


def test_two_inputs(stored):
    proto = pixel_net()
    proto.graph.input.append(onnx.helper.make_tensor_value_info("dem", 1, [1, 1, 8, 8]))
    onnx.helper.set_model_props(proto, {"coverloom": card_for().to_json()})
    with pytest.raises(UnreadableModel, match=r"2 inputs \(input, dem\)"):
        read_model(stored(proto))


def test_an_opset_from_before_onnx_runtime(stored):
    proto = pixel_net()
    proto.opset_import[0].version = 5
    onnx.helper.set_model_props(proto, {"coverloom": card_for().to_json()})
    with pytest.raises(UnreadableModel, match="opset 5"):
        read_model(stored(proto))


def externalised(proto, location):
    """Moves the first weight's bytes to a file, by hand, as a hostile model would."""
    tensor = proto.graph.initializer[0]
    data = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    onnx.helper.set_model_props(proto, {"coverloom": card_for().to_json()})
    return data


@pytest.mark.parametrize("location", ["../secret", "/etc/passwd", "a/../../secret", "link"])
def test_weights_outside_the_folder_are_refused(tmp_path, location):
    folder = tmp_path / "models"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"x" * 1000)
    (folder / "link").symlink_to(tmp_path / "secret")
    proto = pixel_net()
    externalised(proto, location)
    (folder / "m.onnx").write_bytes(proto.SerializeToString())
    for read in (read_model, read_card, load_whole):
        with pytest.raises(UnreadableModel, match="outside its own folder"):
            read(folder / "m.onnx")


def test_weights_hidden_in_a_constant_are_found(tmp_path):
    proto = pixel_net()
    hidden = onnx.numpy_helper.from_array(np.zeros(4, "float32"), "hidden")
    hidden.ClearField("raw_data")
    hidden.data_location = onnx.TensorProto.EXTERNAL
    hidden.external_data.add(key="location", value="../secret")
    branch = onnx.helper.make_graph(
        [onnx.helper.make_node("Constant", [], ["c"], value=hidden)],
        "branch", [], [onnx.helper.make_tensor_value_info("c", 1, [4])],
    )  # fmt: skip
    proto.graph.node.append(
        onnx.helper.make_node("If", ["input"], ["i"], then_branch=branch, else_branch=branch)
    )
    (tmp_path / "m.onnx").write_bytes(proto.SerializeToString())
    with pytest.raises(UnreadableModel, match="outside its own folder"):
        load_proto(tmp_path / "m.onnx")


def test_weights_beside_the_model_are_taken_along(tmp_path, runtime):
    proto = pixel_net()
    data = externalised(proto, "weights.bin")
    (tmp_path / "weights.bin").write_bytes(data)
    (tmp_path / "m.onnx").write_bytes(proto.SerializeToString())
    model = read_model(tmp_path / "m.onnx")
    assert model.weights == (tmp_path.resolve() / "weights.bin",)
    alone = tmp_path / "other" / "alone.onnx"
    save_model(load_whole(tmp_path / "m.onnx"), card_for(), alone)
    window = np.ones((1, 3, 5, 5), "float32")
    np.testing.assert_array_equal(runtime(alone, window), runtime(pixel_net(), window))
    (tmp_path / "weights.bin").write_bytes(data[:10])
    with pytest.raises(UnreadableModel, match="weights beside"):
        load_whole(tmp_path / "m.onnx")


def test_a_path_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnwritablePath, match="cannot be written"):
        save_model(pixel_net(), card_for(), tmp_path / "file" / "m.onnx")


def test_the_makers_of_models_give_what_they_say(runtime):
    pixels = np.random.default_rng(1).standard_normal((1, 3, 4, 5)).astype("float32")
    weights = np.arange(12).reshape(4, 3)
    expected = np.einsum("kc,nchw->nkhw", weights, pixels)
    np.testing.assert_allclose(runtime(linear_net(weights), pixels), expected, rtol=1e-5)
    assert runtime(global_net(), pixels).shape == (1, 4, 4, 5)
