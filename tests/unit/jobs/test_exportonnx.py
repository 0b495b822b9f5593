# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports answer like what they come from, say so in their card, and refuse code and damage."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import onnx
import onnxruntime
import pystac
import pytest
from coverloom.engine.contract.errors import (
    InvalidRequest,
    MissingCard,
    MissingInput,
    OutputIsInput,
    UnreadableModel,
)
from coverloom.engine.contract.jobs import read_job
from coverloom.engine.contract.jobs.exportonnx import ExportOnnx
from coverloom.engine.jobs import exportonnx
from coverloom.engine.model_file import read_model
from coverloom.tests.data.make_datasets import make_dataset
from coverloom.tests.data.make_models import card_for, patch_net, unet
from pystac.extensions.mlm import MLMExtension


@pytest.fixture
def export(tmp_path):
    """Runs the job and returns (path of the model, its card, the STAC item, the outputs)."""

    def run(source, **fields):
        target = tmp_path / "out" / "model.onnx"
        request = ExportOnnx(str(source), str(target), **fields)
        try:
            outputs = exportonnx.run(read_job(request.to_json()), lambda event: None)
        except Exception:
            assert not target.parent.exists() or not list(target.parent.iterdir())
            raise
        assert outputs["MODEL"] == str(target)
        item = json.loads(target.with_suffix(".stac.json").read_text(encoding="utf-8"))
        return str(target), read_model(target).card, item, outputs

    return run


def answers(path, windows):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: windows})[0]


def some_windows(size=32, seed=5):
    return np.random.default_rng(seed).standard_normal((3, 3, size, size)).astype("float32")


@pytest.fixture
def dataset(tmp_path):
    rng = np.random.default_rng(0)
    coarse = {
        "train": rng.uniform(300, 1800, (12, 3, 8, 8)),
        "test": rng.uniform(300, 1800, (6, 3, 8, 8)),
    }
    images = {k: v.repeat(4, axis=2).repeat(4, axis=3) for k, v in coarse.items()}
    return make_dataset(tmp_path / "data", images)


@pytest.fixture
def keras_file(tmp_path):
    """A small U-Net of Keras, saved; ``keras_file.model`` is the network."""
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(3)
    entry = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(8, 3, padding="same", use_bias=False)(entry)
    x = keras.layers.BatchNormalization()(x)
    skip = keras.layers.ReLU()(x)
    x = keras.layers.MaxPooling2D()(skip)
    x = keras.layers.ReLU()(keras.layers.Conv2D(8, 3, padding="same")(x))
    x = keras.layers.Concatenate()([keras.layers.UpSampling2D()(x), skip])
    model = keras.Model(entry, keras.layers.Conv2D(4, 1)(x))
    path = tmp_path / "run" / "best.keras"
    path.parent.mkdir()
    model.save(path)
    return path, model


def card_path(tmp_path):
    path = tmp_path / "card.json"
    path.write_text(card_for(provenance={"architecture": "unet"}).to_json(), encoding="utf-8")
    return str(path)


def test_a_keras_file_becomes_a_model_file_that_answers_alike(tmp_path, export, keras_file):
    path, model = keras_file
    target, card, _, outputs = export(path, card=card_path(tmp_path))
    windows = some_windows()
    by_keras = np.asarray(model(windows.transpose(0, 2, 3, 1))).transpose(0, 3, 1, 2)
    assert np.abs(answers(target, windows) - by_keras).max() <= 1e-4
    assert outputs["AGREEMENT"] == 1.0
    assert (card.layout, card.output, card.stride, card.dynamic_space) == (
        "NCHW",
        "logits",
        2,
        True,
    )
    assert card.receptive_field and card.receptive_field > 3
    assert card.provenance["architecture"] == "unet"
    assert card.provenance["export"]["difference_from_keras"] <= 1e-5
    keys = {entry.key: entry.value for entry in onnx.load(target).metadata_props}
    assert json.loads(keys["model_type"]) == "Segmentor"


