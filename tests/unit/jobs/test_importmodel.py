# SPDX-License-Identifier: GPL-3.0-or-later
"""A foreign ONNX file gets a card, from parameters, JSON, its own metadata and by running it."""

from __future__ import annotations

import json

import numpy as np
import onnx
import onnxruntime
import pytest
from coverloom.engine.contract.errors import (
    CardMismatch,
    InvalidCard,
    InvalidRequest,
    MissingInput,
    OutputIsInput,
    UnreadableModel,
)
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.importmodel import ImportModel
from coverloom.engine.jobs import importmodel
from coverloom.engine.model_file import read_model
from coverloom.engine.patches.nomenclature import nomenclature
from coverloom.tests.data.make_models import card_for, global_net, patch_net, pixel_net, unet

BANDS, CLASSES = ("B04", "B03", "B02"), ("Water", "Forest", "Fields", "Town")


@pytest.fixture
def imported(tmp_path):
    """Imports a parsed model and returns the card that it got."""

    def run(proto, card=None, **fields):
        source, target = tmp_path / "foreign.onnx", tmp_path / "out" / "model.onnx"
        source.write_bytes(proto.SerializeToString())
        before = source.read_bytes()
        if card is not None:
            text = card if isinstance(card, str) else json.dumps(card)
            (tmp_path / "card.json").write_text(text, encoding="utf-8")
            fields["card"] = str(tmp_path / "card.json")
        request = ImportModel(input=str(source), model=str(target), **fields)
        request = read_job(request.to_json())
        try:
            assert importmodel.run(request, lambda event: None) == {"MODEL": str(target)}
        except Exception:
            assert not target.parent.exists() or not list(target.parent.iterdir())
            raise
        finally:
            assert source.read_bytes() == before
        return read_model(target).card

    return run


def test_by_parameters(imported):
    card = imported(unet(), bands=BANDS, classes=CLASSES, mean=(1.0, 2.0, 3.0), std=(4.0,))
    assert card.band_names == list(BANDS)
    assert [(b.mean, b.std) for b in card.bands] == [(1.0, 4.0), (2.0, 4.0), (3.0, 4.0)]
    assert card.classes.names == list(CLASSES)
    assert (card.name, card.activation, card.output) == ("foreign", "softmax", "logits")
    assert (card.stride, card.receptive_field, card.layout) == (4, 27, "NCHW")
    assert card.provenance["imported_from"] == "foreign.onnx"


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_activation_and_layout_are_seen(imported, activation, layout):
    proto = pixel_net(activation=activation, layout=layout)
    card = imported(proto, bands=BANDS, classes=CLASSES)
    assert (card.activation, card.output, card.layout) == (activation, "probabilities", layout)


def test_fixed_windows_and_a_task_per_patch_are_seen(imported):
    card = imported(unet(size=64, batch=1), bands=BANDS, classes=CLASSES)
    assert (card.patch, card.dynamic_space, card.dynamic_batch) == ((64, 64), False, False)
    assert imported(patch_net(), bands=BANDS, classes=CLASSES).task == "patch"


def test_a_json_card_in_part_and_parameters_over_it(imported):
    said = {
        "name": "Ours",
        "bands": [{"name": "B04", "mean": 5.0, "nodata": 0}, "B03", {"name": "B02", "std": 2.0}],
        "classes": {"1": "b", "0": "a", "2": "c", "3": "d"},
        "activation": "sigmoid",
        "resolution": 10,
        "provenance": {"licence": "MIT"},
    }
    card = imported(pixel_net(), said, classes=CLASSES)
    assert (card.name, card.activation, card.output) == ("Ours", "sigmoid", "logits")
    assert [(b.mean, b.std, b.nodata) for b in card.bands] == [
        (5.0, 1.0, 0), (0.0, 1.0, None), (0.0, 2.0, None),
    ]  # fmt: skip
    assert card.classes.names == list(CLASSES)
    assert card.provenance["licence"] == "MIT"
    card = imported(pixel_net(), said)
    assert card.classes.names == ["a", "b", "c", "d"]


def test_a_whole_card_and_band_names_that_keep_what_it_says_of_them(imported):
    whole = card_for(BANDS).to_dict()
    whole["stride"] = 1
    card = imported(pixel_net(), whole, bands=("B02", "B04", "B03"))
    assert card.band_names == ["B02", "B04", "B03"]
    assert {b.mean for b in card.bands} == {1000.0}