def test_a_runs_folder_with_a_model_beside_the_network(tmp_path, export, keras_file):
    path, _ = keras_file
    first, card, _, _ = export(path, card=card_path(tmp_path))
    path.with_suffix(".onnx").write_bytes(open(first, "rb").read())  # noqa: PTH123, SIM115
    path.with_name("last.keras").write_bytes(path.read_bytes())
    _, again, _, _ = export(path.parent)
    assert again.bands == card.bands and again.classes == card.classes


def test_the_item_is_read_by_the_extension_of_pystac(tmp_path, export, save):
    source, _ = save(unet(depth=1))
    target, card, item, _ = export(source)
    read = pystac.Item.from_dict(item)
    mlm = MLMExtension.ext(read)
    assert item["properties"]["mlm:name"] == card.name
    assert (mlm.framework, mlm.tasks) == ("ONNX", ["semantic-segmentation"])
    (given,) = mlm.input
    assert list(given.bands) == card.band_names and given.input.shape == [-1, 3, -1, -1]
    assert [s["stddev"] for s in item["properties"]["mlm:input"][0]["value_scaling"]] == [500.0] * 3
    (result,) = mlm.output
    assert [c.name for c in result.classes] == card.classes.names
    weights = sum(int(np.prod(t.dims)) for t in onnx.load(target).graph.initializer)
    assert mlm.total_parameters == weights
    assert read.assets["model"].href == "./model.onnx" and read.geometry is None


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_other_precisions_agree_and_say_how_far(export, save, dataset, precision):
    source, before = save(unet(depth=1, width=16))
    target, card, _, outputs = export(source, precision=precision, dataset=dataset)
    said = card.provenance["export"]
    assert said["precision"] == precision
    assert said["agreement_with_float32"]["measured_on"] == "6 patches of test of Test dataset"
    assert (card.stride, card.receptive_field) == (before.stride, before.receptive_field)
    kinds = {t.data_type for t in onnx.load(target).graph.initializer}
    kind = {"float16": onnx.TensorProto.FLOAT16, "int8": onnx.TensorProto.INT8}[precision]
    assert kind in kinds
    windows = some_windows()
    one, two = answers(source, windows), answers(target, windows)
    assert two.dtype == np.float32
    same = (one.argmax(axis=1) == two.argmax(axis=1)).mean()
    assert same > (0.999 if precision == "float16" else 0.9)
    assert outputs["AGREEMENT"] == said["agreement_with_float32"]["same_answer"] > 0.9


def test_the_agreement_is_the_one_that_numpy_counts(export, save, dataset):
    source, _ = save(unet(depth=1))
    target, card, _, outputs = export(source, precision="int8", dataset=dataset, patches=6)
    from coverloom.engine.datasets.reader import open_dataset

    with open_dataset(dataset) as data:
        images = np.stack([data.image(i) for i in data.split("test")]).transpose(0, 3, 1, 2)
    windows = ((images - 1000) / 500).astype("float32")
    one, two = answers(source, windows), answers(target, windows)
    assert outputs["AGREEMENT"] == pytest.approx((one.argmax(1) == two.argmax(1)).mean())

    def softmax(scores):
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    largest = np.abs(softmax(one) - softmax(two)).max()
    said = card.provenance["export"]["agreement_with_float32"]
    assert said["largest_difference"] == pytest.approx(largest, rel=1e-4)


def test_a_classifier_of_patches_in_float16(export, save):
    source, _ = save(patch_net(activation=""), task="patch", activation="sigmoid",
                     dynamic_space=False, patch=(16, 16))  # fmt: skip
    target, card, item, _ = export(source, precision="float16")
    assert card.task == "patch" and item["properties"]["mlm:tasks"] == ["scene-classification"]
    one, two = answers(source, some_windows(16)), answers(target, some_windows(16))
    assert np.abs(one - two).max() < 1e-2


def test_another_opset(export, save):
    source, _ = save(unet(depth=1))
    target, card, _, _ = export(source, opset=20)
    assert read_model(target).graph.opset == 20 == card.provenance["export"]["opset"]
    np.testing.assert_allclose(
        answers(target, some_windows()), answers(source, some_windows()), atol=1e-5
    )


def test_an_opset_that_lacks_an_operator_is_one_sentence(export, save):
    source, _ = save(unet(depth=1))
    with pytest.raises(InvalidRequest, match="cannot be written in it: No Adapter"):
        export(source, opset=15)


def test_wishes_that_no_export_could_meet():
    for fields, sentence in (
        ({"precision": "int8"}, "DATASET is empty"),
        ({"opset": 9}, "OPSET is 9"),
        ({"model": "m.keras"}, "MODEL is 'm.keras'"),
        ({"precision": "int4"}, "PRECISION is 'int4'"),
    ):
        with pytest.raises(InvalidRequest, match=sentence):
            ExportOnnx(**{"input": "a.keras", "model": "m.onnx", **fields}).validate()


def test_a_cut_or_damaged_keras_file_is_one_sentence(tmp_path, export, keras_file):
    path, _ = keras_file
    whole = path.read_bytes()
    broken = tmp_path / "broken.keras"
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 255
    for content in (whole[: len(whole) // 2], b"", whole[:-40], b"no zip at all", bytes(flipped)):
        broken.write_bytes(content)
        with pytest.raises(UnreadableModel, match=r"broken\.keras") as caught:
            export(broken, card=card_path(tmp_path))
        assert "\n" not in caught.value.what


@pytest.mark.parametrize("damage", ["packed", "flags"])
def test_a_damaged_keras_file_that_was_packed_again_is_one_sentence(tmp_path, export, damage):
    broken = tmp_path / "broken.keras"
    with zipfile.ZipFile(broken, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", json.dumps({"layers": list(range(500))}))
    content = bytearray(broken.read_bytes())
    if damage == "packed":
        content[30 + len("config.json")] = 255  # no kind of block that deflate has
    else:
        content[content.index(b"PK\x01\x02") + 8] |= 1  # says that it is encrypted
    broken.write_bytes(content)
    with pytest.raises(UnreadableModel, match=r"broken\.keras is no whole"):
        export(broken, card=card_path(tmp_path))


def test_code_inside_a_keras_file_is_refused(tmp_path, export):
    keras = pytest.importorskip("keras")
    entry = keras.Input((8, 8, 3))
    x = keras.layers.Lambda(lambda t: t * 2, name="sneaky")(entry)
    path = tmp_path / "lambda.keras"
    keras.Model(entry, keras.layers.Conv2D(4, 1)(x)).save(path)
    with pytest.raises(UnreadableModel, match="Lambda layer"):
        export(path, card=card_path(tmp_path))


@pytest.mark.parametrize(("module", "kind"), [("os", "system"), ("builtins", "eval")])
def test_layers_from_elsewhere_are_refused(tmp_path, export, keras_file, module, kind):
    path, _ = keras_file
    other = tmp_path / "other.keras"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "config.json":
                config = json.loads(content)
                layer = config["config"]["layers"][1]
                layer["module"], layer["class_name"] = module, kind
                content = json.dumps(config)
            target.writestr(name, content)
    with pytest.raises(UnreadableModel, match=f"takes {kind} from {module}"):
        export(other, card=card_path(tmp_path))


def test_missing_things_are_named(tmp_path, export, keras_file, save):
    path, _ = keras_file
    with pytest.raises(MissingCard, match="carries no card"):
        export(path)
    with pytest.raises(MissingInput, match="no Keras file"):
        export(tmp_path / "none.keras", card=card_path(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingInput, match=r"holds no \.keras"):
        export(tmp_path / "empty")
    path.with_name("two.keras").write_bytes(path.read_bytes())
    with pytest.raises(MissingInput, match=r"several networks: best\.keras, two\.keras"):
        export(path.parent)
    source, _ = save(unet(depth=1))
    with pytest.raises(OutputIsInput):
        exportonnx.run(ExportOnnx(source, source), lambda event: None)