def test_deepness_keys_in_the_file(imported):
    proto = pixel_net(activation="softmax")
    keys = {
        "model_type": "Segmentor",
        "class_names": {i: name for i, name in enumerate(CLASSES)},
        "resolution": 50,
        "standardization_mean": [0.1, 0.2, 0.3],
        "standardization_std": [0.4, 0.5, 0.6],
    }
    onnx.helper.set_model_props(proto, {key: json.dumps(value) for key, value in keys.items()})
    card = imported(proto, bands=("red", "green", "blue"))
    assert card.classes.names == list(CLASSES)
    assert card.resolution == 0.5
    assert [b.scale for b in card.bands] == [1 / 255] * 3
    assert [(b.mean, b.std) for b in card.bands] == [(0.1, 0.4), (0.2, 0.5), (0.3, 0.6)]


def test_a_known_nomenclature_gives_names_and_colours(imported):
    card = imported(pixel_net(classes=19), bands=BANDS, nomenclature="ben19")
    assert card.classes == nomenclature("ben19").scheme
    some = tuple(nomenclature("ben19").scheme.names[i] for i in (3, 0, 7, 9))
    card = imported(pixel_net(), bands=BANDS, nomenclature="ben19", classes=some)
    colours = {c.name: c.colour for c in nomenclature("ben19").scheme.classes}
    assert [c.colour for c in card.classes.classes] == [colours[name] for name in some]


def test_of_several_outputs_the_fitting_one_is_kept(imported, tmp_path):
    proto = pixel_net(outputs=2)
    first = proto.graph.output[0]
    first.type.tensor_type.shape.dim[1].dim_value = 7  # an output that is not the classes
    imported(proto, bands=BANDS, classes=CLASSES)
    session = onnxruntime.InferenceSession(str(tmp_path / "out" / "model.onnx"))
    assert [output.name for output in session.get_outputs()] == ["extra1"]


def test_weights_beside_the_source_are_taken_into_the_one_file(imported, tmp_path):
    proto = pixel_net()
    tensor = proto.graph.initializer[0]
    (tmp_path / "w.bin").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="w.bin")
    imported(proto, bands=BANDS, classes=CLASSES)
    window = np.ones((1, 3, 4, 4), "float32")
    session = onnxruntime.InferenceSession(str(tmp_path / "out" / "model.onnx"))
    whole = onnxruntime.InferenceSession(pixel_net().SerializeToString())
    np.testing.assert_array_equal(
        session.run(None, {"input": window})[0], whole.run(None, {"input": window})[0]
    )


def wrong(**fields):
    return pixel_net(), {"bands": BANDS, "classes": CLASSES, **fields}


@pytest.mark.parametrize(
    ("made", "error", "sentence"),
    [
        (wrong(bands=()), InvalidCard, "which bands the model takes; its input is any x 3"),
        (wrong(classes=()), InvalidCard, "which classes the model gives; its output is any x 4"),
        (wrong(bands=("B02", "B03")), CardMismatch, "names 2 bands, but the model has 3"),
        (wrong(classes=("a", "b")), CardMismatch, "names 2 classes, but the model"),
        (wrong(classes=("a", "a", "b", "c")), InvalidCard, "Two classes are called 'a'"),
        (wrong(mean=(1.0, 2.0)), InvalidRequest, "MEAN has 2 numbers"),
        (wrong(std=(0.0,)), InvalidCard, "std above 0"),
        (wrong(card='{"bands": ["B0'), InvalidCard, "is no JSON"),
        (wrong(card="[]"), InvalidCard, "no JSON object"),
        (wrong(card={"colour": 1}), InvalidCard, "unknown fields: colour"),
        (wrong(card={"schema": 9}), InvalidCard, "schema 9"),
        (wrong(card={"bands": [{"mean": 1}]}, bands=()), InvalidCard, "cannot be read"),
        (wrong(card={"mean": [1, 2]}), InvalidCard, "MEAN has 2 numbers for 3 bands"),
        (wrong(card={"mean": "low"}), InvalidCard, "Give finite numbers"),
        (wrong(card={"task": "patch"}), CardMismatch, "task is 'patch'"),
        (wrong(card={"task": "detection"}), InvalidCard, "task is 'detection'"),
        (wrong(card={"output": "probabilities"}), CardMismatch, "card says softmax probabilities"),
        (wrong(card={"model_type": "Detector"}), InvalidCard, "model_type 'Detector'"),
    ],
)
def test_what_cannot_be_imported(imported, made, error, sentence):
    proto, fields = made
    with pytest.raises(error) as caught:
        imported(proto, **fields)
    assert sentence in f"{caught.value}"
    assert caught.value.remedy


def test_a_truncated_source_and_missing_files(tmp_path):
    source = tmp_path / "cut.onnx"
    source.write_bytes(unet().SerializeToString()[:2000])
    request = ImportModel(str(source), str(tmp_path / "m.onnx"), bands=BANDS, classes=CLASSES)
    with pytest.raises(UnreadableModel, match=r"cut\.onnx"):
        importmodel.run(request, lambda event: None)
    for fields in ({"input": "/nowhere.onnx"}, {"input": str(source), "card": "/nowhere.json"}):
        request = ImportModel(model=str(tmp_path / "m.onnx"), **fields)
        with pytest.raises((MissingInput, UnreadableModel)):
            importmodel.run(request, lambda event: None)
    assert [p.name for p in tmp_path.iterdir()] == ["cut.onnx"]


def test_the_source_is_not_written_over(tmp_path):
    source = tmp_path / "m.onnx"
    source.write_bytes(pixel_net().SerializeToString())
    request = ImportModel(str(source), str(source), bands=BANDS, classes=CLASSES)
    with pytest.raises(OutputIsInput):
        importmodel.run(request, lambda event: None)


def one_channel(activation="", squeezed=False, rank=4):
    """Finds one thing, with one channel of scores for it."""
    proto = patch_net(classes=1, activation=activation) if rank == 2 else pixel_net(
        classes=1, activation=activation)  # fmt: skip
    if squeezed:
        proto.graph.node[-1].CopyFrom(onnx.helper.make_node("Squeeze", ["v1", "one"], ["scores"]))
        axis = onnx.numpy_helper.from_array(np.array([1]), "one")
        proto.graph.initializer.append(axis)
        del proto.graph.output[0].type.tensor_type.shape.dim[1]
        onnx.checker.check_model(proto)
    return proto


@pytest.mark.parametrize("kind", [("", False), ("sigmoid", False), ("", True)])
@pytest.mark.parametrize("said", [{}, {"activation": "sigmoid", "output": "logits"}])
def test_two_classes_of_one_channel_are_the_rest_and_what_is_found(imported, tmp_path, kind, said):
    proto = one_channel(*kind)
    card = imported(proto, card=said, bands=BANDS, classes=("Other", "Water"))
    gives = "probabilities" if kind[0] else "logits"
    assert (card.classes.names, card.activation) == (["Other", "Water"], "softmax")
    assert card.output == gives
    window = np.random.default_rng(0).standard_normal((1, 3, 20, 24)).astype(np.float32)
    alone = run_of(proto.SerializeToString(), window).reshape(1, 20, 24)
    found = alone if kind[0] else 1 / (1 + np.exp(-alone))
    scores = run_of(str(tmp_path / "out" / "model.onnx"), window)
    both = scores if kind[0] else np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(both[:, 1], found, atol=1e-6)
    np.testing.assert_allclose(both[:, 0], 1 - found, atol=1e-6)


def test_one_class_is_there_or_not(imported):
    card = imported(one_channel(), bands=BANDS, classes=("Water",))
    assert (card.activation, card.output) == ("sigmoid", "logits")
    assert imported(one_channel(squeezed=True), bands=BANDS, classes=("Water",)) == card
    patch = imported(one_channel("sigmoid", rank=2), bands=BANDS, classes=("No", "Yes"))
    assert (patch.task, patch.activation, patch.output) == ("patch", "softmax", "probabilities")


def test_of_outputs_without_sizes_the_first_is_tried(imported):
    """As torchvision's networks have them: "out", and one that helps in training."""
    proto = pixel_net(outputs=2)
    for value in proto.graph.output:
        for axis in value.type.tensor_type.shape.dim:
            axis.Clear()
    with pytest.raises(CardMismatch, match="names 3 classes, but the model gives 4 channels"):
        imported(proto, bands=BANDS, classes=CLASSES[:3])
    assert imported(proto, bands=BANDS, classes=CLASSES).classes.names == list(CLASSES)


def run_of(model, window):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: window})[0]


def test_a_network_that_looks_without_bound_is_told_so(tmp_path):
    (tmp_path / "foreign.onnx").write_bytes(global_net().SerializeToString())
    request = ImportModel(
        input=str(tmp_path / "foreign.onnx"),
        model=str(tmp_path / "model.onnx"),
        bands=BANDS,
        classes=CLASSES,
    )
    events = []
    importmodel.run(request, events.append)
    said = [event.text for event in events if getattr(event, "level", "") == "info"]
    assert any(text.endswith("receptive field without bound.") for text in said), said
